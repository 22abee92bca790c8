// `completion SHELL`: a script with which a shell completes commands, flags, charts, releases and paths of values.
import { existsSync, readFileSync } from 'node:fs';
import { targets } from '../constructs/targets';
import { CRD_MODES } from '../constructs/targets/plan';
import { readYaml } from '../helm/yaml/read';
import { isTable } from '../helm/yaml/values';
import { candidates, type Command, type Flag } from './completion/candidates';
import { ASK, SCRIPTS } from './completion/scripts';
import { parseFlags } from './input/flags';
import { print } from './output';
import { UsageError } from './usage';

const SHELLS = Object.keys(SCRIPTS);

export const USAGE = `usage: cdk8s-estafette completion ${SHELLS.join('|')}
Prints a script for the shell. To load it at each start, add to ~/.bashrc, ~/.zshrc (behind compinit) or ~/.config/fish/config.fish:
  bash   source <(cdk8s-estafette completion bash)
  zsh    source <(cdk8s-estafette completion zsh)
  fish   cdk8s-estafette completion fish | source`;

export const FLAGS = { help: { type: 'boolean', short: 'h' } } as const;

const WORDS: Readonly<Record<string, Command['words']>> = {
  template: ['release', 'chart'],
  synth: [],
  diff: ['release', 'chart'],
  show: [['values', 'schema', 'images', 'sql', 'graph'], 'chart'],
  takeover: ['release', 'chart'],
  status: ['release', 'chart'],
  plugin: [['generate', 'parameters']],
  completion: [SHELLS],
};

const CHOICES: Command['choices'] = { target: Object.keys(targets), crds: CRD_MODES };
const OUTPUTS: Readonly<Record<string, readonly string[]>> = {
  diff: ['text', 'json', 'markdown', 'deletions'],
  show: ['text', 'json'],
  status: ['text', 'json'],
  template: ['text', 'json'],
};

/** Of all commands, by name. A command is loaded when its flags are asked for: it may be a bundle of its own. */
type Loaders = Readonly<Record<string, () => { readonly FLAGS: Readonly<Record<string, Flag>> }>>;

const commands = (loaders: Loaders): Readonly<Record<string, () => Command>> =>
  Object.fromEntries(
    Object.entries(WORDS).map(([name, words]) => [
      name,
      (): Command => ({
        words,
        flags: loaders[name]?.().FLAGS ?? {},
        choices: { ...CHOICES, ...(OUTPUTS[name] ? { output: OUTPUTS[name] } : {}), ...(name === 'show' ? { target: ['helm'] } : {}) },
      }),
    ]),
  );

export function run(argv: readonly string[], loaders: Loaders): void {
  if (argv[0] === ASK) {
    const found = candidates(commands(loaders), argv.slice(argv[1] === '--' ? 2 : 1), releaseNames());
    print(found.map((word) => `${word}\n`).join(''));
    return;
  }
  const { values: flags, positionals } = parseFlags(argv, FLAGS, USAGE);
  if (flags.help) {
    print(`${USAGE}\n`);
    return;
  }
  const [shell = '', ...rest] = positionals;
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (script === undefined || rest.length) throw new UsageError(`completion takes a shell: ${SHELLS.join(', ')}\n${USAGE}`);
  print(script);
}

/** Names in the releases.yaml of this folder. One that cannot be read says so when it is used, not while somebody types. */
function releaseNames(): string[] {
  if (!existsSync('releases.yaml')) return [];
  try {
    const read = readYaml(readFileSync('releases.yaml', 'utf8'), 'releases.yaml');
    const releases: unknown = isTable(read) ? read['releases'] : undefined;
    return Array.isArray(releases)
      ? releases.flatMap((release: unknown) => (isTable(release) && typeof release['name'] === 'string' ? [release['name']] : []))
      : [];
  } catch {
    return [];
  }
}
