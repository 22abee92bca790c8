// The command behind scripts/parts.
import { debianPart } from './debian.mjs';
import { helm } from './helm.mjs';
import { node24 } from './node24.mjs';
import { prometheus, promtool } from './prometheus.mjs';

/** Every part: its name and version, where it is (undefined when it is not), and how to get it. */
export const parts = [
  helm,
  node24,
  debianPart('nats-server', 'nats-server', 'usr/sbin/nats-server'),
  prometheus,
  promtool,
  debianPart('amtool', 'prometheus-alertmanager', 'usr/bin/amtool'),
];

const USAGE = `usage: scripts/parts list | install NAME… | path NAME\nparts: ${parts.map((part) => part.name).join(' ')}`;

function byName(name) {
  const part = parts.find((candidate) => candidate.name === name);
  if (!part) throw new Error(`there is no part "${name}"\n${USAGE}`);
  return part;
}

/** @param {string[]} argv */
export async function main([verb, ...names]) {
  if (verb === 'list' && !names.length) {
    for (const { name, version, find } of parts) {
      const where = find();
      process.stdout.write(`${name.padEnd(14)} ${version.padEnd(8)} ${where ? `ready    ${where}` : `missing  scripts/parts install ${name}`}\n`);
    }
  } else if (verb === 'install' && names.length) {
    for (const part of names.map(byName)) {
      if (part.find()) process.stderr.write(`${part.name}: ready\n`);
      else {
        await part.install();
        if (!part.find()) throw new Error(`${part.name}: installed, but version ${part.version} is not there`);
      }
    }
  } else if (verb === 'path' && names.length === 1) {
    const where = byName(names[0]).find();
    if (!where) throw new Error(`${names[0]} is not installed: scripts/parts install ${names[0]}`);
    process.stdout.write(`${where}\n`);
  } else throw new Error(USAGE);
}
