// Names and labels of kube-state-metrics.
import { isTrue, text } from '../../../helm/print';
import type { Table } from '../../../helm/schema';
import { annotations, textMap } from '../../common/metadata';
import { trimName } from '../../common/names';
import { chartName, fullName } from '../../common/release';
import { textOnly } from '../common/need';
import type { KubeStateMetricsContext } from './values';

const overriddenName = ({ chart, values }: KubeStateMetricsContext): string =>
  textOnly(values.nameOverride, 'nameOverride') || chartName(chart);

export const nameOf = (context: KubeStateMetricsContext): string => trimName(overriddenName(context));

/** The name of all objects. */
export const fullNameOf = (context: KubeStateMetricsContext): string =>
  fullName(context.release, overriddenName(context), textOnly(context.values.fullnameOverride, 'fullnameOverride'));

export const overriddenNamespace = ({ values }: KubeStateMetricsContext): string | undefined =>
  isTrue(values.namespaceOverride) ? text(values.namespaceOverride) : undefined;

export const namespaceOf = (context: KubeStateMetricsContext): string => overriddenNamespace(context) ?? context.release.namespace;

export const selectorOf = (context: KubeStateMetricsContext): Record<string, string> => ({
  'app.kubernetes.io/name': nameOf(context),
  'app.kubernetes.io/instance': context.release.name,
});

export const labelsOf = (context: KubeStateMetricsContext): Record<string, string> => ({
  ...selectorOf(context),
  'helm.sh/chart': `${chartName(context.chart)}-${context.chart.version}`,
  'app.kubernetes.io/managed-by': 'Helm',
});

export function serviceAccountNameOf(context: KubeStateMetricsContext): string {
  const { create, name } = context.values.serviceAccount;
  return isTrue(name) ? text(name) : create ? fullNameOf(context) : 'default';
}

/** Metadata of an object in the namespace of all objects; more labels and annotations where there are some. */
export const metadataOf = (context: KubeStateMetricsContext, labels?: Table, given?: Table) => ({
  name: fullNameOf(context),
  namespace: overriddenNamespace(context),
  labels: { ...labelsOf(context), ...textMap(labels) },
  ...annotations(given),
});
