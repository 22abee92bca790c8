// A release made again with other values, another name, another namespace: for who looks how its objects follow them.
import { mergeValues } from '../../helm/merge';
import { isGroup, type Schema } from '../../helm/schema';
import type { ChartDefinition } from '../common/chart';
import type { Entry } from '../common/entry';
import { imageSettings } from '../common/global';
import type { Made } from '../common/make';
import { narrow } from '../common/narrow';
import { targets } from '../targets';
import type { Source, SourceChange } from '../targets/target';
import type { Additions } from './additions';
import type { Inputs } from './inputs';
import { throughPasses } from './passes';

type Make = (chart: ChartDefinition, inputs: Inputs) => Made;

/**
 * @param made what the chart made, with what others changed
 * @param make makes it again
 */
export function sourceOf(chart: ChartDefinition, inputs: Inputs, made: Made, make: Make): Source {
  const anyText = withAnyText(chart);
  const alone = new Map<string, ChartDefinition>();
  const chartOf = (part: string): ChartDefinition => {
    const known = alone.get(part) ?? withPart(anyText, part);
    alone.set(part, known);
    return known;
  };
  return {
    schema: chart.values,
    values: narrow(made.values) as Made['values'],
    hasSecrets: inputs.secretMode === 'inline',
    isPlain: isPlain(inputs, made),
    parts: Object.keys(chart.parts ?? {}),
    again: ({ part, ...change }) =>
      part === undefined
        ? again((there) => make(anyText, there), inputs, made, change)
        : again(
            (there) => make(chartOf(part), there),
            { ...inputs, values: withoutParts(inputs.values, chart, part) },
            { ...made, entries: made.entries.filter(({ owner }) => owner[0] === part) },
            change,
          ),
  };
}

const isPlain = ({ release: { kubeVersion, apiVersions = [] }, patches, crds }: Inputs, { entries, removed }: Made): boolean =>
  kubeVersion === undefined &&
  !apiVersions.length &&
  !patches.length &&
  crds === 'include' &&
  !removed?.size &&
  !entries.some(({ change }) => change !== undefined);

function again(
  make: (inputs: Inputs) => Made,
  inputs: Inputs,
  { entries: own, removed }: Pick<Made, 'entries' | 'removed'>,
  { name, namespace, values }: SourceChange,
): readonly Entry[] {
  const { release } = inputs;
  const there = { ...inputs, release: { ...release, name, namespace }, values: mergeValues([inputs.values, values]) };
  const known = new Map(own.map((entry) => [entry.key, entry]));
  const isElsewhere = name !== release.name || namespace !== release.namespace;
  const back = (text: string): string =>
    isElsewhere ? text.replaceAll(name, release.name).replaceAll(namespace, release.namespace) : text;
  const entries = make(there).entries.filter(({ key }) => !removed?.has(back(key)));
  const made = entries.map((entry): Entry => {
    const { object } = entry;
    const { metadata } = object;
    const knownAs = { name: back(metadata.name), ...(metadata.namespace === undefined ? {} : { namespace: back(metadata.namespace) }) };
    return { ...entry, object: known.get(back(entry.key))?.change?.(object) ?? object, knownAs };
  });
  return printed(made, there);
}

/** What was added to a release, to be made again with other values of its own. @param own what the chart made of the release */
export function additionSource({ schema, values, make }: Additions, inputs: Inputs, own: readonly Entry[]): Source {
  const { release, secretMode } = inputs;
  // What is done to all objects for one of them needs the others.
  const others = secretMode === 'inline' && !Object.keys(imageSettings(inputs.values['global'])).length ? [] : own;
  return {
    schema,
    values,
    hasSecrets: secretMode === 'inline',
    isPlain: true,
    parts: [],
    again: (change) => {
      const there = { ...inputs, release: { ...release, name: change.name, namespace: change.namespace } };
      return printed([...others, ...make(change)], there).flatMap((entry) => (entry.isAdded ? [{ ...entry, owner: [] }] : []));
    },
  };
}

/** The objects that the target prints. */
function printed(entries: readonly Entry[], inputs: Inputs): readonly Entry[] {
  const { target, crds, application } = inputs;
  return targets[target].plan(throughPasses(entries, patchesFor(entries, inputs)).entries, { crds, application });
}

/** Patches of what is there; those of what was added have nothing to change. */
export function patchesFor(entries: readonly Entry[], inputs: Inputs): Inputs {
  const isThere = ({ target }: Inputs['patches'][number]): boolean =>
    entries.some(({ object: { kind }, knownAs }) => kind === target.kind && knownAs?.name === target.name);
  return { ...inputs, patches: inputs.patches.filter(isThere) };
}

/** The chart with one of its parts, and without objects of its own. What it says over all objects stays. */
function withPart({ chart, values, parts = {}, stage, arrange }: ChartDefinition, key: string): ChartDefinition {
  const { [key]: part } = parts;
  return {
    chart,
    values: { ...values, fields: withoutParts(values.fields, { parts }, key) },
    ...(part ? { parts: { [key]: part } } : {}),
    ...(stage ? { stage } : {}),
    ...(arrange ? { arrange } : {}),
  };
}

/** What is below the keys of parts, but for one. */
function withoutParts<T>(all: Readonly<Record<string, T>>, { parts = {} }: Pick<ChartDefinition, 'parts'>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => name === key || !Object.hasOwn(parts, name)));
}

/** The chart without the choices of its texts, and without what it tells people: what is rendered need not make sense. */
function withAnyText(chart: ChartDefinition): ChartDefinition {
  const open = <S extends Schema>(field: S): S =>
    (isGroup(field)
      ? { ...field, fields: Object.fromEntries(Object.entries(field.fields).map(([key, below]) => [key, open(below)])) }
      : { ...field, choices: undefined }) as S;
  const { parts } = chart;
  return {
    ...chart,
    warnings: () => [],
    review: () => [],
    values: open(chart.values),
    ...(parts
      ? { parts: Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, { ...part, chart: withAnyText(part.chart) }])) }
      : {}),
  };
}
