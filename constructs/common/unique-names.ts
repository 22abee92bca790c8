// No two objects of a release are the same to a server.
import type { Issue } from '../../helm/check';
import { showPath } from '../../helm/check';
import { keyOf, nameOf } from '../../kubernetes/object';
import type { Entry } from './entry';

/**
 * The entries without Namespaces that were asked for again, which several parts may
 * do; an issue for each other object that is there twice.
 */
export function uniqueNames(entries: readonly Entry[]): { readonly entries: readonly Entry[]; readonly issues: readonly Issue[] } {
  const first = new Map<string, Entry>();
  const issues: Issue[] = [];
  for (const entry of entries) {
    const key = keyOf(entry.object);
    const other = first.get(key);
    if (!other) first.set(key, entry);
    else if (entry.object.kind !== 'Namespace') issues.push(double(other, entry));
  }
  return { entries: [...first.values()], issues };
}

function double(first: Entry, second: Entry): Issue {
  const { object, owner, origin } = second;
  const mend = 'give one of them another name';
  if (origin && first.origin)
    return {
      path: origin.path ?? first.origin.path ?? origin.value,
      message: `two objects would be called ${nameOf(object)}, by ${first.origin.name} and by ${origin.name}: ${mend}`,
    };
  const [one, other] = [showPath(first.owner), showPath(owner)];
  return one === other
    ? { path: owner, message: `two objects would be called ${nameOf(object)}: ${mend}` }
    : {
        path: [],
        message: `${one || 'the release'} and ${other || 'the release'} would both make the ${object.kind} ${object.metadata.name}: ${mend}`,
      };
}
