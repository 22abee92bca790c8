// Renders Prometheus alone, for the tests of this folder.
import { Chart, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { KubeStateMetrics, Prometheus } from '../../../constructs/components';
import type { KubeStateMetricsValues } from '../../../constructs/prometheus/kube-state-metrics/values';
import type { PrometheusValues } from '../../../constructs/prometheus/values';
import type { Release } from '../../../constructs/common/release';
import { ValuesError } from '../../../helm/check';

/** A manifest, loosely: tests look into it by path. */
export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly data?: Record<string, string>;
  readonly spec?: unknown;
  readonly [key: string]: unknown;
}

export interface Synthesized {
  readonly objects: readonly Rendered[];
  readonly warnings: readonly string[];
  /** `Kind name` of all objects, sorted. */
  readonly ids: readonly string[];
  /** The object of this kind, and of this name when there are several. */
  find(kind: string, name?: string): Rendered;
}

/** Everything but the server off: what most tests look at is alone then. */
export const SERVER_ONLY: PrometheusValues = {
  alertmanager: { enabled: false },
  pushgateway: { enabled: false },
  nodeExporter: { enabled: false },
  kubeStateMetrics: { enabled: false },
};
export const NOTHING: PrometheusValues = { ...SERVER_ONLY, server: { enabled: false } };

const RELEASE: Release = { name: 'estafette-ci', namespace: 'estafette-ci' };

export function synth(values: PrometheusValues = {}, release: Partial<Release> = {}): Synthesized {
  const chart = new Chart(Testing.app(), 'test');
  return collected(chart, new Prometheus(chart, 'metrics', { release: { ...RELEASE, ...release }, values }));
}

export function synthKubeStateMetrics(values: KubeStateMetricsValues = {}, release: Partial<Release> = {}): Synthesized {
  const chart = new Chart(Testing.app(), 'test');
  return collected(chart, new KubeStateMetrics(chart, 'kube-state-metrics', { release: { ...RELEASE, ...release }, values }));
}

function collected(chart: Chart, component: Prometheus | KubeStateMetrics): Synthesized {
  const objects = chart.toJson() as Rendered[];
  return {
    objects,
    warnings: component.warnings,
    ids: objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).toSorted(),
    find(kind, name) {
      const found = objects.filter((object) => object.kind === kind && (name === undefined || object.metadata.name === name));
      if (found.length !== 1) throw new Error(`${found.length} objects are ${kind} ${name ?? ''}`);
      return found[0] as Rendered;
    },
  };
}

/** What the values get wrong, by path. */
export function issuesOf(make: () => unknown): Record<string, string> {
  try {
    make();
  } catch (error) {
    if (!(error instanceof ValuesError)) throw error;
    return Object.fromEntries(error.issues.map(({ message, path }) => [path.join('.'), message]));
  }
  return {};
}

/** A file of a ConfigMap, read as YAML. */
export const fileOf = (configMap: Rendered, name: string): unknown => parse(configMap.data?.[name] ?? '');
