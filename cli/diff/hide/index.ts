// Keeps secrets out of what is printed: those of Secrets wherever they turn up, and what is secret by its name or place.
import { isDeepStrictEqual } from 'node:util';
import { setKey } from '../../../helm/yaml/values';
import type { FieldChange } from '../compare';
import { isPlain, type Thing } from '../objects';
import { secretTexts } from '../secrets';
import { maskAny } from './documents';
import { knownSecrets } from './known';
import { hideMarked } from './marks';
import { isSecretKey, isSecretName } from '../../../constructs/common/hide/names';
import { HIDDEN, hidden } from '../../../constructs/common/hide/text';

export { HIDDEN } from '../../../constructs/common/hide/text';
export { markSecrets } from './marks';

export interface Hide {
  /** Safe to show. */
  readonly text: (text: string) => string;
  readonly change: (change: FieldChange) => FieldChange;
}

/**
 * @param objects all that are compared: whatever their Secrets hold is hidden everywhere
 * @param asked patterns of what else is hidden: their matches in texts, and all of a value whose name they match
 */
export function hideSecretsOf(objects: readonly Thing[], asked: readonly RegExp[] = []): Hide {
  const known = knownSecrets(secretTexts(objects));
  const isAsked = (name: string): boolean => asked.some((pattern) => (name.match(pattern) ?? []).some(Boolean));
  const text = (given: string): string =>
    asked.reduce((shown, pattern) => shown.replaceAll(pattern, (match) => match && HIDDEN), maskAny(known(hideMarked(given)), hidden));
  const deep = (value: unknown, names: (name: string) => boolean = isSecretName): unknown => {
    if (typeof value === 'string') return text(value);
    if (typeof value === 'number' || typeof value === 'bigint') return text(String(value)) === String(value) ? value : HIDDEN;
    if (Array.isArray(value)) return value.map((item) => deep(item));
    if (!isPlain(value)) return value;
    const out: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      const scalar = (typeof item === 'string' && item !== '') || typeof item === 'number';
      setKey(
        out,
        key,
        (scalar && (isChecksum(key) || names(key))) || isAsked(key) ? HIDDEN : deep(item, NAMED_MAPS.has(key) ? isSecretKey : isSecretName),
      );
    }
    return out;
  };
  const shown = (change: FieldChange): FieldChange => {
    const names = NAMED_MAPS.has(change.path.at(-1) ?? '') ? isSecretKey : isSecretName;
    const safe = {
      ...change,
      ...('before' in change ? { before: deep(change.before, names) } : {}),
      ...('after' in change ? { after: deep(change.after, names) } : {}),
    };
    // All that differs is hidden: two equal sides would tell nothing.
    return 'before' in safe && 'after' in safe && isDeepStrictEqual(safe.before, safe.after)
      ? { path: change.path, hidden: 'changed' }
      : safe;
  };
  const isNamed = ({ path }: FieldChange): boolean => path.some((part) => isAsked(part.replace(/^\[(.*)\]$/, '$1')));
  return { text, change: (change) => (isHidden(change) || isNamed(change) ? hide(change) : shown(change)) };
}

const isChecksum = (key: string): boolean => /(^|[/_-])(checksum|sha256|hash)([/_-]|$)/i.test(key);
/** Maps whose keys people choose. */
const NAMED_MAPS = new Set(['data', 'annotations', 'labels', 'stringData', 'binaryData']);

/** A checksum of a short secret tells the secret to who tries them all. */
function isHidden({ path, ...change }: FieldChange): boolean {
  const [last = '', parent = '', list = ''] = path.toReversed();
  // Whoever can decode it can read it.
  if (path[0] === 'binaryData') return true;
  if (NAMED_MAPS.has(parent)) return isChecksum(last) || isSecretKey(last);
  if (list === 'env' && last === 'value' && isSecretName(parent.slice(1, -1))) return true;
  return (
    !last.startsWith('[') && [change.before, change.after].some((value) => typeof value === 'string' && value !== '') && isSecretName(last)
  );
}

function hide({ path, ...values }: FieldChange): FieldChange {
  if (values.hidden) return { path, hidden: values.hidden };
  return { path, hidden: !('before' in values) ? 'added' : !('after' in values) ? 'removed' : 'changed' };
}
