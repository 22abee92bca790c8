// ARG lines after every FROM, in every way a Dockerfile can be written.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addBuildArgs, addLabels, mergeBuildArgs, needsBuildKit } from '../../worker/sources/dockerfile';
import { parseDockerfile } from '../../worker/sources/instructions';
import { workedMs } from './support/fakes';

describe('addBuildArgs', () => {
  it.each([
    ['any case', 'from a\nRUN x\n', 'from a\nARG V\nRUN x\n'],
    ['several stages', 'FROM a AS one\nRUN x\nFROM b\n', 'FROM a AS one\nARG V\nRUN x\nFROM b\nARG V\n'],
    ['an ARG before the first', 'ARG T=1\nFROM a:$T\n', 'ARG T=1\nFROM a:$T\nARG V\n'],
    ['comments', '# FROM no\nFROM a\n# FROM no\n', '# FROM no\nFROM a\nARG V\n# FROM no\n'],
    [
      'continuation lines',
      'FROM \\\n  --platform=x \\\n  # why\n  a AS b\nRUN echo \\\nFROM no\n',
      'FROM \\\n  --platform=x \\\n  # why\n  a AS b\nARG V\nRUN echo \\\nFROM no\n',
    ],
    ['a syntax directive', '# syntax=docker/dockerfile:1\nFROM a\n', '# syntax=docker/dockerfile:1\nFROM a\nARG V\n'],
    ['an escape directive', '# escape=`\nFROM `\n a\nRUN x `\nFROM no\n', '# escape=`\nFROM `\n a\nARG V\nRUN x `\nFROM no\n'],
    ['heredocs', 'FROM a\nRUN <<EOF\nFROM no\nEOF\nFROM b\n', 'FROM a\nARG V\nRUN <<EOF\nFROM no\nEOF\nFROM b\nARG V\n'],
    ['two escapes at the end of a line', 'FROM a\nRUN echo \\\\\nFROM b\n', 'FROM a\nARG V\nRUN echo \\\\\nFROM b\nARG V\n'],
    ['what looks like a heredoc', 'FROM a\nRUN echo << EOF\nFROM b\nRUN EOF\n', 'FROM a\nARG V\nRUN echo << EOF\nFROM b\nARG V\nRUN EOF\n'],
    ['a byte order mark', '\ufeffFROM a\n', '\ufeffFROM a\nARG V\n'],
    ['indentation', '  FROM a\n', '  FROM a\nARG V\n'],
    ['no end of line', 'FROM a', 'FROM a\nARG V'],
    ['Windows lines', 'FROM a\r\nRUN x\r\n', 'FROM a\r\nARG V\r\nRUN x\r\n'],
  ])('handles %s', (_name, before, after) => expect(addBuildArgs(before, ['V'])).toBe(after));

  it('refuses a Dockerfile whose FROMs, times the build args, fill the memory', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `N${index}`);
    expect(() => addBuildArgs('FROM a\n'.repeat(100_000), names)).toThrow('has 100000 FROMs and the build 10000 build args');
  });

  it('leaves a Dockerfile without args as it is, and refuses one without FROM', () => {
    expect(addBuildArgs('FROM a\n', [])).toBe('FROM a\n');
    expect(() => addBuildArgs('RUN x\n', ['V'])).toThrow('no FROM; begin it with the base image');
  });
});

describe('addBuildArgs, joined', () => {
  it('names all in one ARG, and in a second one before a line is too long for a builder', () => {
    expect(addBuildArgs('FROM a\nFROM b\n', ['A', 'B', 'http_proxy'], true)).toBe('FROM a\nARG A B\nFROM b\nARG A B\n');
    const names = Array.from({ length: 9000 }, (_, index) => `LONG_NAME_${index}`);
    const lines = addBuildArgs('FROM a\n', names, true).split('\n').slice(1, -1);
    expect(lines.flatMap((line) => line.split(' ').slice(1))).toEqual(names);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(16_384);
    expect(lines.length).toBeLessThan(20);
  });
});

