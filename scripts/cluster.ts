// `npm run cluster [-- --nodes N]`: a cluster with Argo CD for hand work, until Ctrl-C.
import * as parts from '../test/support/parts';
import { flagsOf } from './support/flags';

const USAGE = 'usage: npm run cluster [-- --nodes N]';

async function main(): Promise<number> {
  const {
    values: { nodes },
  } = flagsOf(USAGE, { options: { nodes: { type: 'string', default: '1' } } });
  if (!parts.findRootParts(...parts.CLUSTER_PARTS, ...parts.ARGO_CD_PARTS)) return 1;
  // Ctrl-C while it comes up counts as well.
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => resolve());
  });
  const awake = setInterval(() => {}, 60_000);
  const started: { stop(): Promise<void> }[] = [];
  try {
    const cluster = await parts.cluster({ nodes: Number(nodes) });
    started.push(cluster);
    const argo = await parts.argoCd(cluster);
    started.push(argo);
    process.stderr.write(
      `Argo CD looks for Applications in the namespace ${argo.namespace}, and at ${argo.repository.url}\nrunning until Ctrl-C\n`,
    );
    process.stdout.write(`export KUBECONFIG=${cluster.kubeconfig}\n`);
    await interrupted;
  } finally {
    for (const part of started.toReversed()) await part.stop();
    clearInterval(awake);
  }
  return 0;
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: Error) => {
    process.stderr.write(`Error: ${error.message}\n`);
    process.exitCode = 1;
  },
);
