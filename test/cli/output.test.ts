// What cannot be printed or written ends every command with one line and its exit code for errors, and never with half a text.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWhere } from '../support/beside';
import { ROOT } from '../support/cli';

const BIN = join(ROOT, 'bin', 'cdk8s-estafette');
const FULL = '/dev/full';
const where = describeWhere(FULL);

/** Runs a command with a stream on a full disk. */
function onFullDisk(args: readonly string[], stream: 'stdout' | 'stderr') {
  const full = openSync(FULL, 'w');
  try {
    return spawnSync(process.execPath, [BIN, ...args], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', stream === 'stdout' ? full : 'pipe', stream === 'stderr' ? full : 'pipe'],
    });
  } finally {
    closeSync(full);
  }
}
const errorsOf = (stderr: string) => stderr.split('\n').filter((line) => line !== '' && !line.startsWith('WARNING: '));

where('a full disk', () => {
  it.each([
    [1, 'template ci estafette-ci'],
    [1, 'template --help'],
    [1, 'show values estafette-ci'],
    [1, 'show schema devstats'],
    [1, 'show images estafette-ci'],
    [1, 'synth --help'],
    [1, '--help'],
    [1, '--version'],
    [2, 'diff --help'],
    [2, 'diff ci estafette-ci /dev/null'],
    [2, 'diff ci estafette-ci --output json /dev/null'],
  ])('behind stdout: exit %i of %s', (status, command) => {
    const { stderr, ...result } = onFullDisk(command.split(' '), 'stdout');
    expect([result.status, errorsOf(stderr)]).toEqual([status, ['Error: stdout cannot be written: no space is left']]);
  });

  it.each([
    [1, 'template ci estafette-ci'],
    [2, 'template ci'],
    [2, 'diff ci estafette-ci /dev/null'],
  ])('behind stderr: exit %i of %s', (status, command) => {
    expect(onFullDisk(command.split(' '), 'stderr')).toMatchObject({ status, stdout: '' });
  });
});

where('a disk that becomes full', () => {
  const folder = mkdtempSync(join(tmpdir(), 'output-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  /** A limit of 16 KiB for each file. The signal is ignored, so that the write fails. */
  const limited = (command: string) =>
    spawnSync('bash', ['-c', `trap "" XFSZ; ulimit -f 16; exec "$0" "$1" ${command}`, process.execPath, BIN], {
      cwd: ROOT,
      encoding: 'utf8',
    });

  it('cuts no text in silence', () => {
    const file = join(folder, 'out.yaml');
    const { status, stderr } = limited(`template ci estafette-ci > ${file}`);
    expect([status, errorsOf(stderr), statSync(file).size]).toEqual([
      1,
      ['Error: stdout cannot be written: the file is too large'],
      16_384,
    ]);
  });

  it.each([`template ci estafette-ci --target argocd --application --repo-url https://example.com --output-dir`, 'synth --output'])(
    'is told by %s',
    (command) => {
      const { status, stderr } = limited(`${command} ${folder}`);
      expect([status, errorsOf(stderr)]).toEqual([
        1,
        [expect.stringMatching(/^Error: \S+\.yaml cannot be written: the file is too large$/)],
      ]);
    },
  );
});

it('a reader that goes early is not an error', () => {
  const { stdout, stderr } = spawnSync(
    'bash',
    [
      '-c',
      '"$0" "$1" template ci estafette-ci 2>&1 >/dev/null | grep -c Error; "$0" "$1" template ci estafette-ci 2>/dev/null | head -1; echo "${PIPESTATUS[0]}"',
      process.execPath,
      BIN,
    ],
    { cwd: ROOT, encoding: 'utf8' },
  );
  expect([stdout, stderr]).toEqual(['0\napiVersion: v1\n0\n', '']);
});
