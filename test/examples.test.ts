// Every example is rendered; the snapshot is what it changes in the default release.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderRelease } from '../cli/render';
import { readYaml } from '../helm/yaml/read';
import { ROOT } from './support/cli';
import { difference } from './support/difference';

const FOLDER = join(ROOT, 'examples', 'estafette-ci');
const examples = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));
const render = (...values: Record<string, unknown>[]) =>
  renderRelease({ release: 'estafette-ci', chart: 'estafette-ci', namespace: 'estafette-ci', values }).plan.map(({ object }) => object);
const read = (file: string) => readYaml(readFileSync(join(FOLDER, file), 'utf8'), file) as Record<string, unknown>;

describe('examples/estafette-ci', () => {
  it.each(examples)('%s', (file) => {
    const lines = difference(render(), render(read(file)));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('\n')).toMatchSnapshot();
  });

  it('can be layered: together they change what each of them changes alone', () => {
    const layered = examples.filter((file) => file !== 'restore.yaml');
    const together = new Set(difference(render(), render(...layered.map(read))));
    for (const file of layered)
      for (const line of difference(render(), render(read(file)))) if (!line.includes('.replicas')) expect(together).toContain(line);
  });
});
