// The README shows what the commands really print: each console block is run and compared; `...` stands for lines left out.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './support/cli';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```console\n\$ (.*)\n([\s\S]*?)^```$/gm)].map(([, command = '', shown = '']) => ({
  command,
  shown: shown.trimEnd().split('\n'),
}));

/** The lines between two `...` stand one after the other in what was printed. Tells the first run of lines that does not. */
function missing(shown: readonly string[], printed: readonly string[]): string | undefined {
  const runs = shown
    .join('\n')
    .split(/^\.\.\.\n?/m)
    .map((run) => run.replace(/\n$/, ''));
  const text = `\n${printed.join('\n').trimEnd()}\n`;
  let at = 0;
  for (const [index, run] of runs.entries()) {
    const found = run === '' ? at : text.indexOf(`\n${run}\n`, at);
    if (found < 0 || (index === 0 && found > 0)) return run;
    at = run === '' ? found : found + run.length + 1;
  }
  return runs.at(-1) === '' || at === text.length - 1 ? undefined : `and then:${text.slice(at)}`;
}

it('has blocks, and no place that waits to be filled', () => {
  expect(blocks.length).toBeGreaterThan(4);
  expect(readme).not.toMatch(/@@|TODO|TBD/);
});

it.each(blocks)('$command', ({ command, shown }) => {
  const { stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 });
  expect(missing(shown, `${stderr}${stdout}`.split('\n'))).toBeUndefined();
});

it('a block that lacks a line, or shows another, is noticed', () => {
  expect(missing(['a', '...', 'c'], ['a', 'b', 'c'])).toBeUndefined();
  expect(missing(['a', 'c'], ['a', 'b', 'c'])).toBe('a\nc');
  expect(missing(['a', '...', 'd'], ['a', 'b', 'c'])).toBe('d');
  expect(missing(['a'], ['a', 'b'])).toBe('and then:\nb\n');
});
