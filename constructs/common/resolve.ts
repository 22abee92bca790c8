// From what a user wrote to what charts read: checked once, merged once as Helm merges charts and subcharts, Go templates evaluated once.
import { isDeepStrictEqual } from 'node:util';
import { checkValues, ValuesError, warningText, type Issue, type Warning } from '../../helm/check';
import { evaluateValues } from '../../helm/evaluate';
import { coalesce, type ChartDefaults } from '../../helm/merge';
import { defaultsOf, isGroup, type DefaultContext, type Fields, type Group, type Values } from '../../helm/schema';
import { deepCopy, isShared, isTable, setKey, share } from '../../helm/yaml/values';
import { ownDefaults, type ChartDefinition } from './chart';
import type { Context } from './context';
import { hasInteger, narrow } from './narrow';
import type { Release } from './release';
import { templateRoot } from './template-root';

type Plain = Record<string, unknown>;
type Path = readonly string[];

/** A chart with its values, ready to make objects. */
export interface Resolved {
  readonly chart: ChartDefinition;
  readonly context: Context<Group<Fields, boolean>>;
  /** Keys of the values that lead to it; empty for the chart that was asked for. */
  readonly path: Path;
  /** False when templates in its values fail. */
  readonly isReadable: boolean;
  /** The parts that are installed. */
  readonly parts: readonly Resolved[];
}

export interface Resolution {
  /** All its parts have values that can be read, those that are wrong taken away. */
  readonly root: Resolved;
  /** What is wrong with the values; objects are to be made only when nothing is. */
  readonly issues: readonly Issue[];
  readonly warnings: readonly string[];
  /** Whether something else is said of this place, so that what follows from it need not be. */
  isTold(path: Issue['path']): boolean;
}

/**
 * @param user the values as Helm's layering gives them, nulls kept
 * @param global what a chart above would hand down. @default nothing
 */
export function resolve(chart: ChartDefinition, release: Release, user: Readonly<Plain>, global?: Readonly<Plain>): Resolution {
  const checked = checkValues(chart.values, user, { unknown: release.unknownValues ?? 'error' });
  const wrong = checked.issues.filter(({ kind }) => kind !== 'unknown-key').map(({ path }) => path);
  const given = without(user, wrong);
  const names: DefaultContext = { release: release.name, namespace: release.namespace };
  const merged = global ? coalesceBelow(global, chartDefaults(chart, names), given) : coalesce(chartDefaults(chart, names), given);
  const warnings = [...checked.warnings, ...merged.warnings, ...switchedOn(chart, given, merged.values, names)].map((warning) =>
    warningText(warning),
  );
  const issues: Issue[] = [];
  const off: Path[] = [];
  // Defaults have none.
  const holdsInteger = hasInteger(given) || hasInteger(global);

  const build = (definition: ChartDefinition, path: Path, values: Plain, own: Readonly<Plain>): Resolved => {
    const on = Object.entries(definition.parts ?? {}).filter(
      ([key, part]) => part.isOn?.(values) ?? (values[key] as Plain)['enabled'] !== false,
    );
    const place = { path, top: chart.chart, hasParts: on.length > 0 };
    const templates = {
      root: templateRoot(release, definition.chart, values, place),
      helpers: {},
      elsewhere: (name: string) => definer(chart, name),
    };
    const raw: Context<Group<Fields, boolean>> = {
      release,
      chart: definition.chart,
      values: values as Values<Group<Fields, boolean>>,
      given: own,
      templates,
      warn: () => undefined,
    };
    Object.assign(templates.helpers, helpersOf(definition, raw));
    const evaluated = prefixed(issues, path, () => evaluateValues(ownValues(definition), values, templates));
    const context: Resolved['context'] = {
      ...raw,
      values: (holdsInteger ? narrow(evaluated ?? values) : (evaluated ?? values)) as Values<Group<Fields, boolean>>,
    };
    for (const key of Object.keys(definition.parts ?? {})) if (!on.some(([name]) => name === key)) off.push([...path, key]);
    const parts = on.map(([key, part]) => build(part.chart, [...path, key], values[key] as Plain, isTable(own[key]) ? own[key] : {}));
    return { chart: definition, context, path, isReadable: evaluated !== undefined, parts };
  };

  const root = build(chart, [], inOrderOf(defaultsOf(chart.values, names), merged.values), given);
  issues.unshift(
    // Nothing reads the groups of a part that is off.
    ...checked.issues.filter(({ kind, path }) => kind !== 'null-group' || !off.some((at) => path.length > at.length && isWithin(path, at))),
    ...globalIssues(global ? [root] : root.parts, global ?? given['global']),
  );
  return { root, issues, warnings, isTold: (path) => wrong.some((told) => isWithin(path, told) || isWithin(told, path)) };
}

