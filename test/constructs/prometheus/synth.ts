// Renders Prometheus alone, for the tests of this folder.
import { Chart, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { KubeStateMetrics, Prometheus } from '../../../constructs/components';
import type { KubeStateMetricsValues } from '../../../constructs/prometheus/kube-state-metrics/values';
import type { PrometheusValues } from '../../../constructs/prometheus/values';
import type { Release } from '../../../constructs/common/release';
import { synthesized, type Rendered, type Synthesized } from '../../support/rendered';

export { issuesOf, type Rendered } from '../../support/rendered';

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
  return synthesized(chart, new Prometheus(chart, 'metrics', { release: { ...RELEASE, ...release }, values }));
}

export function synthKubeStateMetrics(values: KubeStateMetricsValues = {}, release: Partial<Release> = {}): Synthesized {
  const chart = new Chart(Testing.app(), 'test');
  return synthesized(chart, new KubeStateMetrics(chart, 'kube-state-metrics', { release: { ...RELEASE, ...release }, values }));
}

/** A file of a ConfigMap, read as YAML. */
export const fileOf = (configMap: Rendered, name: string): unknown =>
  parse((configMap.data as Record<string, string> | undefined)?.[name] ?? '');
