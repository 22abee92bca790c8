// Where a value stands in a values file, for error messages. Loaded only when there is an error to report.
import { isAlias, isMap, isScalar, isSeq, Scalar, type Document, type Node, type YAMLMap } from 'yaml';
import { offsetOf, parseText } from './document';
import { keyText } from './keys';
import { resolveScalar } from './resolve';

/** Lines and columns count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Position of the key (or the list's item) at a path; undefined when the text has no such path or cannot be read. Of a key given
 * twice, and of several documents, the one that counts is taken: the last. Aliases and merges are followed.
 */
export function locate(text: string, path: readonly (string | number)[]): Position | undefined {
  try {
    const { documents, position } = parseText(text, '');
    for (const document of documents.toReversed()) {
      const offset = path.length ? find(document, document.contents, path, 0) : offsetOf(document.contents);
      if (offset !== undefined) return position(offset);
    }
  } catch {
    // A text that cannot be read has an error of its own.
  }
  return undefined;
}

function find(document: Document.Parsed, node: unknown, path: readonly (string | number)[], depth: number): number | undefined {
  const target = isAlias(node) ? node.resolve(document) : node;
  const step = path[0];
  if (step === undefined || depth > 1000) return undefined;
  if (isSeq(target)) {
    const item = target.items[Number(step)] as Node | null | undefined;
    if (!item) return undefined;
    return path.length === 1 ? offsetOf(item) : find(document, item, path.slice(1), depth + 1);
  }
  if (!isMap(target)) return undefined;
  for (const pair of target.items.toReversed()) {
    const { key, value } = pair as YAMLMap<Node, Node | null>['items'][number];
    if (nameOf(document, key) === String(step)) {
      if (path.length === 1) return offsetOf(key);
      const found = find(document, value, path.slice(1), depth + 1);
      if (found !== undefined) return found;
    } else if (isScalar(key) && key.source === '<<') {
      const merged = isSeq(value) ? value.items : [value];
      for (const each of merged) {
        const found = find(document, each, path, depth + 1);
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}

function nameOf(document: Document.Parsed, node: Node): string | undefined {
  const key = isAlias(node) ? node.resolve(document) : node;
  if (!isScalar(key)) return undefined;
  try {
    return keyText(resolveScalar(key.source ?? '', key.type === undefined || key.type === Scalar.PLAIN, key.tag));
  } catch {
    return undefined;
  }
}
