// Names and labels of the queue.
import { isTrue, text } from '../../helm/print';
import type { Scalar } from '../../helm/schema';
import { textMap } from '../common/metadata';
import { chartLabel, trimName } from '../common/names';
import { chartName, fullName, type Release } from '../common/release';
import type { NatsContext } from './values';

/** The name that the chart goes by in the umbrella chart. */
export const ALIAS = 'queue';

export interface NameValues {
  readonly nameOverride?: Scalar | null;
  readonly fullnameOverride?: Scalar | null;
}

/**
 * Name of the Service and the StatefulSet, for those who must reach the queue: the first server is `NAME-0.NAME`.
 * @param values the queue's own values, as far as they name it
 */
export const natsFullName = (release: Pick<Release, 'name'>, values: NameValues = {}, alias = ALIAS): string =>
  fullName(release, override(values.nameOverride) ?? alias, override(values.fullnameOverride));

const override = (value: Scalar | null | undefined): string | undefined => (isTrue(value) ? text(value) : undefined);

export const nameOf = ({ chart, values }: NatsContext): string => trimName(override(values.nameOverride) ?? chartName(chart));

export const fullNameOf = ({ release, chart, values }: NatsContext): string => natsFullName(release, values, chartName(chart));

export function selectorLabels(context: NatsContext): Record<string, string> {
  const own = context.values.nats.selectorLabels;
  if (isTrue(own)) return textMap(own);
  return { 'app.kubernetes.io/name': nameOf(context), 'app.kubernetes.io/instance': context.release.name };
}

/** Labels of all objects but the box and the ServiceMonitor. */
export const labelsOf = (context: NatsContext): Record<string, string> => ({
  'helm.sh/chart': chartLabel(chartName(context.chart), context.chart.version),
  ...textMap(context.values.commonLabels),
  ...selectorLabels(context),
  'app.kubernetes.io/version': context.chart.appVersion,
  'app.kubernetes.io/managed-by': 'Helm',
});

/** The domain as `printf "%s"` prints it: for what is not text, Go prints its complaint in place. */
export function clusterDomain({ values: { k8sClusterDomain: domain } }: NatsContext): string {
  if (typeof domain === 'string') return domain;
  if (domain === undefined || domain === null) return '%!s(<nil>)';
  return typeof domain === 'boolean' ? `%!s(bool=${domain})` : `%!s(float64=${text(domain)})`;
}

/** The address under which a server is known to the others; the kubelet fills in the pod's name and namespace. */
export const clusterAdvertise = (context: NatsContext): string =>
  `$(POD_NAME).${fullNameOf(context)}.$(POD_NAMESPACE).svc.${clusterDomain(context)}.`;

/** Addresses of all servers of the cluster, on one line. */
export function clusterRoutes(context: NatsContext): string {
  const name = fullNameOf(context);
  const count = Math.abs(Math.trunc(Number(context.values.cluster.replicas ?? 0)));
  return Array.from(
    { length: count },
    (_, index) => `nats://${name}-${index}.${name}.${context.release.namespace}.svc.${clusterDomain(context)}.:6222,`,
  ).join('');
}

const asYaml = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n');

/** Helpers that values may include, under the names of the published chart. */
export const helpers: Record<string, (context: NatsContext) => string> = {
  'nats.name': nameOf,
  'nats.fullname': fullNameOf,
  'nats.chart': ({ chart }) => chartLabel(chartName(chart), chart.version),
  'nats.labels': (context) => asYaml(labelsOf(context)),
  'nats.selectorLabels': (context) => asYaml(selectorLabels(context)),
  'nats.clusterAdvertise': clusterAdvertise,
  'nats.clusterRoutes': clusterRoutes,
};
