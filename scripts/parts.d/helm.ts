// Helm, built from the Go module: the one whose reading is ours, and the last series before it, for releases that it made.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { folder, isExecutable, onPath } from './cache';
import type { Part } from './part';
import { firstLine, output, run } from './run';
import { versions } from './versions';

function helmPart(name: 'helm' | 'helm3', major: number): Part {
  const version = versions[name];
  const built = (): string => join(folder('helm', version), 'helm');
  /** A helm built from the module does not know its patch version; the Go toolchain reads it off the binary. */
  const fits = (program: string | undefined): boolean => {
    if (program === undefined || !isExecutable(program)) return false;
    if ((firstLine(program, 'version', '--short') ?? '').startsWith(`v${version}`)) return true;
    return output('go', 'version', '-m', program).includes(`helm.sh/helm/v${major}\tv${version}\t`);
  };
  return {
    name,
    version,
    find: () => [process.env.HELM_BIN, onPath('helm'), join(homedir(), 'go', 'bin', 'helm'), built()].find(fits),
    install: () =>
      run(name, ['go', 'install', `helm.sh/helm/v${major}/cmd/helm@v${version}`], {
        env: { ...process.env, GOBIN: folder('helm', version) },
      }),
  };
}

export const helm = helmPart('helm', 4);
export const helm3 = helmPart('helm3', 3);
