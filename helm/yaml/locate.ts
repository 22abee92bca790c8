// Where a value stands in a values file, for error messages. Loaded only when there is an error to report.
import { documentsOf, type Position } from './document';
import { keyText } from './keys';
import { isMergeKey, type YamlNode } from './nodes';
import { resolveScalar } from './resolve';

export type { Position } from './document';

/** What was asked about last: a file with one mistake has more. */
let last: { readonly text: string; readonly documents: readonly YamlNode[]; readonly position: (offset: number) => Position } | undefined;

/**
 * Position of the key (or the list's item) at a path; undefined when the text has no such path or cannot be read. Of a key given
 * twice, and of several documents, the one that counts is taken: the last. Aliases and merges are followed.
 */
export function locate(text: string, path: readonly (string | number)[]): Position | undefined {
  if (last?.text !== text) last = { text, ...parse(text) };
  for (const document of last.documents.toReversed()) {
    const offset = path.length ? find(document, path, 0) : document.offset;
    if (offset !== undefined) return last.position(offset);
  }
  return undefined;
}

/** Up to the first mistake: a text that cannot be read has an error of its own. */
function parse(text: string): { documents: YamlNode[]; position: (offset: number) => Position } {
  const documents: YamlNode[] = [];
  let position = (_offset: number): Position => ({ line: 1, column: 1 });
  try {
    const all = documentsOf(text, '');
    ({ position } = all);
    for (const document of all) documents.push(document);
  } catch {
    // What was found before it stays.
  }
  return { documents, position };
}

function find(node: YamlNode, path: readonly (string | number)[], depth: number): number | undefined {
  const target = node.kind === 'alias' ? node.target : node;
  const step = path[0];
  if (step === undefined || depth > 1000) return undefined;
  if (target.kind === 'list') {
    const item = target.items[Number(step)];
    if (!item) return undefined;
    return path.length === 1 ? item.offset : find(item, path.slice(1), depth + 1);
  }
  if (target.kind !== 'map') return undefined;
  for (const [key, value] of target.pairs.toReversed()) {
    if (isMergeKey(key)) {
      for (const merged of value.kind === 'list' ? value.items : [value]) {
        const found = find(merged, path, depth + 1);
        if (found !== undefined) return found;
      }
    } else if (nameOf(key) === String(step)) {
      if (path.length === 1) return key.offset;
      const found = find(value, path.slice(1), depth + 1);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function nameOf(node: YamlNode): string | undefined {
  const key = node.kind === 'alias' ? node.target : node;
  if (key.kind !== 'scalar') return undefined;
  try {
    return keyText(resolveScalar(key.text, key.isPlain, key.tag));
  } catch {
    return undefined;
  }
}
