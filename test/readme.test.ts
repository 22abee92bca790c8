// The documentation shows what the commands really print, and what it refers to is there.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './support/cli';

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const text = new Map(PAGES.map((page) => [page, readFileSync(join(ROOT, page), 'utf8')]));

/** A page's prose, without its blocks of code. */
const prose = (page: string): string => (text.get(page) ?? '').replace(/^```[\s\S]*?^```$/gm, '').replace(/^ {4}.*$/gm, '');

/** Console blocks: a command after `$`, and what it prints; `...` stands for lines left out. */
const blocks = PAGES.flatMap((page) =>
  [...(text.get(page) ?? '').matchAll(/^```console\n\$ (.*)\n([\s\S]*?)^```$/gm)].map(([, command = '', shown = '']) => ({
    page,
    command,
    shown: shown.trimEnd().split('\n'),
  })),
);

/** The lines between two `...` stand one after the other in what was printed. Returns the first run of lines that does not. */
function missing(shown: readonly string[], printed: readonly string[]): string | undefined {
  const runs = shown
    .join('\n')
    .split(/^\.\.\.\n?/m)
    .map((run) => run.replace(/\n$/, ''));
  const output = `\n${printed.join('\n').trimEnd()}\n`;
  let at = 0;
  for (const [index, run] of runs.entries()) {
    const found = run === '' ? at : output.indexOf(`\n${run}\n`, at);
    if (found < 0 || (index === 0 && found > 0)) return run;
    at = run === '' ? found : found + run.length + 1;
  }
  return runs.at(-1) === '' || at === output.length - 1 ? undefined : `and then:${output.slice(at)}`;
}

/** Where a heading's link goes to, as GitHub makes it. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

const headings = (page: string): string[] =>
  [
    ...readFileSync(join(ROOT, page), 'utf8')
      .replace(/^```[\s\S]*?^```$/gm, '')
      .matchAll(/^#+ (.*)$/gm),
  ].map(([, heading = '']) => anchor(heading));

describe('console blocks', () => {
  it('are there', () => {
    expect(blocks.filter(({ page }) => page === 'README.md').length).toBeGreaterThan(3);
    expect(blocks.length).toBeGreaterThan(12);
  });

  it.each(blocks)('$page: $command', ({ command, shown }) => {
    const { stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 });
    expect(missing(shown, `${stderr}${stdout}`.split('\n'))).toBeUndefined();
  });

  it('a block that lacks a line, or shows another, is noticed', () => {
    expect(missing(['a', '...', 'c'], ['a', 'b', 'c'])).toBeUndefined();
    expect(missing(['a', 'c'], ['a', 'b', 'c'])).toBe('a\nc');
    expect(missing(['a', '...', 'd'], ['a', 'b', 'c'])).toBe('d');
    expect(missing(['a'], ['a', 'b'])).toBe('and then:\nb\n');
  });
});

describe('README.md', () => {
  it('can be read in one go', () => {
    const lines = (text.get('README.md') ?? '').trimEnd().split('\n').length;
    expect(lines).toBeGreaterThanOrEqual(110);
    expect(lines).toBeLessThanOrEqual(150);
  });

  it('leads to every page', () => {
    expect(PAGES.filter((page) => page !== 'README.md' && !(text.get('README.md') ?? '').includes(`](${page})`))).toEqual([]);
  });
});

describe.each(PAGES)('%s', (page) => {
  it('has no place that waits to be filled', () => {
    expect(text.get(page)).not.toMatch(/@@|TODO|TBD/);
  });

  it('links to files and headings that exist', () => {
    const broken = [...prose(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].flatMap(([, path = '', id]) => {
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(ROOT, target))) return [target];
      return id === undefined || headings(target).includes(id) ? [] : [`${target}#${id}`];
    });
    expect(broken).toEqual([]);
  });

  it('names scripts and files that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    const whole = text.get(page) ?? '';
    const unknown = [...whole.matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)]
      .filter(([, name = '']) => !(name in scripts))
      .map(([all]) => all);
    const files = [...whole.matchAll(/(?<![\w./-])((?:examples|scripts|test|constructs|helm|cli|worker|docs)\/[\w./-]*[\w/])/g)]
      .map(([, path = '']) => path)
      .filter((path) => !existsSync(join(ROOT, path)));
    expect([...unknown, ...files]).toEqual([]);
  });
});
