// Names and labels of external-dns.
import { text } from '../../helm/print';
import { chartLabel, trimName } from '../common/names';
import { chartName, fullName } from '../common/release';
import type { ExternalDnsContext } from './values';

export const nameOf = ({ chart, values }: ExternalDnsContext): string => trimName(text(values.nameOverride) || chartName(chart));

/** The name of all objects but the ClusterRoleBinding. */
export const fullNameOf = ({ release, chart, values }: ExternalDnsContext): string =>
  fullName(release, text(values.nameOverride) || chartName(chart), text(values.fullnameOverride));

export const selectorLabels = (context: ExternalDnsContext): Record<string, string> => ({
  'app.kubernetes.io/name': nameOf(context),
  'app.kubernetes.io/instance': context.release.name,
});

export const labelsOf = (context: ExternalDnsContext): Record<string, string> => ({
  'helm.sh/chart': chartLabel(chartName(context.chart), context.chart.version),
  ...selectorLabels(context),
  'app.kubernetes.io/version': context.chart.appVersion,
  'app.kubernetes.io/managed-by': 'Helm',
});

export function serviceAccountNameOf(context: ExternalDnsContext): string {
  const { create, name } = context.values.serviceAccount;
  return text(name) || (create ? fullNameOf(context) : 'default');
}
