// Argo CD: one program, the part of it chosen by ARGOCD_BINARY_NAME, and the definitions of its resources.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { goPart } from './go';
import type { Part } from './part';
import { output } from './run';
import { versions } from './versions';

const goModule = 'github.com/argoproj/argo-cd/v3';
const program = goPart({
  name: 'argocd',
  version: versions['argo-cd'],
  module: goModule,
  package: './cmd',
  ldflags: `-X ${goModule}/common.version=${versions['argo-cd']}`,
});

const definitionsBeside = (path: string): string => join(dirname(path), 'definitions.yaml');

/** The definitions lie beside the program, as one YAML stream. */
export const argoCd: Part = {
  ...program,
  find() {
    const path = program.find();
    return path && existsSync(definitionsBeside(path)) ? path : undefined;
  },
  async install() {
    await program.install();
    const path = program.find();
    if (!path) return;
    const folder = join(
      JSON.parse(output('go', 'mod', 'download', '-json', `${goModule}@v${versions['argo-cd']}`)).Dir,
      'manifests',
      'crds',
    );
    const files = readdirSync(folder).filter((file) => file.endsWith('-crd.yaml'));
    writeFileSync(definitionsBeside(path), files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n---\n'));
  },
};
