// Root file systems out of Debian's packages, as tar archives, for images of the tests.
import { createHash } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from './cache';
import { debianPart } from './debian';
import type { Part } from './part';
import { run } from './run';

const mmdebstrap = debianPart({ name: 'mmdebstrap', packages: ['mmdebstrap'], path: 'usr/bin/mmdebstrap' });

const NOT_NEEDED = ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'var/cache/apt', 'var/lib/apt/lists'];

export interface DebianRoot {
  readonly name: string;
  readonly packages: readonly string[];
  /** A command for the shell, with the new root as $1. Essential: before the packages are there; customize: after that. */
  readonly hook: readonly [when: 'essential' | 'customize', command: string];
}

/** Its version is the sum of how it is made. The path is that of a tar archive. Runs as root. */
export function debianRoot({ name, packages, hook: [when, command] }: DebianRoot): Part {
  const options = [
    '--variant=minbase',
    `--include=${packages.join(',')}`,
    '--aptopt=APT::Install-Recommends "false"',
    `--${when}-hook=${command}`,
    `--customize-hook=rm -rf ${NOT_NEEDED.map((path) => `"$1/${path}"`).join(' ')}`,
    'bookworm',
  ];
  const version = createHash('sha256').update(JSON.stringify(options)).digest('hex').slice(0, 8);
  const archive = (): string => join(folder(name, version), 'root.tar');
  return {
    name,
    version,
    find: () => (existsSync(archive()) ? archive() : undefined),
    async install() {
      if (!mmdebstrap.find()) await mmdebstrap.install();
      const program = mmdebstrap.find();
      if (!program) throw new Error(`mmdebstrap: installed, but version ${mmdebstrap.version} is not there`);
      await run(name, [program, ...options, `${archive()}.unfinished.tar`]);
      renameSync(`${archive()}.unfinished.tar`, archive());
    },
  };
}
