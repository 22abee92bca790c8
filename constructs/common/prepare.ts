// From what a user wrote to what a component reads: defaults merged in, checked, Go templates evaluated.
import { checkValues, ValuesError } from '../../helm/check';
import { evaluateValues } from '../../helm/evaluate';
import { coalesce } from '../../helm/merge';
import { defaultsOf, type Fields, type Group, type Values } from '../../helm/schema';
import type { Definition } from './chart';
import type { Context } from './context';
import { chartName, DEFAULT_KUBE_VERSION, type ChartInfo, type Release } from './release';

type Plain = Record<string, unknown>;

/** What templates see as `.` and `$`, beside the named helpers. */
export function templateRoot(release: Release, chart: ChartInfo, values: Plain): Plain {
  const version = (release.kubeVersion ?? DEFAULT_KUBE_VERSION).replace(/^v?/, 'v');
  const [major = '1', minor = '0'] = version.slice(1).split('.');
  return {
    Values: values,
    Release: { Name: release.name, Namespace: release.namespace, Service: 'Helm', IsInstall: true, IsUpgrade: false, Revision: 1 },
    Chart: { Name: chartName(chart), Version: chart.version, AppVersion: chart.appVersion, IsRoot: false },
    Capabilities: {
      KubeVersion: { Version: version, GitVersion: version, Major: major, Minor: minor },
      APIVersions: release.apiVersions ?? [],
    },
    Template: { Name: '', BasePath: `${chart.name}/templates` },
  };
}

/**
 * @throws ValuesError with every mistake at once: unknown keys, wrong kinds, templates that fail.
 */
export function prepareValues<S extends Group<Fields, boolean>>(
  definition: Definition<S>,
  release: Release,
  user: Plain,
  global: Plain = {},
): { values: Values<S>; warnings: string[] } {
  const { issues, warnings } = checkValues(definition.values, user, { unknown: release.unknownValues ?? 'error' });
  if (issues.length) throw new ValuesError(issues);
  const defaults = defaultsOf(definition.values, { release: release.name, namespace: release.namespace });
  const merged = coalesceBelow(global, defaults, user);
  const raw = merged.values;
  const wrongGlobals = checkValues(definition.values, { global: raw.global }, { unknown: 'ignore' }).issues;
  if (wrongGlobals.length) throw new ValuesError(wrongGlobals);
  const root = templateRoot(release, definition.chart, raw);
  const context: Context<S> = { release, chart: definition.chart, values: raw as Values<S>, warn: () => undefined };
  const helpers = Object.fromEntries(Object.entries(definition.helpers ?? {}).map(([name, helper]) => [name, () => helper(context)]));
  const values = narrow(evaluateValues(definition.values, raw, { root, helpers })) as Values<S>;
  return { values, warnings: [...warnings, ...merged.warnings] };
}

/** A component's values below an umbrella chart, whose `global` wins over the component's own. */
function coalesceBelow(global: Plain, defaults: Plain, user: Plain): { values: Plain; warnings: string[] } {
  if (!Object.keys(global).length) return coalesce({ values: { global: {}, ...defaults } }, user);
  const { values, warnings } = coalesce({ values: {}, subcharts: { component: { values: defaults } } }, { global, component: user });
  return { values: values.component as Plain, warnings };
}

/** From here on Go prints a float64 with an exponent, and an int64 without: larger ones stay apart. */
const FIRST_EXPONENT = 1_000_000n;

/** Templates tell an int64 of `--set` from a float64; components need not where both print the same. Data without one is shared, not copied. */
function narrow(value: unknown): unknown {
  if (typeof value === 'bigint') return value < FIRST_EXPONENT && value > -FIRST_EXPONENT ? Number(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  let out: object = value;
  for (const [key, item] of Object.entries(value)) {
    const narrowed = narrow(item);
    if (narrowed === item) continue;
    if (out === value) out = Array.isArray(value) ? [...value] : { ...value };
    Object.defineProperty(out, key, { value: narrowed, writable: true, enumerable: true, configurable: true });
  }
  return out;
}