/** The named templates of a chart. As in Helm, they see the `.` that they are given; here it can only be that of the chart itself. */
function helpersOf({ helpers = {} }: ChartDefinition, context: Context<Group<Fields, boolean>>): Record<string, (dot: unknown) => string> {
  const { BasePath: own } = context.templates.root['Template'] as { readonly BasePath: string };
  const isRoot = (dot: unknown): boolean =>
    isTable(dot) && isTable(dot['Template']) && dot['Template']['BasePath'] === own && 'Values' in dot && 'Release' in dot;
  return Object.fromEntries(
    Object.entries(helpers).map(([name, helper]) => [
      name,
      (dot: unknown) => {
        if (!isRoot(dot)) throw new Error('it is given something else than the chart as its "."; give it $');
        return helper(context);
      },
    ]),
  );
}

/** The part of a chart that defines a named template, by the keys of its values; the chart itself by its name. */
function definer(chart: ChartDefinition, name: string, path: Path = []): string | undefined {
  if (Object.hasOwn(chart.helpers ?? {}, name)) return path.join('.') || chart.chart.name;
  for (const [key, part] of Object.entries(chart.parts ?? {})) {
    const found = definer(part.chart, name, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Runs something that is about a part. What it finds wrong is noted, with the part's keys in front; undefined then. */
export function prefixed<T>(issues: Issue[], above: Path, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ValuesError)) throw error;
    issues.push(...error.issues.map((issue) => ({ ...issue, path: [...above, ...issue.path] })));
    return undefined;
  }
}

/** The defaults of a chart and of its parts, each apart, as Helm has them. */
function chartDefaults(chart: ChartDefinition, names: DefaultContext): ChartDefaults {
  const known = constantDefaults.get(chart);
  if (known) return known;
  const own = ownDefaults(chart, names);
  const parts = Object.entries(chart.parts ?? {}).map(([key, part]) => [key, chartDefaults(part.chart, names)] as const);
  // As in Helm, there is a `global` to hand down.
  const values = { global: {}, ...own };
  const isConstant = isShared(own) && parts.every(([, { values: below }]) => isShared(below));
  const defaults = { values: isConstant ? share(values) : values, ...(parts.length ? { subcharts: Object.fromEntries(parts) } : {}) };
  if (isConstant) constantDefaults.set(chart, defaults);
  return defaults;
}
/** Those of charts in which nothing follows the release. */
const constantDefaults = new WeakMap<ChartDefinition, ChartDefaults>();

/** The values of a chart itself: those of its parts are evaluated by the parts. */
function ownValues(chart: ChartDefinition): Group<Fields, boolean> {
  const { values, parts } = chart;
  if (!parts) return values;
  let known = ownSchemas.get(chart);
  if (!known) {
    known = { ...values, fields: Object.fromEntries(Object.entries(values.fields).filter(([key]) => !Object.hasOwn(parts, key))) };
    ownSchemas.set(chart, known);
  }
  return known;
}
const ownSchemas = new WeakMap<ChartDefinition, Group<Fields, boolean>>();