describe('addLabels', () => {
  const labels = { app: 'web', space: 'team one', build_uuid: '56bce159-87a7' };
  const LABEL = 'LABEL "app"="web" "space"="team one" "build_uuid"="56bce159-87a7"\n';

  it.each([
    ['FROM a\n', `FROM a\n${LABEL}`],
    ['FROM a', `FROM a\n${LABEL}`],
    ['FROM a\r\nRUN x\r\n', `FROM a\r\nRUN x\r\n${LABEL}`],
    ['# escape=`\nFROM a\nRUN dir \\\n', `# escape=\`\nFROM a\nRUN dir \\\n${LABEL}`],
    ['FROM a\nRUN x \\\\\n', `FROM a\nRUN x \\\\\n${LABEL}`],
    ['FROM a\nRUN <<EOF\nx\nEOF\n', `FROM a\nRUN <<EOF\nx\nEOF\n${LABEL}`],
  ])('ends %j with one', (before, after) => expect(addLabels(before, labels)).toBe(after));

  it.each([
    'FROM a\nRUN x \\\n',
    'FROM a\nRUN x \\\n# why\n',
    'FROM a\nRUN x \\\n\n',
    '# escape=`\nFROM a\nRUN x `',
    'FROM a\nRUN <<EOF\nx\n',
  ])('leaves %j alone, whose end would take it in', (text) => expect(addLabels(text, labels)).toBeUndefined());

  it.each(['$HOME', 'a"b', "a'b", 'a\\', 'a`', 'ü', 'a\nRUN x'])('does not write the value %j', (space) =>
    expect(addLabels('FROM a\n', { ...labels, space })).toBeUndefined(),
  );
});

describe('parseDockerfile', () => {
  it("finds the ends of every FROM where BuildKit's own parser finds them", () => {
    // [Dockerfile, last lines of its FROMs, whether it has heredocs]: made at random, the answers are those of moby/buildkit 0.17.3.
    const cases = JSON.parse(readFileSync(join(__dirname, 'support/dockerfiles.json'), 'utf8')) as [string, number[], boolean][];
    expect(cases.length).toBeGreaterThan(150);
    for (const [text, ends, heredocs] of cases) {
      const { instructions } = parseDockerfile(text);
      const found = instructions.filter(({ keyword }) => keyword === 'FROM').map(({ end }) => end);
      expect([text, found, instructions.some(({ hasHeredocs }) => hasHeredocs)]).toEqual([text, ends, heredocs]);
    }
  });
});

describe('a Dockerfile made to be slow', () => {
  it.each([
    ['a row of carriage returns', `FROM a\nRUN ${'\r'.repeat(1_000_000)}x\n`],
    ['spaces inside a directive', `# syntax=a${' '.repeat(1_000_000)}b\nFROM a\n`],
    ['backslashes and spaces', `FROM a\nRUN ${'\\ '.repeat(500_000)}x\n`],
    ['continuation lines', `FROM a\nRUN ${'\\\n'.repeat(300_000)}x\n`],
    ['heredocs', `FROM a\nRUN ${'<<a '.repeat(100_000)}\n`],
  ])('is read at once: %s', (_name, text) => {
    const begun = process.cpuUsage();
    expect(parseDockerfile(text).instructions[0]?.keyword).toBe('FROM');
    expect(workedMs(begun)).toBeLessThan(2000);
  });

  it('has its directives where there are spaces around them', () => {
    const [read, none] = ['#  escape = `  \nFROM a\nRUN x `\ny\n', '# escape= \nFROM a\nRUN x `\ny\n'].map(parseDockerfile);
    expect([read?.instructions.length, none?.instructions.length]).toEqual([2, 3]);
  });
});

describe('mergeBuildArgs', () => {
  it("lets the operator's win and cleans names as buildshuttle does", () => {
    expect(mergeBuildArgs({ A: 'user', 'B-C': 1, D: true, E: null, '!': 'x' }, { A: 'operator', 'BC ': 'wins' })).toEqual({
      A: 'operator',
      BC: 'wins',
      D: 'true',
    });
  });
  it('knows no prototype', () =>
    expect(Object.keys(mergeBuildArgs(JSON.parse('{"__proto__":"x"}') as Record<string, string>, {}))).toEqual(['__proto__']));
});

describe('needsBuildKit', () => {
  it.each([
    ['FROM a\nRUN --mount=type=secret,id=x cat\n', true],
    ['# syntax=docker/dockerfile:1\nFROM a\n', true],
    ['FROM a\nRUN <<EOF\nls\nEOF\n', true],
    ['FROM a\nCOPY --link x y\n', true],
    ['FROM a\nCOPY --from=b x y\nRUN echo --mount\n', false],
  ])('%j: %s', (text, needed) => expect(needsBuildKit(text)).toBe(needed));
});
