// Every change that is tried on a component: each value in each context of it.
import { changesOf } from './mutate';
import { dropNulls, getAt, isMap, layer, nest, showPath } from './paths';
import type { Case, Component, Hint, Path, Reference } from './types';

const key = (path: Path): string => path.join('\0');

interface Index {
  hints(path: Path): ReadonlySet<Hint> | undefined;
  isReadBelow(path: Path): boolean;
  isRead(path: Path): boolean;
}

/** Which paths templates read, to be asked about themselves, what is above them and what is below. */
function indexOf(references: readonly Reference[]): Index {
  const exact = new Map(references.map(({ path, hints }) => [key(path), hints]));
  const above = new Set<string>();
  for (const { path } of references) for (let length = 1; length < path.length; length++) above.add(key(path.slice(0, length)));
  return {
    hints: (path) => exact.get(key(path)),
    isReadBelow: (path) => above.has(key(path)),
    isRead: (path) => path.some((_, i) => exact.has(key(path.slice(0, i + 1)))),
  };
}

/** Paths of all values of a component, those of comments and of templates included. */
export function pathsOf({ defaults, references, comments, contexts, path: prefix, foreign }: Component): { paths: Path[]; index: Index } {
  const index = indexOf(references);
  const found = new Map<string, Path>();
  const visit = (value: unknown, path: Path, isShown: boolean): void => {
    // A comment shows prose, too, and examples of what a user's own map may hold: only what templates read counts.
    if (path.length && isShown && !index.hints(path) && !index.isReadBelow(path)) return;
    if (path.length === 1 && foreign.includes(path[0] ?? '')) return;
    if (path.length) found.set(key(path), path);
    if (isMap(value)) for (const [name, item] of Object.entries(value)) visit(item, [...path, name], isShown);
  };
  visit(defaults, [], false);
  visit(comments, [], true);
  for (const context of contexts) visit(getAt(context.values, prefix) ?? {}, [], true);
  for (const { path } of references) for (let length = 1; length <= path.length; length++) visit(undefined, path.slice(0, length), true);
  return { paths: [...found.values()], index };
}

const isFilled = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && !(typeof value === 'object' && Object.keys(value).length === 0);

export function casesOf(component: Component): Case[] {
  const { paths, index } = pathsOf(component);
  const effective = component.contexts.map((context) =>
    dropNulls(layer(component.defaults, getAt(context.values, component.path) ?? {}), component.defaults),
  );
  const sampleOf = (path: Path): unknown =>
    [...effective, component.comments].map((tree) => getAt(tree, path)).find(isFilled) ?? getAt(component.comments, path);
  const out: Case[] = [];
  for (const [i, context] of component.contexts.entries()) {
    for (const path of paths) {
      if (context.only && !context.only.includes(path[0] ?? '')) continue;
      const value = getAt(effective[i], path);
      // Below a list or a text there is nothing to set.
      if (value === undefined && path.some((_, at) => at > 0 && !isMap(getAt(effective[i], path.slice(0, at)) ?? {}))) continue;
      const group =
        (isMap(value) || value === undefined || value === null) &&
        (index.isReadBelow(path) || (isMap(value) && Object.keys(value).length > 0 && !index.isRead(path)));
      const sample = sampleOf(path);
      const changes = changesOf({ path, value, sample, hints: index.hints(path), group });
      if (group && !isFilled(value) && isMap(sample) && isFilled(sample)) changes.push({ kind: 'other', value: sample });
      for (const change of changes) {
        const full = path[0] === 'global' ? [[...component.path, ...path], path] : [[...component.path, ...path]];
        for (const at of full)
          out.push({
            component: component.name,
            context: context.name,
            path: at,
            shown: showPath(at),
            kind: change.kind,
            change: change.value,
            values: nest(at, change.value),
          });
      }
    }
  }
  return out;
}
