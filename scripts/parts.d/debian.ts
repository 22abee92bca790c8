// Programs out of Debian's packages: unpacked into the cache, so that no service starts and nothing of the machine changes.
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { folder, isExecutable, onPath } from './cache';
import type { Part } from './part';
import { firstLine, run } from './run';
import { versions } from './versions';

type Env = Readonly<Record<string, string>>;

/** Where packages keep libraries, below the folder that they were unpacked to. */
export const LIBRARIES = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu', 'usr/lib/aarch64-linux-gnu', 'lib/aarch64-linux-gnu'];

/** Whether a version, somewhere in the line, is this one or a later one. */
export function isAtLeast(line: string, minimum: string): boolean {
  const found = /\d+(?:\.\d+)+/.exec(line)?.[0].split('.').map(Number);
  if (!found) return false;
  for (const [index, wanted] of minimum.split('.').map(Number).entries()) {
    const has = found[index] ?? 0;
    if (has !== wanted) return has > wanted;
  }
  return true;
}

/** Downloads packages and unpacks them into one folder. */
export async function unpack(name: string, packages: readonly string[], target: string): Promise<void> {
  const downloads = folder('debian', 'downloads', name);
  try {
    await run(name, ['apt-get', 'download', ...packages], { cwd: downloads });
  } catch {
    // A new machine has no package lists yet, or old ones.
    await run(name, ['apt-get', 'update']);
    await run(name, ['apt-get', 'download', ...packages], { cwd: downloads });
  }
  const archives = readdirSync(downloads)
    .filter((file) => file.endsWith('.deb'))
    .toSorted();
  if (archives.length < packages.length)
    throw new Error(`${name}: apt-get download ${packages.join(' ')} left ${archives.length} packages in ${downloads}`);
  for (const archive of archives) await run(name, ['dpkg-deb', '-x', join(downloads, archive), target]);
  rmSync(downloads, { recursive: true });
}

/** A program that finds its libraries where they were unpacked. It replaces itself, so its process id is the program's. */
function writeLauncher(path: string, program: string, root: string, { args = [], env = {} }: { args?: string[]; env?: Env }): void {
  const variables = { LD_LIBRARY_PATH: [...LIBRARIES.map((library) => join(root, library)), '$LD_LIBRARY_PATH'].join(':'), ...env };
  const settings = Object.entries(variables).map(([name, value]) => `export ${name}="${value}"`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, ['#!/bin/sh', ...settings, `exec "${program}" ${args.join(' ')} "$@"`, ''].join('\n'));
  chmodSync(path, 0o755);
}

interface DebianPart {
  /** The part: the program. */
  name: keyof typeof versions.debian;
  /** Debian's packages: the program's, and its libraries where a small system may lack them. */
  packages: readonly string[];
  /** Of the program inside the packages. */
  path: string;
  /** Arguments that the program is always started with. */
  args?: string[];
  /** Further programs of the same packages, found beside the first; `path` is the first one's by default. */
  also?: Readonly<Record<string, { args?: string[]; path?: string }>>;
  /** Whether it needs no libraries, and is itself put into images. Not by default. */
  isStatic?: boolean;
  /** Variables that the programs need to find their own files, where `root` is what the packages were unpacked to. */
  env?: (root: string) => Env;
  /** Gives a line that has the version; what `--version` prints by default. */
  versionOf?: (program: string) => string | undefined;
}

export function debianPart({
  name,
  packages,
  path,
  args,
  also = {},
  env = () => ({}),
  isStatic = false,
  versionOf = (program) => firstLine(program, '--version'),
}: DebianPart): Part {
  const version = versions.debian[name];
  const root = (): string => folder('debian', name);
  const launcher = (program: string): string => (isStatic ? join(root(), path) : join(root(), 'launchers', program));
  const fits = (program: string | undefined): boolean =>
    program !== undefined && isExecutable(program) && isAtLeast(versionOf(program) ?? '', version);
  const complete = (): boolean => Object.keys(also).every((program) => onPath(program));
  return {
    name,
    version: `>=${version}`,
    find: () => [complete() ? onPath(name) : undefined, launcher(name)].find(fits),
    async install() {
      await unpack(name, packages, root());
      if (isStatic) return;
      const programs: DebianPart['also'] = { [name]: { path, args }, ...also };
      for (const [program, options] of Object.entries(programs))
        writeLauncher(launcher(program), join(root(), options.path ?? path), root(), { args: options.args, env: env(root()) });
    },
  };
}
