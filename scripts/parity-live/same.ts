// Whether a YAML document is an object of ours to the letter: then it needs no comparison by meaning, which takes several times as long.
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';

/** @returns false where it may still mean the same, such as with anchors, or a number that is written in another way */
export function isSame(text: string, object: unknown): boolean {
  const { contents, errors } = parseDocument(text, { version: '1.1', logLevel: 'silent', uniqueKeys: false });
  return !errors.length && isSameNode(contents, object);
}

function isSameNode(node: unknown, value: unknown): boolean {
  if (isMap(node)) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const entries = new Map(Object.entries(value).filter(([, one]) => one !== undefined));
    return (
      node.items.length === entries.size &&
      node.items.every(({ key, value: own }) => {
        const name = isScalar(key) ? key.value : undefined;
        return typeof name === 'string' && entries.has(name) && isSameNode(own, entries.get(name));
      })
    );
  }
  if (isSeq(node))
    return Array.isArray(value) && node.items.length === value.length && node.items.every((own, at) => isSameNode(own, value[at]));
  if (!isScalar(node)) return false;
  // A scalar that is no text is one where texts belong: how it is written counts.
  return typeof value === 'string' ? node.value === value : node.type === 'PLAIN' && node.source === JSON.stringify(value);
}
