// Keeps secrets out of what is printed: those of Secrets wherever they turn up, and what is secret by its name.
import { setKey } from '../../helm/yaml/values';
import type { FieldChange } from './compare';
import { isPlain, type Thing } from './objects';
import { secretTexts } from './secrets';

export const HIDDEN = '(hidden)';

/** Names of variables and keys whose values are nobody's business; those that end in Name, Ref or Path only point to them. */
const SECRET_NAME = /(pass(word|wd|phrase)?|secret|token|credential|private[-_]?key|api[-_]?key|encryption[-_]?key|auth[-_]?key|access[-_]?key|jwt[-_]?key|decryption[-_]?key|connection[-_]?string|dsn)s?$/i;
const SECRET_MEMBER = /((?:pass(?:word|wd|phrase)?|secret|token|credential|private[-_]?key|api[-_]?key|access[-_]?key|jwt[-_]?key|decryption[-_]?key)s?["']?\s*[:=]\s*)(["']?)(?![/$&*|>{[]|(?:true|false|null)\b)([^\s"',]+)\2/gi;
const PRIVATE_KEY = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?-----END \1-----/g;
/** `scheme://user:password@host` */
const LOGIN_IN_URL = /(\w:\/\/[^\s/:@]*:)([^\s/@]+)(@)/g;

export interface Hide {
  /** Safe to show. */
  readonly text: (text: string) => string;
  readonly change: (change: FieldChange) => FieldChange;
}

/** @param objects all that are compared: whatever their Secrets hold is hidden everywhere */
export function hideSecretsOf(objects: readonly Thing[]): Hide {
  const secrets = secretTexts(objects);
  const text = (given: string): string => {
    let shown = given.replace(PRIVATE_KEY, HIDDEN).replace(SECRET_MEMBER, `$1$2${HIDDEN}$2`).replace(LOGIN_IN_URL, `$1${HIDDEN}$3`);
    for (const secret of secrets) {
      // A short one is a word of any text: only the whole of it gives it away.
      if (secret.length >= 6) shown = shown.replaceAll(secret, HIDDEN);
      else if (shown === secret) shown = HIDDEN;
    }
    return shown;
  };
  const deep = (value: unknown, names = false): unknown => {
    if (typeof value === 'string') return text(value);
    if (typeof value === 'number') return text(String(value)) === String(value) ? value : HIDDEN;
    if (Array.isArray(value)) return value.map((item) => deep(item));
    if (!isPlain(value)) return value;
    const out: Record<string, unknown> = {};
    const isSecret = typeof value['name'] === 'string' && SECRET_NAME.test(value['name']);
    for (const [key, item] of Object.entries(value)) {
      const scalar = typeof item === 'string' || typeof item === 'number';
      const hidden = scalar && ((isSecret && key === 'value') || isChecksum(key) || (names && SECRET_NAME.test(key)));
      setKey(out, key, hidden ? HIDDEN : deep(item, NAMED_MAPS.has(key)));
    }
    return out;
  };
  return { text, change: (change) => (isHidden(change.path) ? hide(change) : { ...change, ...('before' in change ? { before: deep(change.before, inNamedMap(change.path)) } : {}), ...('after' in change ? { after: deep(change.after, inNamedMap(change.path)) } : {}) }) };
}

const isChecksum = (key: string): boolean => /(^|[/_-])(checksum|sha256|hash)([/_-]|$)/i.test(key);
/** Maps whose keys people choose. */
const NAMED_MAPS = new Set(['data', 'annotations', 'labels', 'stringData', 'binaryData']);
const inNamedMap = (path: readonly string[]): boolean => NAMED_MAPS.has(path.at(-1) ?? '');

/** A checksum of a short secret tells the secret to who tries them all. */
function isHidden(path: readonly string[]): boolean {
  const [last = '', parent = '', list = ''] = path.toReversed();
  if (NAMED_MAPS.has(parent) && (isChecksum(last) || SECRET_NAME.test(last))) return true;
  return list === 'env' && last === 'value' && SECRET_NAME.test(parent.slice(1, -1));
}

function hide({ path, ...values }: FieldChange): FieldChange {
  if (values.hidden) return { path, hidden: values.hidden };
  return { path, hidden: !('before' in values) ? 'added' : !('after' in values) ? 'removed' : 'changed' };
}
