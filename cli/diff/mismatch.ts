// Tells a text that can hardly be of the release: with it, everything there would count as removed.
import { isClusterScoped } from '../../kubernetes/kinds';
import type { Thing } from './objects';
import { pair } from './pair';
import type { Sorted } from './ownership';

export interface Subject {
  /** What the text is called. */
  readonly source: string;
  readonly release: string;
  readonly chart: string;
  readonly namespace: string;
}

/** A text and a release that share less than this part of the smaller one have nothing to do with one another. */
const LEAST_SHARED = 0.1;

const isNamespaced = ({ kind }: Thing): boolean => !isClusterScoped(kind);

/** @returns why the text is hardly of the release; undefined when it may be */
export function mismatch(
  { ours, elsewhere, unmarked }: Sorted,
  now: readonly Thing[],
  { source, release, chart, namespace }: Subject,
): string | undefined {
  const paired = pair(ours, now).both.filter(([, after]) => isNamespaced(after)).length;
  const here = now.filter(isNamespaced);
  const namespaces = new Set([namespace, ...here.map(({ metadata }) => metadata.namespace)]);
  const there = [...ours, ...elsewhere, ...unmarked.filter(({ metadata }) => namespaces.has(metadata.namespace))].filter(isNamespaced);
  const isOther = (paired === 0 || paired < LEAST_SHARED * Math.min(there.length, here.length)) && there.length > 0 && here.length > 0;
  const isEmpty = !ours.length && unmarked.length > 0 && now.length > 0;
  if (!isOther && !isEmpty) return undefined;
  const places = [...new Set(there.map(({ metadata }) => metadata.namespace ?? namespace))]
    .filter((name) => !namespaces.has(name))
    .toSorted();
  const hint = places.length
    ? `; it is about the namespace ${places.join(', ')}: is -n missing or wrong`
    : '; is it another release or chart';
  return (
    `${source}: ${paired ? 'hardly anything' : 'nothing'} in it is of the release ${release} of ` +
    `${chart} in namespace ${namespace}${hint}?`
  );
}
