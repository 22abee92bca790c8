// dist/ is what releases.yaml says, byte for byte, twice in a row, and readable by strict readers of YAML 1.1 and 1.2.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { readReleases } from '../cli/input/releases';
import { renderRelease } from '../cli/render';
import { ROOT } from './support/cli';

const synthesize = (): Record<string, string> =>
  Object.assign({}, ...readReleases(join(ROOT, 'releases.yaml')).map(({ options }) => renderRelease(options).files));
const committed = Object.fromEntries(readdirSync(join(ROOT, 'dist')).map((file) => [file, readFileSync(join(ROOT, 'dist', file), 'utf8')]));

describe('dist/', () => {
  it('holds what releases.yaml says', () => {
    expect(Object.keys(committed).toSorted()).toEqual(Object.keys(synthesize()).toSorted());
    expect(synthesize()).toEqual(committed);
  });

  it.each(Object.keys(committed))('%s reads the same in YAML 1.1 and 1.2, without a null, without a duplicate', (file) => {
    const read = (version: '1.1' | '1.2') =>
      parseAllDocuments(committed[file] ?? '', { version, uniqueKeys: true, strict: true }).map((document) => {
        expect(document.errors).toEqual([]);
        return document.toJS() as { metadata: { name: string } };
      });
    expect(read('1.1')).toEqual(read('1.2'));
    expect(committed[file]).not.toMatch(/undefined|NaN|\[object|: null$/m);
    const names = read('1.2').map((object) => JSON.stringify([(object as { kind?: string }).kind, object.metadata]));
    expect(new Set(names).size).toBe(names.length);
  });
});