/** `global` as it is handed down is nobody's own: only the charts that are installed know what must be in it. */
function globalIssues(charts: readonly Resolved[], given: unknown): Issue[] {
  return charts.flatMap(({ chart, context, path, parts }): Issue[] => {
    const { global: schema } = chart.values.fields;
    const { global } = (context.values ?? {}) as { readonly global?: unknown };
    const found = schema && isGroup(schema) && isTable(global) ? checkValues(schema, global, { unknown: 'ignore' }).issues : [];
    return [
      ...found.map((issue) => ({ ...issue, path: [...(valueAt(given, issue.path) === undefined ? path : []), 'global', ...issue.path] })),
      ...globalIssues(parts, given),
    ];
  });
}

/** The values below a chart whose `global` wins over their own. */
function coalesceBelow(global: Readonly<Plain>, defaults: ChartDefaults, given: Plain): ReturnType<typeof coalesce> {
  const { values, warnings } = coalesce({ values: {}, subcharts: { part: defaults } }, { global, part: given });
  return {
    values: values['part'] as Plain,
    warnings: warnings.map(({ path, message }) => ({ path: path.replace(/^part\./, ''), message })),
  };
}

/**
 * A null for a whole part takes away what the chart above sets for it, its switch included, as in Helm: hardly what an empty line in a
 * values file is meant to do where that switches something on.
 */
function switchedOn(chart: ChartDefinition, user: Readonly<Plain>, merged: Plain, names: DefaultContext): Warning[] {
  const empty = Object.keys(chart.parts ?? {}).filter((key) => user[key] === null);
  const defaults = empty.length ? ownDefaults(chart, names) : {};
  return empty.flatMap((key) => {
    const on = flagsOff(defaults[key])
      .filter((path) => valueAt(merged[key], path) !== false)
      .map((path) => path.slice(0, -1).join('.'));
    if (!on.length) return [];
    const what = on.includes('') ? 'it' : on.join(', ');
    return [
      {
        path: key,
        message:
          `is empty, which takes away what ${chart.chart.name} sets for it and switches ${what} on, as in Helm: ` +
          `take the line away, or write {} to keep that`,
      },
    ];
  });
}

/** The same values, in each map those with a default first, in its order: what is printed does not follow the order of a values file. */
function inOrderOf(defaults: Readonly<Plain>, values: Plain): Plain {
  if (defaults === values) return values;
  const keys = Object.keys(values);
  let isSame = true;
  let count = 0;
  const out: Plain = {};
  const add = (key: string, value: unknown): void => {
    isSame &&= key === keys[count] && value === values[key];
    count += 1;
    setKey(out, key, value);
  };
  for (const key of Object.keys(defaults)) {
    if (!Object.hasOwn(values, key)) continue;
    const [value, below] = [values[key], defaults[key]];
    add(key, value !== below && isTable(value) && isTable(below) ? inOrderOf(below, value) : value);
  }
  if (count < keys.length) for (const key of keys) if (!Object.hasOwn(defaults, key)) add(key, values[key]);
  return isSame ? values : out;
}

/** Places of `enabled: false`. */
function flagsOff(value: unknown, path: Path = []): Path[] {
  if (!isTable(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === 'enabled' && item === false ? [[...path, key]] : flagsOff(item, [...path, key]),
  );
}

const valueAt = (value: unknown, path: Issue['path']): unknown =>
  path.reduce<unknown>((at, key) => (isTable(at) ? at[key] : undefined), value);

export const isWithin = (path: Issue['path'], outer: Issue['path']): boolean => isDeepStrictEqual(path.slice(0, outer.length), outer);

/** The values without those at the paths. An item of a list leaves an empty one, so that those behind it keep their places. */
function without(user: Readonly<Plain>, paths: readonly Issue['path'][]): Plain {
  if (!paths.length) return user;
  const rest = deepCopy(user);
  for (const path of paths) remove(rest, path);
  return rest;
}

function remove(data: unknown, [key, ...deeper]: Issue['path']): void {
  if (key === undefined || typeof data !== 'object' || data === null || !Object.hasOwn(data, key)) return;
  const holder = data as Record<string | number, unknown>;
  if (deeper.length) remove(holder[key], deeper);
  else if (Array.isArray(data)) holder[key] = {};
  else delete holder[key];
}
