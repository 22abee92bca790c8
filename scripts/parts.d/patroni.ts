// A root file system with Debian's PostgreSQL and Patroni: what the tests run the database of DevStats with.
import { createHash } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from './cache';
import { debianPart } from './debian';
import type { Part } from './part';
import { run } from './run';

const mmdebstrap = debianPart({ name: 'mmdebstrap', packages: ['mmdebstrap'], path: 'usr/bin/mmdebstrap' });

/** The user that the chart's image has: volumes are made writable for its group. */
const USER = [
  'echo "postgres:x:999:" >> "$1/etc/group"',
  'echo "postgres:x:999:999::/var/lib/postgresql:/bin/bash" >> "$1/etc/passwd"',
  'mkdir -p "$1/etc/postgresql-common"',
  'echo "create_main_cluster = false" > "$1/etc/postgresql-common/createcluster.conf"',
].join('; ');
const NOT_NEEDED = ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'var/cache/apt', 'var/lib/apt/lists'];
const ARGUMENTS = [
  '--variant=minbase',
  '--include=patroni,postgresql-15,python3-kubernetes',
  '--aptopt=APT::Install-Recommends "false"',
  `--essential-hook=${USER}`,
  `--customize-hook=rm -rf ${NOT_NEEDED.map((path) => `"$1/${path}"`).join(' ')}`,
  'bookworm',
];

const version = createHash('sha256').update(JSON.stringify(ARGUMENTS)).digest('hex').slice(0, 8);
const archive = (): string => join(folder('patroni-root', version), 'root.tar');

/** Its version is the sum of how it is made. The path is that of a tar archive. Runs as root. */
export const patroniRoot: Part = {
  name: 'patroni-root',
  version,
  find: () => (existsSync(archive()) ? archive() : undefined),
  async install() {
    if (!mmdebstrap.find()) await mmdebstrap.install();
    const program = mmdebstrap.find();
    if (!program) throw new Error(`mmdebstrap: installed, but version ${mmdebstrap.version} is not there`);
    await run('patroni-root', [program, ...ARGUMENTS, `${archive()}.unfinished.tar`]);
    renameSync(`${archive()}.unfinished.tar`, archive());
  },
};
