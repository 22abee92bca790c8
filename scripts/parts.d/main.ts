// The command behind scripts/parts.
import { argoCd } from './argo-cd';
import { bun } from './bun';
import { chromium } from './chromium';
import { amtool, bash, busybox, cniPlugins, containerd, dockerd, etcd, iptables, redis, registry, runc } from './containers';
import { engineRoot } from './engine-root';
import { helm, helm3 } from './helm';
import { helmMany } from './helm-many';
import { kafka } from './kafka';
import { kubernetes } from './kubernetes';
import { coredns, nats, networkPolicies, versitygw } from './network-services';
import { nodeContainerd } from './node-containerd';
import { node24 } from './node24';
import { nodeRunc } from './node-runc';
import type { Part } from './part';
import { patroniRoot } from './patroni';
import { prometheus, promtool } from './prometheus';
import { standIn } from './stand-in';
import { yamlTestSuite } from './yaml-test-suite';

/** Every part: its name and version, where it is (undefined when it is not), and how to get it. */
export const parts: readonly Part[] = [
  helm,
  helm3,
  helmMany,
  etcd,
  ...kubernetes,
  nodeContainerd,
  nodeRunc,
  containerd,
  runc,
  cniPlugins,
  iptables,
  coredns,
  networkPolicies,
  argoCd,
  redis,
  dockerd,
  registry,
  versitygw,
  kafka,
  busybox,
  bash,
  standIn,
  patroniRoot,
  engineRoot,
  nats,
  prometheus,
  promtool,
  amtool,
  node24,
  ...Object.values(bun),
  yamlTestSuite,
  chromium,
];

const USAGE = `usage: scripts/parts list | install NAME… | path NAME…\nparts: ${parts.map((part) => part.name).join(' ')}`;

function byName(name: string): Part {
  const part = parts.find((candidate) => candidate.name === name);
  if (!part) throw new Error(`there is no part "${name}"\n${USAGE}`);
  return part;
}

function list(): void {
  const lines = parts.map(({ name, version, find }) => {
    const where = find();
    return `${name.padEnd(24)} ${version.padEnd(8)} ${where ? `ready    ${where}` : `missing  scripts/parts install ${name}`}\n`;
  });
  // A reader that takes some lines and leaves is none that needs an error.
  process.stdout.on('error', () => undefined);
  process.stdout.write(lines.join(''));
}

async function install(names: readonly string[]): Promise<void> {
  for (const part of names.map(byName)) {
    if (part.find()) process.stderr.write(`${part.name}: ready\n`);
    else {
      await part.install();
      if (!part.find()) throw new Error(`${part.name}: installed, but version ${part.version} is not there`);
    }
  }
}

/** One line a part, in the order asked for; an empty one for a part that is missing. */
function printPaths(names: readonly string[]): void {
  const found = names.map(byName).map((part) => ({ name: part.name, where: part.find() }));
  process.stdout.write(found.map(({ where }) => `${where ?? ''}\n`).join(''));
  const missing = found
    .filter(({ where }) => !where)
    .map(({ name }) => name)
    .join(' ');
  if (missing) throw new Error(`not installed: ${missing}; scripts/parts install ${missing}`);
}

/** @throws Error that a person can read, its text alone */
export async function main([verb, ...names]: readonly string[]): Promise<void> {
  if (verb === 'list' && !names.length) list();
  else if (verb === 'install' && names.length) await install(names);
  else if (verb === 'path' && names.length) printPaths(names);
  else throw new Error(USAGE);
}
