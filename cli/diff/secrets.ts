// Secrets: which keys differ, and nothing of what they hold.
import { yamlScalar } from '../../helm/print';
import type { FieldChange } from './compare';
import { maskAny } from './hide/documents';
import { HIDDEN } from '../../constructs/common/hide/text';
import { at, isLive, isPlain, type Thing } from './objects';

/** The bytes of each key, whichever way it is written; `stringData` wins, as on a server. */
export function secretBytes(secret: Thing): Map<string, Buffer> {
  const bytes = new Map<string, Buffer>();
  const { data, stringData } = secret;
  if (isPlain(data)) for (const [key, value] of Object.entries(data)) bytes.set(key, Buffer.from(yamlScalar(value ?? ''), 'base64'));
  if (isPlain(stringData))
    for (const [key, value] of Object.entries(stringData)) bytes.set(key, Buffer.from(yamlScalar(value ?? ''), 'utf8'));
  return bytes;
}

/** The Secret without its content, for the comparison of the rest. */
export const withoutContent = ({ data: _data, stringData: _stringData, ...rest }: Thing): Thing => rest as Thing;

/** Per key. What somebody else has filled into a Secret that is printed empty is theirs. */
export function compareSecrets(before: Thing, after: Thing): FieldChange[] {
  const [old, now] = [secretBytes(before), secretBytes(after)];
  if (isLive(before) && !now.size) return [];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key): FieldChange[] => {
    const [was, is] = [old.get(key), now.get(key)];
    const path = ['data', key];
    if (was === undefined) return [{ path, hidden: 'added' }];
    if (is === undefined) return [{ path, hidden: 'removed' }];
    return was.equals(is) ? [] : [{ path, hidden: 'changed' }];
  });
}

/** Texts of all Secrets that are given away wherever they stand: as they are, and encoded. */
export function secretTexts(objects: readonly Thing[]): string[] {
  const texts = new Set<string>();
  const add = (text: string): void => {
    const trimmed = text.trim();
    if (trimmed.length < 4) return;
    texts.add(trimmed);
    texts.add(Buffer.from(trimmed).toString('base64'));
  };
  for (const object of objects) {
    if (object.kind !== 'Secret') continue;
    for (const bytes of secretBytes(object).values()) {
      const text = bytes.toString('utf8');
      if (text.includes('\uFFFD')) continue;
      add(text);
      texts.add(bytes.toString('base64'));
      collect(text, add);
    }
    const type = at(object, 'type');
    if (type === 'kubernetes.io/dockerconfigjson')
      for (const bytes of secretBytes(object).values())
        for (const [, found = ''] of bytes.toString('utf8').matchAll(/"auth"\s*:\s*"([^"]+)"/g))
          add(
            Buffer.from(found, 'base64')
              .toString('utf8')
              .replace(/^[^:]*:/, ''),
          );
  }
  texts.delete('');
  return [...texts].toSorted((a, b) => b.length - a.length);
}

/** What is secret by name inside of a Secret's file is a secret of its own. */
function collect(text: string, add: (found: string) => void): void {
  maskAny(text, (found) => {
    add(found);
    return HIDDEN;
  });
}
