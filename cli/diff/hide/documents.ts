// Secrets in YAML and JSON inside of texts: members by their name, in place, so that the rest still reads line by line.
import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseAllDocuments,
  visit,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { hidesAllBelow, isSecretMember, isSecretName } from '../../../constructs/common/hide/names';
import { HIDDEN, isHarmless, maskText, type Hit } from '../../../constructs/common/hide/text';
import { mayBeDocument, secretsHeld, withoutHeld } from './held';

/** Masks a text that may be a YAML or JSON document, or anything else. */
export function maskAny(text: string, hit: Hit): string {
  if (!mayBeDocument(text)) return maskText(text, hit);
  const document = maskDocument(text, hit);
  const shown = document ? maskText(document.text, hit, { parsed: true }) : maskText(text, hit);
  return withoutHeld(shown, unmasked(secretsHeld(text), document?.masked ?? []), hit);
}

/** Those of the values that are not as often among the masked ones. */
function unmasked(values: readonly string[], masked: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const value of masked) left.set(value, (left.get(value) ?? 0) + 1);
  return values.filter((value) => {
    const count = left.get(value) ?? 0;
    left.set(value, count - 1);
    return count <= 0;
  });
}

interface Range {
  readonly end: number;
  readonly mask: (source: string, hit: Hit) => string;
}

interface Masked {
  readonly text: string;
  /** What was masked, each value as often as it was found. */
  readonly masked: readonly string[];
}

/** The text with the values of secret members replaced; undefined when it is not YAML. */
function maskDocument(text: string, hit: Hit): Masked | undefined {
  const ranges = new Map<number, Range>();
  const found: string[] = [];
  const note = (node: Scalar | YAMLMap | YAMLSeq): void => {
    if (isScalar(node) && (node.value === null || typeof node.value === 'boolean' || node.value === '')) return;
    if (isMap(node) && !node.items.length) return;
    if (!node.range) return;
    visit(node, { Scalar: (key, { value }) => void (key === 'key' || found.push(String(value))) });
    const [start, end] = node.range;
    // A password that goes on with " #" is cut there.
    const cut = isScalar(node) ? /^[ \t]+#\S[^\r\n]*/.exec(text.slice(end, end + 1000))?.[0] : undefined;
    ranges.set(start, { end: end + (cut?.length ?? 0), mask: masked });
  };
  for (const document of parseAllDocuments(text, { logLevel: 'silent', strict: false, uniqueKeys: false })) {
    if (!('contents' in document) || document.errors.length) return undefined;
    if (!isCollection(document.contents)) return undefined;
    visit(document, {
      Pair(_key, pair, ancestors) {
        const path = [...ancestors.filter(isPair), pair].map(({ key }) => (isScalar(key) ? String(key.value) : ''));
        const given = isAlias(pair.value) ? pair.value.resolve(document) : pair.value;
        const isHidden = isScalar(given) ? isSecretMember(path) : isCollection(given) && hidesAllBelow(path.at(-1) ?? '');
        if (isHidden && isNoted(given)) note(given);
        return isHidden ? visit.SKIP : undefined;
      },
      Map(_key, map) {
        // An environment variable, or a header.
        const named = [map.get('name'), map.get('key')].some((name) => typeof name === 'string' && isSecretName(name));
        const given = named ? map.get('value', true) : undefined;
        if (isNoted(given)) note(given);
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
    if (isHarmless(source.trim()) || !source.trim()) continue;
    shown += text.slice(at, start) + mask(source, hit);
    at = end;
  }
  return { text: shown + text.slice(at), masked: found };
}

const isNoted = (node: unknown): node is Scalar | YAMLMap | YAMLSeq => isScalar(node) || isMap(node) || isSeq(node);

function masked(source: string, hit: Hit): string {
  const inner = /^(["'])([\s\S]*)\1\s*$/.exec(source);
  if (inner) return `${inner[1]}${hit(inner[2] ?? '')}${inner[1]}`;
  hit(source.trim().replace(/^[|>][-+\d]*\s*\n\s*/, ''));
  return HIDDEN + (/\n\s*$/.exec(source)?.[0] ?? '');
}
