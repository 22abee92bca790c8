// Secrets that a document holds as Helm and Kubernetes read it, however it writes them: behind aliases and merges, in texts of its own.
import { readYamlStream, YamlError } from '../../../helm/yaml/read';
import { hidesAllBelow, isSecretMember, isSecretName } from '../../../constructs/common/hide/names';
import { isHarmless, type Hit } from '../../../constructs/common/hide/text';
import { isPlain } from '../objects';
import { quotedNotationsOf } from './notations';

/** A shorter one is a word of any text: it is hidden only where it stands as a member. */
const SHORTEST = 6;
/** Texts that are documents, in texts that are documents. */
const DEEPEST = 8;

/** Whether a text may be a document of maps and lists. */
export const mayBeDocument = (text: string): boolean => /[\n\r\x85\u2028\u2029]|^\s*[[{]/.test(text);

/** The values of secret members, as often as they are there; none where a text is not read as YAML. */
export function secretsHeld(text: string, depth = 0): string[] {
  if (depth > DEEPEST || !mayBeDocument(text)) return [];
  const found: string[] = [];
  /** An alias is the same list or map again. */
  const seen = { secret: new Set<unknown>(), other: new Set<unknown>() };
  const visit = (value: unknown, path: readonly string[], isSecret: boolean): void => {
    if (typeof value === 'string' && !isSecret) found.push(...secretsHeld(value, depth + 1));
    else if (typeof value === 'string' || typeof value === 'number') {
      if (isSecret) found.push(String(value));
    } else if (typeof value === 'object' && value !== null) {
      const visited = seen[isSecret ? 'secret' : 'other'];
      if (visited.has(value)) return;
      visited.add(value);
      if (Array.isArray(value)) for (const item of value) visit(item, path, isSecret);
      else if (isPlain(value)) members(value, path, isSecret);
    }
  };
  const members = (map: Readonly<Record<string, unknown>>, path: readonly string[], isSecret: boolean): void => {
    const isNamed = [map['name'], map['key']].some((name) => typeof name === 'string' && isSecretName(name));
    for (const [key, item] of Object.entries(map)) {
      const here = [...path, key];
      const isOwn = typeof item === 'object' ? hidesAllBelow(key) : isSecretMember(here);
      visit(item, here, isSecret || isOwn || (isNamed && key === 'value'));
    }
  };
  try {
    for (const document of readYamlStream(text, '')) visit(document, [], false);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return [];
  }
  return found;
}

/** The text without values that stand in it still, as they are or in quotes; of several lines, each of them. */
export function withoutHeld(text: string, values: readonly string[], hit: Hit): string {
  const byStart = new Map<string, string[]>();
  for (const line of new Set(values.flatMap((value) => value.split('\n').map((each) => each.trim()))))
    if (line.length >= SHORTEST && !isHarmless(line))
      for (const written of quotedNotationsOf(line)) {
        const start = written.slice(0, SHORTEST);
        byStart.set(start, [...(byStart.get(start) ?? []), written]);
      }
  if (!byStart.size) return text;
  let shown = '';
  let done = 0;
  for (let at = 0; at + SHORTEST <= text.length; at++) {
    const found = byStart
      .get(text.slice(at, at + SHORTEST))
      ?.filter((written) => text.startsWith(written, at))
      .toSorted((a, b) => b.length - a.length)[0];
    if (found === undefined) continue;
    shown += text.slice(done, at) + hit(found);
    done = at + found.length;
    at = done - 1;
  }
  return shown + text.slice(done);
}
