// Errors about values that are secret: they name the flag, the file and the key, and never the value.
import { showPath, type Issue } from '../../helm/check';
import type { SetError } from '../../helm/set';
import { isSecretPath } from './names';
import { HIDDEN } from './text';

type Path = Issue['path'];

/** A shorter value is a word of any sentence. */
const SHORTEST = 6;

export interface SecretValues {
  /** Whether the value at a path is nobody's business. */
  readonly has: (path: Path) => boolean;
  /** A sentence about the value at a path, without secrets. */
  readonly hide: (message: string, path: Path) => string;
  /** A `--set` expression, or its key alone when it holds a secret. */
  readonly expression: (expression: string, path: Path) => string;
  /** What is wrong with a `--set` expression. */
  readonly setError: (error: SetError) => string;
}

/** @param names values at the top that are secret whatever they are called */
export function secretValues(names: readonly string[], values: unknown): SecretValues {
  const has = (path: Path): boolean => isSecretPath(path) || names.includes(String(path[0]));
  const everywhere = leavesOf(values)
    .filter(({ path, value }) => has(path) && typeof value === 'string' && value.length >= SHORTEST)
    .map(({ value }) => String(value))
    .toSorted((a, b) => b.length - a.length);
  const secretKey = (expression: string): string | undefined => keysOf(expression).find((key) => has(key.split('.')));
  return {
    has,
    hide(message, path) {
      const own = has(path) ? leavesOf(at(values, path)).map(({ value }) => value) : [];
      const shown = own.reduce<string>((text, value) => withoutValue(text, value), message);
      return everywhere.reduce(
        (text, secret) => text.replaceAll(JSON.stringify(secret).slice(1, -1), HIDDEN).replaceAll(secret, HIDDEN),
        shown,
      );
    },
    expression: (expression, path) => (secretKey(expression) === undefined ? expression : showPath(path)),
    setError({ flag, expression, message }) {
      const key = flag === '--set-file' ? undefined : secretKey(expression);
      if (key === undefined) return message;
      const reason =
        flag === '--set-json'
          ? 'the value is not JSON: text needs double quotes'
          : 'it cannot be read: write "\\," for a comma that belongs to a value, or put the value into a file and use --set-file';
      return `${flag} ${key}: ${reason} (the value is not shown: it may be secret)`;
    },
  };
}

/** Names that stand before a value: `a.b=…`, `{"a": …}`. */
const keysOf = (expression: string): string[] =>
  [...expression.matchAll(/(?:^|[,{])\s*"?([^=,"{}]+?)"?\s*[=:]/g)].map(([, key = '']) => key);

function at(values: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (found, key) =>
      typeof found === 'object' && found !== null && Object.hasOwn(found, key)
        ? (found as Record<string | number, unknown>)[key]
        : undefined,
    values,
  );
}

function leavesOf(value: unknown, path: Path = []): { readonly path: Path; readonly value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, Array.isArray(value) ? Number(key) : key]));
}

/** As messages write values: in quotes, cut after forty signs, or bare after a word. */
function withoutValue(message: string, value: unknown): string {
  if (value === undefined || value === null || value === '') return message;
  const quoted = JSON.stringify(String(value));
  const bare = new RegExp(`\\b(not|number|text|flag) ${String(value).replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?!\\w)`, 'g');
  return [quoted, `"${String(value)}"`, `${quoted.slice(0, 40)}…`]
    .reduce((text, form) => text.replaceAll(form, HIDDEN), message)
    .replaceAll(bare, `$1 ${HIDDEN}`);
}
