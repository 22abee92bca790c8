// Defaults that a values.yaml holds only as comments: each block of comments is tried as the YAML it would be without its marks.
import YAML from 'yaml';
import { isMap } from './paths';
import type { Path } from './types';

const OPTIONS: YAML.ParseOptions & YAML.DocumentOptions & YAML.SchemaOptions = { version: '1.1', logLevel: 'silent', merge: true };
const isComment = (line: string): boolean => /^\s*#/.test(line);
const KEY = /^[A-Za-z_][\w./-]*$/;

function parse(lines: readonly string[]): unknown {
  const doc = YAML.parseDocument(lines.join('\n'), OPTIONS);
  if (doc.errors.length) return undefined;
  try {
    return doc.toJS();
  } catch {
    return undefined;
  } // an example with an alias to nothing
}

/** Ways in which people comment YAML out: the mark before the indent, in its place, or with blanks after it. */
const UNCOMMENT: readonly ((line: string) => string)[] = [
  (line) => line.replace(/^(\s*)#\s?/, '$1'),
  (line) => line.replace(/^(\s*)#/, '$1'),
  (line) => line.replace(/^(\s*)#\s*/, '$1'),
];

const STARTS = /^\s*#+\s*([\w./-]+:(\s|$)|-\s)/;
const GOES_ON = /^\s*#+\s*([\w./"-]+:(\s|$)|-\s|\S+$)/;

/** A value that comments show. */
interface Shown {
  readonly path: Path;
  readonly value: unknown;
}

/** Where b has keys that a has not: their paths and values. */
function added(a: unknown, b: unknown, path: Path = [], out: Shown[] = []): Shown[] {
  if (!isMap(b)) return out;
  for (const [key, value] of Object.entries(b)) {
    if (!KEY.test(key)) continue;
    if (!isMap(a) || !Object.hasOwn(a, key)) out.push({ path: [...path, key], value });
    else if (isMap(value)) added(a[key], value, [...path, key], out);
    else if (Array.isArray(value) && Array.isArray(a[key]) && a[key].length === 0 && value.length)
      out.push({ path: [...path, key], value });
  }
  return out;
}

/**
 * @param text a values.yaml
 * @returns what its comments would add, the first reading of each path; prose with a colon in it comes along
 */
export function commentedDefaults(text: string): Shown[] {
  const lines = text.split('\n');
  const base = parse(lines) ?? {};
  const found = new Map<string, Shown>();
  for (let start = 0; start < lines.length; start++) {
    if (!STARTS.test(lines[start] ?? '')) continue;
    let stop = start + 1;
    while (stop < lines.length && GOES_ON.test(lines[stop] ?? '')) stop++;
    for (; stop > start; stop--) {
      const read = readUncommented(lines, start, stop);
      if (read === undefined) continue;
      for (const { path, value } of added(base, read)) if (!found.has(path.join('\0'))) found.set(path.join('\0'), { path, value });
      start = stop - 1;
      break;
    }
  }
  return [...found.values()];
}

function readUncommented(lines: readonly string[], start: number, stop: number): unknown {
  const before = lines.slice(0, start);
  // An inline empty value (`resources: {}`) gives way to the block that is shown below it.
  const owner = lastCode(lines, start);
  if (owner >= 0) before[owner] = (before[owner] ?? '').replace(/:\s*(\{\}|\[\])\s*$/, ':');
  for (const uncomment of UNCOMMENT) {
    const read = parse([...before, ...lines.slice(start, stop).map(uncomment)]);
    if (read !== undefined) return read;
  }
  return undefined;
}

function lastCode(lines: readonly string[], before: number): number {
  return lines.slice(0, before).findLastIndex((line) => line.trim() !== '' && !isComment(line));
}
