// Flags of the commands, read as Helm's are: long and short, repeatable, `--flag=false` for a switch.
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { completeVersion } from '../../constructs/common/release';
import { UsageError } from '../usage';

type Options = NonNullable<ParseArgsConfig['options']>;

export const VALUE_FLAGS = {
  values: { type: 'string', short: 'f', multiple: true },
  set: { type: 'string', multiple: true },
  'set-string': { type: 'string', multiple: true },
  'set-file': { type: 'string', multiple: true },
  'set-json': { type: 'string', multiple: true },
  'set-literal': { type: 'string', multiple: true },
} as const satisfies Options;

export const RELEASE_FLAGS = {
  ...VALUE_FLAGS,
  namespace: { type: 'string', short: 'n' },
  'create-namespace': { type: 'boolean' },
  target: { type: 'string' },
  'kube-version': { type: 'string' },
  'api-versions': { type: 'string', short: 'a', multiple: true },
  crds: { type: 'string' },
  'skip-schema-validation': { type: 'boolean' },
} as const satisfies Options;

/** @throws UsageError for a flag that is not known or lacks its value */
export function parseFlags<O extends Options>(argv: readonly string[], options: O, usage: string) {
  try {
    const parsed = parseArgs({ args: switches(argv, options), options, allowPositionals: true, strict: true });
    const { values } = parsed;
    for (const key of ['values', 'api-versions']) {
      const given = (values as Record<string, unknown>)[key];
      if (Array.isArray(given)) Object.assign(values, { [key]: given.flatMap((item) => String(item).split(',')) });
    }
    return parsed;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!code.startsWith('ERR_PARSE_ARGS')) throw error;
    throw new UsageError(`${(error as Error).message.split('. ')[0]}\n${usage}`, { cause: error });
  }
}

/** `--switch=true` becomes `--switch`, `--switch=false` nothing, as Go's flags have it. */
function switches(argv: readonly string[], options: Options): string[] {
  return argv.flatMap((argument) => {
    const match = /^--([^=]+)=(true|false)$/.exec(argument);
    if (!match || options[match[1] ?? '']?.type !== 'boolean') return [argument];
    return match[2] === 'true' ? [`--${match[1]}`] : [];
  });
}

/** One of the listed words. @throws UsageError naming the flag and the words */
export function oneOf<T extends string>(flag: string, given: string | undefined, known: readonly T[]): T | undefined {
  if (given === undefined) return undefined;
  if ((known as readonly string[]).includes(given)) return given as T;
  throw new UsageError(`--${flag} must be one of ${known.join(', ')}, not "${given}"`);
}

/** A version of Kubernetes. @throws UsageError when it is none */
export function kubeVersion(given: string | undefined): string | undefined {
  const version = given === undefined ? undefined : completeVersion(given);
  if (given !== undefined && version === undefined) throw new UsageError(`--kube-version must be a version such as 1.31.0, not "${given}"`);
  return version;
}
