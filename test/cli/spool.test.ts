// Texts that wait to be written: a few in memory, the others in a file that nobody sees.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spool } from '../../cli/spool';

describe('Spool', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'spool-test-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([0, 5, 1000])('gives each text back as it came, with at most %d bytes in memory', (most) => {
    const spool = new Spool(most, folder);
    const texts = new Map([
      ['a', 'one\n'],
      ['b', 'zwei: ü 🎉\n'],
      ['c', ''],
      ['d', 'x'.repeat(100_000)],
      ['e', 'five'],
    ]);
    for (const [name, text] of texts) spool.set(name, text);
    expect(spool.keys()).toEqual([...texts.keys()]);
    for (const name of ['e', 'd', 'b', 'a', 'c']) expect(spool.get(name)).toBe(texts.get(name));
    expect(spool.get('f')).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
    spool.close();
    expect(spool.keys()).toEqual([]);
  });

  it('says where there is no room', () => {
    const none = join(folder, 'none');
    expect(() => new Spool(0, none).set('a', 'text')).toThrow(`${none} cannot be written: nothing can be made there`);
  });
});
