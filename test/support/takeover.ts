// The way from the published chart in docs/moving-from-helm.md, run as it is written there.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './cli';
import { helmHome } from './helm-client';

export const PUBLISHED = join(ROOT, '..', 'shared', 'charts', 'estafette-ci-1.5.14.tgz');
const section = readFileSync(join(ROOT, 'docs', 'moving-from-helm.md'), 'utf8');
const commands = [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) => block.trimEnd().split('\n'));

export interface Shell {
  readonly folder: string;
  /** Runs a line. @throws Error with what it printed when it ends with another status than these */
  run(line: string, ...statuses: number[]): string;
  /** Runs those commands of the page that hold one of these texts, in its order. */
  section(...texts: string[]): string;
}

/** A shell in a folder of its own, in which `helm`, `kubectl` and `bin/cdk8s-estafette` are what is to be tried. */
export function takeoverShell(folder: string, programs: { readonly helm: string; readonly kubectl: string }, kubeconfig: string): Shell {
  const path = join(folder, 'path');
  mkdirSync(path, { recursive: true });
  for (const [name, program] of Object.entries(programs)) symlinkSync(program, join(path, name));
  symlinkSync(join(ROOT, 'bin'), join(folder, 'bin'));
  const env = { ...process.env, PATH: `${path}:${process.env['PATH'] ?? ''}`, HOME: folder, KUBECONFIG: kubeconfig, ...helmHome(folder) };
  const run = (line: string, ...statuses: number[]): string => {
    const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', line], {
      cwd: folder,
      env,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (!(statuses.length ? statuses : [0]).includes(status ?? -1)) throw new Error(`${line}\nexit ${status}\n${stderr}${stdout}`);
    return stdout;
  };
  return {
    folder,
    run,
    section: (...texts) => {
      const chosen = commands.filter((line) => texts.some((text) => line.includes(text)));
      if (chosen.length < texts.length) throw new Error(`docs/moving-from-helm.md lacks one of: ${texts.join(', ')}`);
      // `diff` ends with 1 where something differs.
      return chosen.map((line) => run(line, 0, ...(line.includes('cdk8s-estafette diff') ? [1] : []))).join('');
    },
  };
}
