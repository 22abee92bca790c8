// A root file system with Debian's Docker engine and what it needs to run rootless: what the tests run beside the build worker in a pod.
import { createHash } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from './cache';
import { debianPart } from './debian';
import type { Part } from './part';
import { run } from './run';

const mmdebstrap = debianPart({ name: 'mmdebstrap', packages: ['mmdebstrap'], path: 'usr/bin/mmdebstrap' });

/** The user that Docker's own rootless image has, with ids of its own for the users of its containers. */
const USER = [
  'echo "rootless:x:1000:" >> "$1/etc/group"',
  'echo "rootless:x:1000:1000::/home/rootless:/bin/sh" >> "$1/etc/passwd"',
  'echo "rootless:100000:65536" > "$1/etc/subuid"',
  'cp "$1/etc/subuid" "$1/etc/subgid"',
  'mkdir -p "$1/home/rootless/.local/share/docker" "$1/run/user/1000"',
  'chown -R 1000:1000 "$1/home/rootless" "$1/run/user/1000"',
].join('; ');
const NOT_NEEDED = ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'var/cache/apt', 'var/lib/apt/lists'];
const ARGUMENTS = [
  '--variant=minbase',
  '--include=docker.io,iptables,iproute2,ca-certificates,rootlesskit,uidmap,slirp4netns',
  '--aptopt=APT::Install-Recommends "false"',
  `--customize-hook=${USER}`,
  `--customize-hook=rm -rf ${NOT_NEEDED.map((path) => `"$1/${path}"`).join(' ')}`,
  'bookworm',
];

const version = createHash('sha256').update(JSON.stringify(ARGUMENTS)).digest('hex').slice(0, 8);
const archive = (): string => join(folder('engine-root', version), 'root.tar');

/** Its version is the sum of how it is made. The path is that of a tar archive. Runs as root. */
export const engineRoot: Part = {
  name: 'engine-root',
  version,
  find: () => (existsSync(archive()) ? archive() : undefined),
  async install() {
    if (!mmdebstrap.find()) await mmdebstrap.install();
    const program = mmdebstrap.find();
    if (!program) throw new Error(`mmdebstrap: installed, but version ${mmdebstrap.version} is not there`);
    await run('engine-root', [program, ...ARGUMENTS, `${archive()}.unfinished.tar`]);
    renameSync(`${archive()}.unfinished.tar`, archive());
  },
};
