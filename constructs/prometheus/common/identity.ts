// Names, labels and accounts of the programs.
import { isTrue, text } from '../../../helm/print';
import type { Table } from '../../../helm/schema';
import { annotations, textMap } from '../../common/metadata';
import { chartLabel, trimName } from '../../common/names';
import { chartName, fullName } from '../../common/release';
import type { PrometheusContext } from '../values';
import { need } from '../../common/checks';
import { textOnly } from './need';

/** A program by its key in the values. */
export type ProgramKey = 'server' | 'alertmanager' | 'nodeExporter' | 'pushgateway';

const overriddenName = ({ chart, values }: PrometheusContext): string => textOnly(values.nameOverride, 'nameOverride') || chartName(chart);

/** The label `app` and the beginning of container names. */
export const nameOf = (context: PrometheusContext): string => trimName(overriddenName(context));

/** The name without a program; templates in values may ask for it. */
export const releaseNameOf = (context: PrometheusContext): string =>
  fullName(context.release, overriddenName(context), textOnly(context.values.fullnameOverride, 'fullnameOverride'));

/** The name of a program's objects. */
export function fullNameOf(context: PrometheusContext, key: ProgramKey): string {
  const own = context.values[key];
  const override = textOnly(own.fullnameOverride, key, 'fullnameOverride');
  if (override) return trimName(override);
  const { release } = context;
  const name = overriddenName(context);
  return trimName([release.name, ...(release.name.includes(name) ? [] : [name]), formatted(own.name)].join('-'));
}

/** Go's `%s`, which is not made for anything but text. Kubernetes refuses such names; `warnings` says so. */
function formatted(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '%!s(<nil>)' : `%!s(${typeof value === 'number' ? 'float64' : 'bool'}=${text(value)})`;
}

/** Name of a program's container. */
export const containerNameOf = (context: PrometheusContext, key: ProgramKey): string =>
  `${nameOf(context)}-${text(context.values[key].name)}`;

/** Labels that select a program's pods. */
export function selectorOf(context: PrometheusContext, key: ProgramKey): Record<string, string> {
  const { name } = context.values[key];
  return { ...(name === undefined ? {} : { component: text(name) }), app: nameOf(context), release: context.release.name };
}

/** Labels of every object of a program. */
export const labelsOf = (context: PrometheusContext, key: ProgramKey): Record<string, string> => ({
  ...selectorOf(context, key),
  chart: chartLabel(chartName(context.chart), context.chart.version),
  heritage: 'Helm',
});

export const forcedNamespace = ({ values }: PrometheusContext): string | undefined =>
  textOnly(values.forceNamespace, 'forceNamespace') || undefined;

/** Namespace of the objects. */
export const namespaceOf = (context: PrometheusContext): string => forcedNamespace(context) ?? context.release.namespace;

export function serviceAccountNameOf(context: PrometheusContext, key: ProgramKey): string {
  const { create, name } = serviceAccountOf(context, key);
  return isTrue(name) ? text(name) : create ? fullNameOf(context, key) : 'default';
}

export const serviceAccountOf = ({ values }: PrometheusContext, key: ProgramKey) =>
  need(need(values.serviceAccounts, 'serviceAccounts')[key], 'serviceAccounts', key);

export interface Described {
  /** More labels; they win. */
  readonly labels?: Table;
  readonly annotations?: Table;
  /** Follows the program's name. */
  readonly suffix?: string;
  /** @default that of all objects */
  readonly namespace?: string;
}

/** Metadata of a program's object. */
export function metadataOf(context: PrometheusContext, key: ProgramKey, given: Described = {}) {
  return {
    name: `${fullNameOf(context, key)}${given.suffix ?? ''}`,
    namespace: given.namespace ?? forcedNamespace(context),
    labels: { ...labelsOf(context, key), ...textMap(given.labels) },
    ...annotations(given.annotations),
  };
}
