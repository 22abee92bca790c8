// Rights that are new: rules that allow more than before, and accounts that roles are bound to.
import { at, groupOf, maps, referenceTo, type Plain, type Reference, type Thing } from './objects';

export interface AccessChange extends Reference {
  /** What somebody may do now, one sentence each. */
  readonly grants: readonly string[];
}

interface Pair {
  readonly before: Thing;
  readonly after: Thing;
}

export function accessChanges(pairs: readonly Pair[], added: readonly Thing[]): AccessChange[] {
  const all: { readonly before?: Thing; readonly after: Thing }[] = [...pairs, ...added.map((after) => ({ after }))];
  return all
    .filter(({ after }) => groupOf(after) === 'rbac.authorization.k8s.io')
    .flatMap(({ before, after }) => {
      const grants = after.kind.endsWith('Binding') ? bindings(before, after) : rights(before, after);
      return grants.length ? [{ ...referenceTo(after), grants }] : [];
    });
}

/** One right: each word is one name or `*`. A rule without resource names is about all of them. */
type Right = readonly [group: string, resource: string, name: string, verb: string];

const words = (rule: Plain, key: string, none: readonly string[]): readonly string[] => {
  const given = rule[key];
  return Array.isArray(given) && given.length ? given.map(String) : none;
};

function rightsOf(role: Thing | undefined): Right[] {
  return maps(role?.['rules']).flatMap((rule) => {
    const verbs = words(rule, 'verbs', []);
    const urls = words(rule, 'nonResourceURLs', []).flatMap((url) => verbs.map((verb): Right => ['', url, '*', verb]));
    const resources = words(rule, 'apiGroups', []).flatMap((group) =>
      words(rule, 'resources', []).flatMap((resource) =>
        words(rule, 'resourceNames', ['*']).flatMap((name) => verbs.map((verb): Right => [group, resource, name, verb])),
      ),
    );
    return [...urls, ...resources];
  });
}

const covers = (given: Right, wanted: Right): boolean =>
  given.every((word, index) => word === '*' || word === wanted[index] || (index === 1 && matches(word, wanted[1])));

/** A pattern beginning with an asterisk and a slash is about that part of all resources, `/metrics/*` about all URLs below. */
function matches(pattern: string, resource: string): boolean {
  if (pattern.startsWith('*/')) return resource.endsWith(pattern.slice(1));
  return pattern.startsWith('/') && pattern.endsWith('*') && resource.startsWith(pattern.slice(0, -1));
}

function rights(before: Thing | undefined, after: Thing): string[] {
  const old = rightsOf(before);
  const gained = rightsOf(after).filter((right) => !old.some((given) => covers(given, right)));
  const verbs = new Map<string, Set<string>>();
  for (const [group, resource, name, verb] of gained) {
    const what = `${resource}${group ? `.${group}` : ''}${name === '*' ? '' : ` named ${name}`}`;
    verbs.set(what, (verbs.get(what) ?? new Set()).add(verb));
  }
  const together = new Map<string, string[]>();
  for (const [what, list] of verbs) together.set([...list].join(', '), [...(together.get([...list].join(', ')) ?? []), what]);
  const wider = [...together].map(([list, what]) => `may ${list} ${what.join(', ')}`);
  // Whatever roles the selectors find is in it.
  const selectors = JSON.stringify(at(after, 'aggregationRule') ?? null);
  return selectors !== 'null' && selectors !== JSON.stringify(at(before, 'aggregationRule') ?? null)
    ? [...wider, 'gets the rules of the roles that aggregationRule selects']
    : wider;
}

function bindings(before: Thing | undefined, after: Thing): string[] {
  const role = `${String(at(after, 'roleRef', 'kind'))} ${String(at(after, 'roleRef', 'name'))}`;
  const sameRole = before !== undefined && role === `${String(at(before, 'roleRef', 'kind'))} ${String(at(before, 'roleRef', 'name'))}`;
  const nameOf = ({ kind, namespace, name }: Plain): string =>
    `${String(kind)} ${namespace === undefined ? '' : `${String(namespace)}/`}${String(name)}`;
  const old = new Set(sameRole ? maps(before?.['subjects']).map(nameOf) : []);
  return maps(after['subjects'])
    .map(nameOf)
    .filter((subject) => !old.has(subject))
    .map((subject) => `${subject} gets the rights of ${role}`);
}
