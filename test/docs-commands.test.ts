// Commands of ours that the documentation shows without what they print: each of them runs.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireBuild } from './support/build';
import { ROOT } from './support/cli';

const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)];

/** Up to where the output goes. What a cluster is needed for, or what leaves something out, is for others. */
const commands = pages.flatMap((page) =>
  [
    ...readFileSync(join(ROOT, page), 'utf8')
      .replaceAll(/\\\n\s*/g, '')
      .matchAll(/^[^$`\n]*?(bin\/cdk8s-estafette (?:template|diff|show) [^|>#`\n]*)/gm),
  ]
    .map(([, command = '']) => ({ page, command: command.trim() }))
    .filter(({ command }) => !/…|--live/.test(command)),
);

describe('a command of the documentation', () => {
  let folder: string;
  beforeAll(() => {
    requireBuild(ROOT);
    folder = mkdtempSync(join(tmpdir(), 'docs-'));
    for (const name of ['bin', 'dist', 'releases.yaml']) symlinkSync(join(ROOT, name), join(folder, name));
    cpSync(join(ROOT, 'examples'), join(folder, 'examples'), { recursive: true });
    const secrets = join(folder, 'examples', 'devstats', 'secrets');
    mkdirSync(secrets, { recursive: true });
    for (const name of readdirSync(secrets).filter((file) => file.endsWith('.example')))
      renameSync(join(secrets, name), join(secrets, name.replace(/\.example$/, '')));
    writeFileSync(join(folder, 'values.yaml'), '{}\n');
    const key = '0123456789abcdef0123456789abcdef';
    writeFileSync(join(folder, 'keys.yaml'), `api:\n  secret:\n    secretDecryptionKey: ${key}\n    jwtKey: ${key}\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is found', () => expect(commands.length).toBeGreaterThan(15));

  it.each(commands)('$page: $command', ({ command }) => {
    // What is there before is the release as it stands in dist/, and the first of buildshuttle's.
    const [, what, release = ''] = command.split(' ');
    const file = what === 'show' ? undefined : join(ROOT, 'dist', `${release === 'buildshuttle' ? 'buildshuttle-host' : release}.k8s.yaml`);
    const before = file === undefined ? '' : readFileSync(file, 'utf8');
    writeFileSync(join(folder, 'before.yaml'), before);
    const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8', input: before, maxBuffer: 1 << 26 });
    expect(stderr.replaceAll(/^WARNING: .*\n/gm, '')).toBe('');
    // A release equals itself; other values make a difference, which ends with 1.
    expect(status).toBe(what === 'diff' && !command.includes('--file') ? 1 : 0);
  });
});
