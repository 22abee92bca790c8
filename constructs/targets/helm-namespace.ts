// The namespace as a variable: a release rendered in two namespaces shows where its name stands.
import { setKey } from '../../helm/yaml/values';

/** Stands for the namespace, as a part of a text. */
export const NAMESPACE = 'nsq7x4kzj2';
/** Stands for a text that is the namespace alone: YAML writers put it in quotes, since a namespace may be called 123. */
export const NAMESPACE_ALONE = '71092554839164';

export interface Varied {
  /** The data of the real namespace, with NAMESPACE and NAMESPACE_ALONE where its name comes from the release. */
  readonly value: unknown;
  /** Where the data follows the namespace in a way that no template can: encoded, counted, decided by it. */
  readonly fixed: readonly string[];
}

/**
 * @param actual data as rendered for the namespace
 * @param moved the same, rendered for a namespace called NAMESPACE
 */
export function variable(actual: unknown, moved: unknown, namespace: string): Varied {
  const fixed: string[] = [];
  const text = (own: string, other: string, path: string): string => {
    if (own === other) return own;
    if (other.replaceAll(NAMESPACE, namespace) === own) return other === NAMESPACE ? NAMESPACE_ALONE : other;
    // A checksum only has to differ where the content does, which is the chart's.
    if (!/\.checksum\//.test(path)) fixed.push(path);
    return own;
  };
  const walk = (own: unknown, other: unknown, path: string): unknown => {
    if (typeof own === 'string' && typeof other === 'string') return text(own, other, path);
    if (Array.isArray(own) && Array.isArray(other) && own.length === other.length)
      return own.map((item, index) => walk(item, other[index], `${path}[${index}]`));
    if (isMap(own) && isMap(other)) {
      const others = Object.entries(other);
      if (others.length === Object.keys(own).length) {
        const out: Record<string, unknown> = {};
        Object.entries(own).forEach(([key, item], index) => {
          const [otherKey = '', otherItem] = others[index] ?? [];
          setKey(out, text(key, otherKey, `${path}.${key}`), walk(item, otherItem, `${path}.${key}`));
        });
        return out;
      }
    }
    if (own !== other) fixed.push(path);
    return own;
  };
  return { value: walk(actual, moved, ''), fixed };
}

/** Where data has a name, as a word in a text or a key. @param isPrefix whether a word that goes on with a dash is one, too */
export function mentions(data: unknown, name: string, isPrefix = false, path = ''): string[] {
  if (typeof data === 'string') return new RegExp(`(?<![-a-z0-9])${name}(?![${isPrefix ? '' : '-'}a-z0-9])`).test(data) ? [path] : [];
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, item]) => {
    const at = Array.isArray(data) ? `${path}[${key}]` : `${path}.${key}`;
    return [...(Array.isArray(data) ? [] : mentions(key, name, isPrefix, at)), ...mentions(item, name, isPrefix, at)];
  });
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
