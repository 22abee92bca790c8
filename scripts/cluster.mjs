// `npm run cluster [-- --nodes N] [--no-argocd]`: a cluster for hand work, until Ctrl-C.
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

const require = createRequire(import.meta.url);
require('./support/typescript.cjs');
const parts = require('../test/support/parts/index.ts');

async function main() {
  const { values: { nodes } } = parseArgs({ options: { nodes: { type: 'string', default: '1' } } });
  const needed = parts.findRootParts(...parts.CLUSTER_PARTS);
  if (!needed) return 1;
  // Ctrl-C while it comes up counts as well.
  const interrupted = new Promise((resolve) => { for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve); });
  const awake = setInterval(() => {}, 60_000);
  const cluster = await parts.cluster({ nodes: Number(nodes) });
  process.stdout.write(`export KUBECONFIG=${cluster.kubeconfig}\n`);
  process.stderr.write('running until Ctrl-C\n');
  await interrupted;
  await cluster.stop();
  clearInterval(awake);
  return 0;
}

main().then((status) => { process.exitCode = status; }, (error) => {
  process.stderr.write(`Error: ${error.message}\n`);
  process.exitCode = 1;
});
