// Errors about values: they name the file, the place and keys that are known, and show numbers, but no text that somebody wrote.
import { showPath, type Issue } from '../../../helm/check';
import { isSecretPath } from './names';
import { HIDDEN } from './text';

type Path = Issue['path'];

/** A shorter value is a word of any sentence. */
const SHORTEST = 6;
/** Numbers and flags give nothing away, unless they stand for a secret. */
const PLAIN = /^(?:[-+]?\d[\d.]{0,10}|true|false|yes|no|on|off|null)$/i;
/** What looks like a key; `jwtKey:x`, a colon without a space after it, is one to YAML, too. */
const KEY = /^[A-Za-z_][\w./-]{0,62}$/;

export interface SecretValues {
  /** Whether the value at a path is nobody's business. */
  readonly has: (path: Path) => boolean;
  /** A sentence about the value at a path, without texts of the values. */
  readonly hide: (message: string, path: Path) => string;
  /** The issue without what it shows of values: keys of its path, and its message. */
  readonly shown: (issue: Issue) => Issue;
  /** The same with the path as people write it. */
  readonly told: (issue: Issue) => { readonly path: string; readonly message: string };
}

/** @param names values at the top that are secret whatever they are called */
export function secretValues(names: readonly string[], values: unknown): SecretValues {
  const has = (path: Path): boolean => isSecretPath(path) || names.includes(String(path[0]));
  const everywhere = leavesOf(values)
    .filter(({ path, value }) => has(path) && typeof value === 'string' && value.length >= SHORTEST)
    .map(({ value }) => String(value))
    .toSorted((a, b) => b.length - a.length);
  const hide = (message: string, path: Path): string => {
    const own = leavesOf(at(values, path))
      .map(({ value }) => value)
      .filter((value) => has(path) || (typeof value === 'string' && !PLAIN.test(value)));
    const shown = own.reduce<string>((text, value) => withoutValue(text, value), message);
    return everywhere.reduce<string>((text, secret) => withoutSecret(text, secret), withoutParts(shown, own));
  };
  const shown = (issue: Issue): Issue => {
    const { path, message } = issue;
    const strange = strangeKey(path, message, at(values, path));
    const sentence = strange === undefined ? message : message.replace(`"${strange}"`, () => HIDDEN);
    return {
      ...issue,
      path: path.map((part, index) => (isKey(part) && !(strange !== undefined && index === path.length - 1) ? part : HIDDEN)),
      message: hide(sentence, path),
    };
  };
  return {
    has,
    hide,
    shown,
    told(issue) {
      const { path, message } = shown(issue);
      return { path: showPath(path) || 'values', message };
    },
  };
}

const isKey = (part: string | number): boolean => typeof part === 'number' || KEY.test(part);

/** A key that is not known may be a value in a wrong place: it is shown when it is near one that is known, or has a value of its own. */
function strangeKey(path: Path, message: string, value: unknown): string | undefined {
  const key = path.at(-1);
  if (typeof key !== 'string' || !message.startsWith('unknown key ')) return undefined;
  const isMeant = message.includes('did you mean') || (value !== null && !String(value).startsWith('='));
  return isKey(key) && isMeant ? undefined : key;
}

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
  // Of many values, most stand in no form in the message.
  if (!message.includes(quoted.slice(0, 40).replace(/"$/, '')) && !message.includes(String(value))) return message;
  // The "a" of `not a list` is none.
  const bare = new RegExp(`\\b(not|number|text|flag) ${escaped(String(value))}(?!\\w| (?:list|map)\\b)`, 'g');
  return [quoted, `"${String(value)}"`, `${quoted.slice(0, 40)}…`]
    .reduce((text, form) => text.replaceAll(form, HIDDEN), message)
    .replaceAll(bare, `$1 ${HIDDEN}`);
}

/** A secret wherever it stands; one of letters alone may be a part of the name of a key, such as `postgresPort`. */
function withoutSecret(message: string, secret: string): string {
  if (/^[a-z]+$/i.test(secret)) return message.replaceAll(new RegExp(`(?<!\\w)${secret}(?!\\w)`, 'g'), HIDDEN);
  return message.replaceAll(JSON.stringify(secret).slice(1, -1), HIDDEN).replaceAll(secret, HIDDEN);
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** A template's mistake quotes parts of it; the names of functions and of named templates are told. */
function withoutParts(message: string, own: readonly unknown[]): string {
  const named = /((?:function|template|helper) )?"((?:[^"\\]|\\.)*)"/g;
  return message.replaceAll(named, (whole: string, kind: string | undefined, inner: string) => {
    const isPart =
      /[A-Za-z0-9]/.test(inner) && !PLAIN.test(inner) && own.some((value) => typeof value === 'string' && value.includes(inner));
    return kind === undefined && isPart ? HIDDEN : whole;
  });
}
