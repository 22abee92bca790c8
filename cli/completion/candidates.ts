// What can stand next on the command line, for the shells.
import { CHART_NAMES, chartOf, isChartName } from '../../constructs/charts';
import { isGroup, type Schema } from '../../helm/schema';

/** A flag of a command, as `parseArgs` has it. */
export interface Flag {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
}

export interface Command {
  readonly flags: Readonly<Record<string, Flag>>;
  /** What the words that are not flags are, in their order. */
  readonly words: readonly ('release' | 'chart' | readonly string[])[];
  /** What a flag takes, where it is one of some words. */
  readonly choices: Readonly<Record<string, readonly string[]>>;
}

/**
 * @param words those behind the program's name; the last one is what is being typed, perhaps nothing
 * @param releases names of the releases in releases.yaml
 * @returns whole words; one that ends with a dot or an equals sign goes on. None where files can stand.
 */
export function candidates(
  commands: Readonly<Record<string, () => Command>>,
  words: readonly string[],
  releases: readonly string[],
): string[] {
  const before = words.slice(0, -1);
  const typed = words.at(-1) ?? '';
  const [name, ...rest] = before;
  if (name === undefined) return matching(Object.keys(commands), typed);
  const command = Object.hasOwn(commands, name) ? commands[name]?.() : undefined;
  if (!command) return [];

  const joined = /^(--[a-z-]+)=(.*)$/s.exec(typed);
  if (joined) return valuesOf(command, joined[1]!, joined[2]!, rest).map((value) => `${joined[1]}=${value}`);
  const flag = flagOf(command, rest.at(-1));
  if (flag?.type === 'string') return valuesOf(command, rest.at(-1)!, typed, rest);
  if (typed.startsWith('-')) return matching(flagWords(command), typed);
  const word = command.words[positionals(command, rest).length];
  if (word === undefined) return [];
  return matching(word === 'release' ? releases : word === 'chart' ? CHART_NAMES : word, typed);
}

const matching = (words: readonly string[], typed: string): string[] => words.filter((word) => word.startsWith(typed)).toSorted();

const flagWords = ({ flags }: Command): string[] => Object.keys(flags).map((name) => `--${name}`);

function nameOf({ flags }: Command, word: string | undefined): string | undefined {
  if (word === undefined || !word.startsWith('-')) return undefined;
  if (word.startsWith('--')) return Object.hasOwn(flags, word.slice(2)) ? word.slice(2) : undefined;
  return Object.keys(flags).find((name) => flags[name]?.short === word.slice(1));
}

function flagOf(command: Command, word: string | undefined): Flag | undefined {
  const name = nameOf(command, word);
  return name === undefined ? undefined : command.flags[name];
}

/** The words that are neither flags nor what a flag takes. */
const positionals = (command: Command, words: readonly string[]): string[] =>
  words.filter((word, index) => !word.startsWith('-') && flagOf(command, words[index - 1])?.type !== 'string');

function valuesOf(command: Command, flag: string, typed: string, words: readonly string[]): string[] {
  const name = nameOf(command, flag) ?? '';
  if (name.startsWith('set')) {
    const chart = positionals(command, words).find(isChartName);
    return chart ? assignments(chartOf(chart).values, typed, name) : [];
  }
  return matching(command.choices[name] ?? [], typed);
}

/** Paths of values, and what one of few texts is: of several with commas between them, the last is completed. */
function assignments(schema: Schema, typed: string, flag: string): string[] {
  const [, earlier = '', own = ''] = /^((?:.*[^\\],)?)(.*)$/s.exec(typed) ?? [];
  const [, path = '', value] = /^((?:[^=\\]|\\.)*)(?:=(.*))?$/s.exec(own) ?? [];
  const keys = path.split(/(?<!\\)\./);
  const field = (value === undefined ? keys.slice(0, -1) : keys).reduce<Schema | undefined>(
    (at, key) => (at && isGroup(at) && Object.hasOwn(at.fields, key) ? at.fields[key] : undefined),
    schema,
  );
  if (!field) return [];
  if (value !== undefined) return isGroup(field) ? [] : matching(textsOf(field), value).map((text) => `${earlier}${path}=${text}`);
  if (!isGroup(field)) return [];
  const above = keys
    .slice(0, -1)
    .map((key) => `${key}.`)
    .join('');
  const members = Object.entries(field.fields).map(([key, below]) => `${above}${key}${goesOn(below, flag)}`);
  return matching(members, path).map((word) => `${earlier}${word}`);
}

const goesOn = (below: Schema, flag: string): string => (isGroup(below) && flag !== 'set-json' ? '.' : '=');

const textsOf = (field: Exclude<Schema, { readonly kind: 'group' }>): readonly string[] =>
  field.choices ?? (field.kind === 'flag' ? ['false', 'true'] : []);
