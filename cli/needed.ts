// The Secrets that must exist before a release is applied, for people.
import type { NeededSecret } from '../constructs/common/entry';

/** Nothing where none must. @param release its name, where there are several */
export function neededText(secrets: readonly NeededSecret[], release?: string): string {
  if (!secrets.length) return '';
  const lines = secrets.map(({ namespace, name, type, keys }) => `  ${namespace}/${name} (${type}): ${keys.join(', ')}`);
  const whose = release === undefined ? 'the release' : release;
  return [`Secrets that must exist before ${whose} is applied, as NAMESPACE/NAME (TYPE): KEYS`, ...lines, ''].join('\n');
}
