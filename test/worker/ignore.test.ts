// .dockerignore as Docker's reference describes it, and patterns made to be slow.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readIgnore } from '../../worker/sources/ignore';
import { workedMs } from './support/fakes';

const calm = new AbortController().signal;
const ignores = async (text: string, name: string) => (await readIgnore(text, calm)).ignores(name, calm);

describe('.dockerignore', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['# comment\n*/temp*', ['somedir/temporary.txt', 'somedir/temp', 'somedir/temp/deep/er'], ['temp', 'a/b/temp', '# comment']],
    ['*/*/temp*', ['somedir/subdir/temporary.txt'], ['somedir/temp', 'temp', 'a/b/c/temp']],
    ['temp?', ['tempa', 'tempb/below'], ['temp', 'tempab', 'a/tempa', 'temp/']],
    ['**/*.go', ['a.go', 'x/a.go', 'x/y/z/a.go'], ['a.gox', 'go']],
    ['*.md\n!README.md', ['other.md'], ['README.md', 'docs/a.md']],
    ['*.md\n!README*.md\nREADME-secret.md', ['a.md', 'README-secret.md'], ['README.md', 'README-x.md']],
    ['*.md\nREADME-secret.md\n!README*.md', ['a.md'], ['README.md', 'README-secret.md']],
    ['/foo/bar', ['foo/bar', 'foo/bar/deep'], ['bar', 'x/foo/bar', 'foo']],
    ['foo/bar', ['foo/bar'], ['x/foo/bar']],
    ['foo/', ['foo', 'foo/a/b'], ['a/foo', 'foobar']],
    ['./a//b/../c', ['a/c'], ['a/b', 'b']],
    ['folder\n!folder/kept', ['folder', 'folder/a'], ['folder/kept', 'folder/kept/below']],
    ['*\n!src/**/keep.*', ['a', 'src/a', 'src'], ['src/keep.js', 'src/x/y/keep.md']],
    ['**.pem\n**/*.crt', ['key.pem', 'deep/key.pem', 'key.pem/below', 'a.crt'], ['key.pem2', 'crt']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb', 'a']],
    ['a/**', ['a/b', 'a/b/c'], ['a', 'b/a']],
    ['**', ['a', 'a/b', '.hidden'], []],
    ['*', ['a', 'a/b', '.hidden'], []],
    ['[a-cx]1', ['a1', 'c1', 'x1'], ['d1', '-1', '[a-cx]1']],
    ['[^a-c]1', ['d1', '^1'], ['a1', 'c1']],
    ['\\*\\[\\\\', ['*[\\'], ['x[\\']],
    ['  spaces  \r\n\n\ttab\t\r\n', ['spaces', 'tab'], ['', ' ']],
    ['\ufefffirst', ['first'], []],
    ['! kept\nkept', ['kept'], []],
    ['.', [], ['a', '.a']],
    ['a.c+(x)|{y}$', ['a.c+(x)|{y}$'], ['abc', 'a.ccx']],
    ['?.txt', ['🐳.txt', 'ü.txt'], ['ab.txt']],
    ['', [], ['a']],
  ])('%j', async (text, ignored, kept) => {
    for (const name of ignored) expect([name, await ignores(text, name)]).toEqual([name, true]);
    for (const name of kept) expect([name, await ignores(text, name)]).toEqual([name, false]);
  });

  it.each([
    ['a\n[b', 'line 2: the [ is never closed'],
    ['[]', 'line 1: the [] holds no character'],
    ['a\\', 'line 1: the pattern ends with a \\'],
    ['# x\n\n!', 'line 3: the ! has no pattern'],
    ['a'.repeat(5000), 'line 1: the pattern is longer than 4096 characters'],
    ['a\n'.repeat(10_001), 'more than 10000 patterns; write fewer, wider ones'],
    [`a\n${'x{1000}'.repeat(6)}*`, 'line 2: the pattern repeats characters more than 5000 times'],
    [`${'*a'.repeat(2000)}\n`.repeat(100), 'more than 262144 characters in patterns with wildcards'],
  ])('tells what is wrong, %#', (text, problem) =>
    expect(readIgnore(text, calm)).rejects.toMatchObject({ name: 'BuildFailure', message: expect.stringContaining(problem) }),
  );

  it('says what Docker says of patterns made at random', async () => {
    // [.dockerignore, names, answers; null where Docker cannot read a pattern]: the answers are those of Docker's own module, moby/patternmatcher 0.6.0.
    const cases = JSON.parse(readFileSync(join(__dirname, 'support/dockerignore.json'), 'utf8')) as [string, string[], boolean[] | null][];
    expect(cases.length).toBeGreaterThan(600);
    for (const [text, names, answers] of cases) {
      if (answers === null) await expect(readIgnore(text, calm)).rejects.toMatchObject({ name: 'BuildFailure' });
      else expect([text, await Promise.all(names.map((name) => ignores(text, name)))]).toEqual([text, answers]);
    }
  });

  it('matches a pattern without wildcards like a path, whatever the characters', async () => {
    const part = fc
      .string({ unit: fc.constantFrom('a', 'B', '.', '-', '+', '$', '(', ' ü', '🐳'), minLength: 1 })
      .filter((text) => text.trim() === text && !/^\.{1,2}$/.test(text));
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { minLength: 1, maxLength: 4 }),
        fc.array(part, { minLength: 1, maxLength: 4 }),
        async (pattern, name) => {
          const expected = pattern.every((piece, at) => piece === name[at]);
          expect(await ignores(pattern.join('/'), name.join('/'))).toBe(expected);
          expect(await ignores(pattern.join('/'), [...pattern, ...name].join('/'))).toBe(true);
        },
      ),
    );
  });
});

describe('a .dockerignore made to be slow', () => {
  it.each(['*a*a*a*a*a*ab', `${'*a'.repeat(2000)}b`, `${'**/a/'.repeat(800)}b`, `${'?*'.repeat(2000)}b`, `${'[a-z]*'.repeat(600)}b`])(
    'takes no time for a name of any length, %#',
    async (pattern) => {
      const begun = process.cpuUsage();
      expect(await ignores(pattern, 'a'.repeat(100))).toBe(false);
      expect(workedMs(begun)).toBeLessThan(1000);
      expect(await ignores(pattern, 'a/'.repeat(2000))).toBe(false);
      expect(workedMs(begun)).toBeLessThan(8000);
    },
  );

  it('is read in a moment, and ends when the build does', async () => {
    const begun = process.cpuUsage();
    await expect(readIgnore(`a${' '.repeat(1_000_000)}b`, calm)).rejects.toThrow('longer than 4096');
    expect(workedMs(begun)).toBeLessThan(1000);
    const stop = new AbortController();
    const read = readIgnore('*a*b?c\n'.repeat(9000), stop.signal);
    stop.abort(new Error('the build was stopped'));
    await expect(read).rejects.toThrow('the build was stopped');
  });

  it('lets others work meanwhile, and ends when the build does', async () => {
    const stop = new AbortController();
    const ignored = await readIgnore(`${'*a*a*b\n'.repeat(10_000)}`, calm);
    let longest = 0;
    let last = process.cpuUsage();
    const timer = setInterval(() => {
      longest = Math.max(longest, workedMs(last));
      last = process.cpuUsage();
    }, 5);
    setTimeout(() => stop.abort(new Error('the build was stopped')), 300);
    const scan = async () => {
      for (;;) await ignored.ignores('a'.repeat(100), stop.signal);
    };
    await expect(scan()).rejects.toThrow('the build was stopped');
    clearInterval(timer);
    expect(longest).toBeLessThan(250);
  });
});
