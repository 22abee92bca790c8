// `synth` of many releases: it keeps little of them in memory, and writes nothing until all of them are right.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireBuild } from '../support/build';
import { ROOT } from '../support/cli';

const RELEASES = 300;
/** What holds a few releases, and not the texts and objects of all of them. */
const HEAP = ['--max-old-space-size=32', '--max-semi-space-size=2'];

describe('synth of many releases', () => {
  let cwd = '';
  const temporary = () => join(cwd, 'tmp');
  beforeAll(() => requireBuild(ROOT));
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'many-releases-'));
    mkdirSync(temporary());
    mkdirSync(join(cwd, 'dist'));
    writeFileSync(join(cwd, 'dist', 'ci-1.k8s.yaml'), 'before\n');
  });
  afterEach(() => rmSync(cwd, { recursive: true }));

  const synth = (more: (index: number) => string) => {
    const list = Array.from(
      { length: RELEASES },
      (_, i) => `- {name: ci-${i + 1}, chart: estafette-ci, namespace: ci-${i + 1}${more(i + 1)}}\n`,
    );
    writeFileSync(join(cwd, 'releases.yaml'), `releases:\n${list.join('')}`);
    const { status, stderr } = spawnSync(process.execPath, [...HEAP, join(ROOT, 'bin', 'cdk8s-estafette'), 'synth'], {
      cwd,
      env: { ...process.env, TMPDIR: temporary() },
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    return { status, errors: stderr.split('\n').filter((line) => !line.startsWith('WARNING: ') && line !== '') };
  };

  it('does not keep them in memory', () => {
    // More than the heap, if all were read before the first is printed.
    writeFileSync(join(cwd, 'values.yaml'), `x-help: |\n${'  a line of a long text\n'.repeat(8000)}`);
    expect(synth(() => ', values: [values.yaml]')).toMatchObject({ status: 0 });
    expect(readdirSync(join(cwd, 'dist'))).toHaveLength(RELEASES);
    const [one, last] = [1, RELEASES].map((index) => readFileSync(join(cwd, 'dist', `ci-${index}.k8s.yaml`), 'utf8'));
    expect(last).toContain(`namespace: ci-${RELEASES}\n`);
    expect(last?.split('\n')).toHaveLength(one?.split('\n').length ?? NaN);
    expect(readdirSync(temporary())).toEqual([]);
  });

  it('writes nothing when one of them is wrong, and tells all that is', () => {
    const { status, errors } = synth((index) => (index % 100 === 57 ? ', set: {api.basehost: x}' : ''));
    expect(status).toBe(1);
    expect(errors).toEqual(
      [57, 157, 257].map((index) => expect.stringMatching(`^Error: ci-${index}: .*unknown key "basehost"`) as unknown),
    );
    expect(readdirSync(join(cwd, 'dist'))).toEqual(['ci-1.k8s.yaml']);
    expect(readFileSync(join(cwd, 'dist', 'ci-1.k8s.yaml'), 'utf8')).toBe('before\n');
    expect(readdirSync(temporary())).toEqual([]);
  });
});
