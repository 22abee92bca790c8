// Secrets in YAML and JSON inside of texts: members by their name, in place, so that the rest still reads line by line.
import { isAlias, isCollection, isMap, isPair, isScalar, parseAllDocuments, visit, type Node } from 'yaml';
import { hidesAllBelow, isSecretMember, isSecretName } from '../../../constructs/common/hide/names';
import { HARMLESS, HIDDEN, maskText, type Hit } from '../../../constructs/common/hide/text';

/** Masks a text that may be a YAML or JSON document, or anything else. */
export function maskAny(text: string, hit: Hit): string {
  const shown = /\n|^\s*[[{]/.test(text) ? maskDocument(text, hit) : undefined;
  return shown === undefined ? maskText(text, hit) : maskText(shown, hit, { parsed: true });
}

interface Range {
  readonly end: number;
  readonly mask: (source: string, hit: Hit) => string;
}

/** The text with the values of secret members replaced; undefined when it is not YAML. */
function maskDocument(text: string, hit: Hit): string | undefined {
  const ranges = new Map<number, Range>();
  for (const document of parseAllDocuments(text, { logLevel: 'silent', strict: false, uniqueKeys: false })) {
    if (!('contents' in document) || document.errors.length) return undefined;
    if (!isCollection(document.contents)) return undefined;
    visit(document, {
      Pair(_key, pair, ancestors) {
        const path = [...ancestors.filter(isPair), pair].map(({ key }) => (isScalar(key) ? String(key.value) : ''));
        const given = isAlias(pair.value) ? pair.value.resolve(document) : pair.value;
        const isHidden = isScalar(given) ? isSecretMember(path) : isCollection(given) && hidesAllBelow(path.at(-1) ?? '');
        if (isHidden && (isScalar(given) || isCollection(given))) note(given, ranges);
        return isHidden ? visit.SKIP : undefined;
      },
      Map(_key, map) {
        // An environment variable, or a header.
        const named = [map.get('name'), map.get('key')].some((name) => typeof name === 'string' && isSecretName(name));
        const given = named ? map.get('value', true) : undefined;
        if (isScalar(given)) note(given, ranges);
      },
      Scalar(_key, { range, type }) {
        // A text in a document has lines of its own.
        if (range && (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') && !ranges.has(range[0]))
          ranges.set(range[0], { end: range[1], mask: maskText });
      },
    });
  }
  let shown = '';
  let at = 0;
  for (const [start, { end, mask }] of [...ranges].toSorted(([a], [b]) => a - b)) {
    if (start < at) continue;
    const source = text.slice(start, end);
    if (HARMLESS.test(source) || !source.trim()) continue;
    shown += text.slice(at, start) + mask(source, hit);
    at = end;
  }
  return shown + text.slice(at);
}

function note(node: Node, ranges: Map<number, Range>): void {
  if (isScalar(node) && (node.value === null || typeof node.value === 'boolean' || node.value === '')) return;
  if (isMap(node) && !node.items.length) return;
  if (node.range) ranges.set(node.range[0], { end: node.range[1], mask: masked });
}

function masked(source: string, hit: Hit): string {
  const inner = /^(["'])([\s\S]*)\1\s*$/.exec(source);
  if (inner) return `${inner[1]}${hit(inner[2] ?? '')}${inner[1]}`;
  hit(source.trim().replace(/^[|>][-+\d]*\s*\n\s*/, ''));
  return HIDDEN + (/\n\s*$/.exec(source)?.[0] ?? '');
}
