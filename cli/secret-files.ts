// Secrets from files `secrets/NAME.secret` next to a values file, for values that are not given otherwise.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isTrue } from '../helm/print';
import { setKey } from '../helm/yaml/values';
import { InputError } from './usage';
import type { UserValues } from './values';

/**
 * The values with those that files give in place of empty ones. Of several values files, the last one that has the file beside it counts.
 * A newline at the end of a file, which editors add, is left out and told.
 * @param valuesFiles as given; secrets are looked for in the folder `secrets` next to each
 * @param names file names by value; none for a chart that reads no such files
 * @throws InputError naming a file that cannot be read or is not UTF-8
 */
export function withSecretFiles(user: UserValues, valuesFiles: readonly string[] = [], names: Readonly<Record<string, string>> = {}): UserValues {
  const folders = valuesFiles.filter((file) => file !== '-').map((file) => join(dirname(file), 'secrets')).toReversed();
  const values = { ...user.values };
  const warnings = [...user.warnings];
  for (const [value, name] of Object.entries(names)) {
    const file = isTrue(values[value]) ? undefined : folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (file === undefined) continue;
    const content = read(file);
    const secret = content.replace(/(\r?\n)+$/, '');
    if (secret !== content) warnings.push(`${file}: the newline at the end is left out`);
    setKey(values, value, secret);
  }
  return { ...user, values, warnings };
}

function read(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    throw new InputError([`${file}: ${error instanceof TypeError ? 'is not UTF-8 text' : (error as Error).message}`], { cause: error });
  }
}
