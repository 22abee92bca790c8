// `completion`: what can stand next on the command line, and the scripts that have shells ask for it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { candidates, type Command } from '../../cli/completion/candidates';
import { cli, ROOT } from '../support/cli';

const complete = (...words: string[]): string[] => {
  const { status, stdout, stderr } = cli(['completion', 'candidates', '--', ...words]);
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter(Boolean);
};

describe('candidates', () => {
  it.each<[string[], string[]]>([
    [[''], ['completion', 'diff', 'plugin', 'show', 'status', 'synth', 'takeover', 'template']],
    [['te'], ['template']],
    [['takeover', 'ci', 'devstats', '--u'], ['--undo']],
    [
      ['template', ''],
      [
        'buildshuttle-external-worker',
        'buildshuttle-host',
        'buildshuttle-kubernetes',
        'buildshuttle-worker',
        'devstats',
        'estafette-ci',
        'estafette-ci-ha',
      ],
    ],
    [
      ['template', 'ci', ''],
      ['buildshuttle', 'devstats', 'estafette-ci'],
    ],
    [['template', '-n', 'ns', 'ci', 'dev'], ['devstats']],
    [['template', 'ci', 'devstats', ''], []],
    [
      ['template', 'ci', 'devstats', '--targ'],
      ['--target', '--target-revision'],
    ],
    [
      ['template', 'ci', 'devstats', '--target', ''],
      ['argocd', 'helm', 'kubectl'],
    ],
    [['template', 'ci', 'devstats', '--target=k'], ['--target=kubectl']],
    [['template', 'ci', 'devstats', '-f', ''], []],
    [['template', '--crds', 'o'], ['only']],
    [['diff', 'ci', 'devstats', '-o', 'm'], ['markdown']],
    [
      ['show', ''],
      ['graph', 'images', 'schema', 'sql', 'values'],
    ],
    [['show', 'images', 'e'], ['estafette-ci']],
    [['synth', ''], []],
    [
      ['completion', ''],
      ['bash', 'fish', 'zsh'],
    ],
    [['nothing', ''], []],
  ])('behind %j', (words, expected) => expect(complete(...words)).toEqual(expected));

  it.each<[string, string[]]>([
    ['api.image.', ['api.image.credentials.', 'api.image.pullPolicy=', 'api.image.repository=', 'api.image.tag=']],
    ['api.enab', ['api.enabled=']],
    ['cert-', ['cert-manager.']],
    ['api.enabled=', ['api.enabled=false', 'api.enabled=true']],
    ['api.enabled=true,web.enab', ['api.enabled=true,web.enabled=']],
    [String.raw`api.baseHost=a\,b,web.enabled=t`, [String.raw`api.baseHost=a\,b,web.enabled=true`]],
    ['api.baseHost=', []],
    ['nothing.', []],
    ['api.baseHost.x', []],
  ])('of values behind --set %s', (typed, expected) => {
    expect(complete('template', 'ci', 'estafette-ci', '--set', typed)).toEqual(expected);
    expect(complete('template', 'ci', 'estafette-ci', `--set=${typed}`)).toEqual(expected.map((word) => `--set=${word}`));
  });

  it('of values are whole maps with --set-json', () =>
    expect(complete('template', 'ci', 'estafette-ci', '--set-json', 'api.image')).toEqual(['api.image=', 'api.imagePullSecrets=']));

  it('of values need a chart', () => expect(complete('template', 'ci', '--set', 'api')).toEqual([]));

  it('are all flags of each command', () => {
    for (const command of ['template', 'synth', 'diff', 'status', 'takeover', 'completion']) {
      const usage = cli([command, '--help']).stdout;
      const told = new Set([...usage.matchAll(/--[a-z][a-z-]*/g)].map(([flag]) => flag));
      for (const flag of complete(command, '-').filter((word) => word !== '--help'))
        expect([command, [...told]]).toEqual([command, expect.arrayContaining([flag])]);
    }
  });

  it('take no word for another, whatever is typed', () => {
    const command = (): Command => ({ flags: { set: { type: 'string' } }, words: ['release'], choices: {} });
    for (const words of [
      ['constructor', ''],
      ['x', '--toString', ''],
      ['x', '--set', '__proto__.'],
      ['x', 'estafette-ci', '--set', 'constructor.'],
    ])
      expect(candidates({ x: command }, words, [])).toEqual([]);
  });
});

it('releases are those of releases.yaml, and none where it cannot be read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'completion-'));
  try {
    const names = () => cli(['completion', 'candidates', '--', 'diff', ''], { cwd: folder }).stdout;
    expect(names()).toBe('');
    writeFileSync(join(folder, 'releases.yaml'), 'releases:\n- name: one\n- chart: x\n- two\n');
    expect(names()).toBe('one\n');
    writeFileSync(join(folder, 'releases.yaml'), 'releases: [');
    expect(names()).toBe('');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('each shell has a script, and another one an error', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { status, stdout } = cli(['completion', shell]);
    expect(status).toBe(0);
    expect(stdout).toContain('cdk8s-estafette completion candidates -- ');
  }
  for (const words of [['tcsh'], [], ['bash', 'zsh'], ['constructor']]) {
    const { status, stdout, stderr } = cli(['completion', ...words]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('completion takes a shell: bash, zsh, fish');
  }
});

/** What a shell that is on this machine offers behind a line; undefined where there is none. */
const SHELLS: Readonly<Record<string, (line: string) => readonly [string, ...string[]]>> = {
  bash: (line) => [
    'bash',
    '--norc',
    '-c',
    'source <(cdk8s-estafette completion bash); COMP_LINE=$1 COMP_POINT=${#1}; _cdk8s_estafette 2>/dev/null; printf "%s\\n" "${COMPREPLY[@]}"',
    'bash',
    line,
  ],
  fish: (line) => ['fish', '--no-config', '-c', 'cdk8s-estafette completion fish | source; complete -C $argv[1]', line],
};

const missing = Object.keys(SHELLS).filter((shell) => spawnSync(shell, ['-c', 'true']).status !== 0);
if (missing.length) console.warn(`completion is not tried in ${missing.join(' and ')}: not on this machine`);

for (const [shell, command] of Object.entries(SHELLS).filter(([name]) => !missing.includes(name)))
  describe(`in ${shell}`, () => {
    const offered = (line: string): string[] => {
      const [program, ...args] = command(line);
      const { stdout } = spawnSync(program, args, {
        encoding: 'utf8',
        env: { ...process.env, PATH: `${join(ROOT, 'bin')}:${process.env['PATH']}` },
      });
      return stdout.split('\n').filter(Boolean);
    };

    it.each([
      ['show ', ['graph', 'images', 'schema', 'sql', 'values']],
      ['template ci estafette-ci --target k', ['kubectl']],
      ['template ci estafette-ci --set api.enab', ['api.enabled=']],
      // Bash puts what it is given behind the last = of the word.
      ['template ci estafette-ci --set api.enabled=t', [shell === 'bash' ? 'true' : 'api.enabled=true']],
    ])('%s', (line, words) => expect(offered(`cdk8s-estafette ${line}`)).toEqual(words));
  });
