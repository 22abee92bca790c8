// Helm's commands, many in one process: Helm's module with a main function of ours.
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder, isExecutable } from './cache';
import type { Part } from './part';
import { output, run } from './run';
import { versions } from './versions';

const NAME = 'helm-many';
const MODULE = 'helm.sh/helm/v4';
const program = join(__dirname, NAME, 'main.go');
const version = createHash('sha256').update(`${versions.helm}\n`).update(readFileSync(program)).digest('hex').slice(0, 8);
const built = (): string => join(folder(NAME, version), NAME);

/** Its version is that of Helm, and the sum of what is ours. */
export const helmMany: Part = {
  name: NAME,
  version,
  find: () => (isExecutable(built()) ? built() : undefined),
  async install() {
    const place = folder(NAME, version);
    const module = `${MODULE}@v${versions.helm}`;
    await run(NAME, ['go', 'mod', 'download', module], { cwd: place });
    const { Dir: source } = JSON.parse(output('go', 'mod', 'download', '-json', module)) as { Dir: string };
    // With the versions that Helm was released with; what was compiled for Helm itself serves here, too.
    const requirements = readFileSync(join(source, 'go.mod'), 'utf8').replace(/^module .*$/m, `module ${NAME}`);
    writeFileSync(join(place, 'go.mod'), `${requirements}\nrequire ${MODULE} v${versions.helm}\n`);
    writeFileSync(join(place, 'go.sum'), readFileSync(join(source, 'go.sum')));
    copyFileSync(program, join(place, 'main.go'));
    const unfinished = `${built()}.unfinished`;
    await run(NAME, ['go', 'build', '-mod=mod', '-buildvcs=false', '-ldflags', '-s -w', '-o', unfinished, '.'], {
      cwd: place,
      env: { ...process.env, GOFLAGS: '', GOWORK: 'off' },
    });
    renameSync(unfinished, built());
  },
};
