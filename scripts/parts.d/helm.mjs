// Helm, built from the Go module.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { folder, isExecutable, onPath } from './cache.mjs';
import { firstLine, output, run } from './run.mjs';
import { versions } from './versions.mjs';

const built = () => join(folder('helm', versions.helm), 'helm');

/** A helm built from the module does not know its patch version; the Go toolchain reads it off the binary. */
function fits(program) {
  if (program === undefined || !isExecutable(program)) return false;
  if ((firstLine(program, 'version', '--short') ?? '').startsWith(`v${versions.helm}`)) return true;
  return output('go', 'version', '-m', program).includes(`helm.sh/helm/v4\tv${versions.helm}\t`);
}

export const helm = {
  name: 'helm',
  version: versions.helm,
  find: () => [process.env.HELM_BIN, onPath('helm'), join(homedir(), 'go', 'bin', 'helm'), built()].find(fits),
  install: () => run('helm', ['go', 'install', `helm.sh/helm/v4/cmd/helm@v${versions.helm}`], { env: { ...process.env, GOBIN: folder('helm', versions.helm) } }),
};
