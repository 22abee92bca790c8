// Secrets from files `secrets/NAME.secret` next to a values file, for values that are not given otherwise.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Issue } from '../../helm/check';
import { isTrue } from '../../helm/print';
import { setKey } from '../../helm/yaml/values';
import { readBytes } from './files';
import { secretValues } from '../../constructs/common/hide/values';
import { InputError } from '../usage';
import { textOf } from './text';
import type { UserValues } from './values';

/**
 * The values with those that files give in place of empty ones. Of several values files, the last one that has the file beside it counts.
 * A byte order mark and the newline at the end of a file, which editors add, are left out and told.
 * @param valuesFiles as given; secrets are looked for in the folder `secrets` next to each
 * @param names file names by value; none for a chart that reads no such files
 * @throws InputError naming each file that cannot be read, is not UTF-8 or holds a NUL
 */
export function withSecretFiles(
  user: UserValues,
  valuesFiles: readonly string[] = [],
  names: Readonly<Record<string, string>> = {},
): UserValues {
  const folders = [
    ...new Set(
      valuesFiles
        .filter((file) => file !== '-')
        .map((file) => join(dirname(file), 'secrets'))
        .toReversed(),
    ),
  ];
  const values = { ...user.values };
  const warnings = [...user.warnings];
  const sources = new Map<string, string>();
  const wrong: string[] = [];
  for (const [value, name] of Object.entries(names)) {
    const file = isTrue(values[value]) ? undefined : folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (file === undefined) continue;
    try {
      const { secret, notes } = read(file);
      warnings.push(...notes.map((note) => `${file}: ${note}`));
      sources.set(value, file);
      setKey(values, value, secret);
    } catch (error) {
      wrong.push(`${file}: ${(error as Error).message}`);
    }
  }
  if (wrong.length) throw new InputError(wrong);
  return {
    ...user,
    values,
    warnings,
    place: (issue) =>
      placeOf(
        { ...issue, message: secretValues(Object.keys(names), values).hide(issue.message, issue.path) },
        { user, values, sources, folders, names },
      ),
  };
}

interface Found {
  readonly user: UserValues;
  readonly values: Readonly<Record<string, unknown>>;
  /** Files by the value that they gave. */
  readonly sources: ReadonlyMap<string, string>;
  readonly folders: readonly string[];
  readonly names: Readonly<Record<string, string>>;
}

/** The file that gave the value, or where one was looked for. */
function placeOf(issue: Issue, { user, values, sources, folders, names }: Found): string {
  const value = String(issue.path[0]);
  const file = sources.get(value);
  if (file !== undefined) return `${file}: ${value}: ${values[value] === '' ? 'this file is empty, and the value ' : ''}${issue.message}`;
  if (issue.path.length !== 1 || !Object.hasOwn(names, value) || isTrue(values[value])) return user.place(issue);
  const searched = folders.length
    ? `no such file is in ${folders.join(' or ')}`
    : 'no file was looked for, since no values file is given (-f)';
  return user.place({ ...issue, message: `${issue.message}; ${searched}` });
}

/** @throws Error whose message is the reason alone */
function read(file: string): { readonly secret: string; readonly notes: readonly string[] } {
  const content = textOf(readBytes(file));
  const marked = content.startsWith('\uFEFF');
  const text = marked ? content.slice(1) : content;
  const secret = text.replace(/[\r\n]+$/, '');
  const end = text.slice(secret.length);
  return {
    secret,
    notes: [
      ...(marked ? ['the byte order mark at its begin is left out'] : []),
      ...(end.includes('\n') ? ['the newline at the end is left out'] : end === '' ? [] : ['the carriage return at the end is left out']),
      ...(secret === secret.trim() ? [] : ['begins or ends with white space, which becomes part of the secret']),
    ],
  };
}
