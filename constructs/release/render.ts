// A release as a pure function of its inputs: the chart makes objects, the passes change them, the target orders and prints them.
import { keyOf, type KubeObject } from '../../kubernetes/object';
import type { ChartDefinition } from '../common/chart';
import type { Entry } from '../common/entry';
import { PACKAGE_VERSION } from '../common/package-version';
import { complete, make, type Made } from '../common/make';
import { targets } from '../targets';
import type { ChartFacts, LiveWishes, Moved, Render } from '../targets/target';
import type { Inputs } from './inputs';
import { throughPasses } from './passes';
import type { Additions } from './additions';
import { additionSource, patchesFor, sourceOf } from './source';

/**
 * What the chart makes, and the Namespace of the release where it is asked for.
 * @throws ValuesError when values do not fit, all mistakes at once
 */
export function makeRelease(chart: ChartDefinition, { release, values, createNamespace }: Inputs): Made {
  const made = make(chart, release, values);
  return createNamespace ? { ...made, entries: [namespaceOf(release.namespace), ...made.entries] } : made;
}

function namespaceOf(name: string): Entry {
  const object = complete({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, name);
  return { object, key: keyOf(object), stage: 'foundations', lifecycle: { keep: true, madeByHelm: true }, owner: [] };
}

/**
 * The release as its target prints it.
 * @param made what `makeRelease` gave, or that with what others changed
 * @param additions what others added. @default nothing
 * @throws ValuesError when two objects are the same to a server
 * @throws PatchError when a patch matches nothing, or does not fit
 */
export function render(
  chart: ChartDefinition,
  inputs: Inputs,
  made: Made = makeRelease(chart, inputs),
  additions: Additions | undefined = undefined,
): Render {
  const { release, target, crds, application, live } = inputs;
  // Who refers to live values wants a chart that has them.
  const wishes = live ?? (target === 'helm' && additions?.isLive ? NONE : undefined);
  const options = { crds, application, ...(wishes ? { live: wishes } : {}) };
  const all = [...made.entries, ...(additions?.make() ?? [])];
  const { entries, needed } = throughPasses(all, inputs);
  return {
    release,
    chart: factsOf(chart, inputs.helmChart),
    options,
    plan: targets[target].plan(entries, options),
    warnings: made.warnings,
    needed,
    notes: made.notes,
    sql: made.sql,
    movedTo: (namespace) => movedTo(namespace, chart, inputs, all),
    source: () => sourceOf(chart, inputs, made, makeRelease),
    ...(additions?.isAny ? { additions: () => additionSource(additions, inputs, made.entries) } : {}),
  };
}

const NONE: LiveWishes = { live: [], fix: [] };

/** Texts by file name, relative to the folder of all releases. */
export const filesOf = (rendered: Render, { target }: Inputs): Record<string, string> => targets[target].files(rendered);

/** What was published by others has their version as that of the app; the chart that is written has ours. */
const factsOf = ({ name, description = '', chart, takesOver }: ChartDefinition, own: Partial<ChartFacts>): ChartFacts => ({
  name: name ?? chart.name,
  version: takesOver ? PACKAGE_VERSION : chart.version,
  appVersion: chart.appVersion,
  description,
  ...own,
});

/**
 * The same release in another namespace, made anew by the chart. Its objects are those of the release by their names, in which the other
 * namespace stands in place of the release's; they get what others changed in these.
 * @param namespace a name that stands nowhere else
 */
function movedTo(namespace: string, chart: ChartDefinition, inputs: Inputs, own: readonly Entry[]): Moved {
  const there = { ...inputs, release: { ...inputs.release, namespace } };
  const { entries, warnings, notes } = makeRelease(chart, there);
  const byKey = new Map(entries.map(({ key, object }) => [key.replaceAll(namespace, inputs.release.namespace), object]));
  const moved = own.flatMap((entry): Entry[] => {
    const object = byKey.get(entry.key);
    if (!object) return [];
    const { name, namespace: place } = entry.object.metadata;
    return [{ ...entry, object: entry.change?.(object) ?? object, knownAs: { name, namespace: place } }];
  });
  const objects = new Map<string, KubeObject>(
    throughPasses(moved, patchesFor(moved, there)).entries.map(({ key, object }) => [key, object]),
  );
  return { objects, warnings, notes };
}
