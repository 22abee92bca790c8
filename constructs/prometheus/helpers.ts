// Named templates of the published chart that values may include.
import type { Helpers } from '../common/chart';
import type { Context } from '../common/context';
import { chartLabel } from '../common/names';
import { chartName, DEFAULT_KUBE_VERSION } from '../common/release';
import {
  fullNameOf,
  labelsOf,
  namespaceOf,
  nameOf,
  releaseNameOf,
  selectorOf,
  serviceAccountNameOf,
  type ProgramKey,
} from './common/identity';
import type { prometheusValues } from './values';

type PrometheusContext = Context<typeof prometheusValues>;

const lines = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}: ${key === 'component' ? JSON.stringify(value) : value}`)
    .join('\n');
const chartOf = ({ chart }: PrometheusContext): string => chartLabel(chartName(chart), chart.version);

const ofProgram = (key: ProgramKey) => ({
  [`prometheus.${key}.fullname`]: (context: PrometheusContext) => fullNameOf(context, key),
  [`prometheus.${key}.labels`]: (context: PrometheusContext) => lines(labelsOf(context, key)),
  [`prometheus.${key}.matchLabels`]: (context: PrometheusContext) => lines(selectorOf(context, key)),
  [`prometheus.serviceAccountName.${key}`]: (context: PrometheusContext) => serviceAccountNameOf(context, key),
});

const constants = (texts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, () => text]));

export const helpers: Helpers<typeof prometheusValues> = {
  'prometheus.name': nameOf,
  'prometheus.chart': chartOf,
  'prometheus.fullname': releaseNameOf,
  'prometheus.namespace': (context) => `namespace: ${namespaceOf(context)}`,
  'prometheus.common.matchLabels': (context) => lines({ app: nameOf(context), release: context.release.name }),
  'prometheus.common.metaLabels': (context) => lines({ chart: chartOf(context), heritage: 'Helm' }),
  'prometheus.kubeVersion': ({ release }) =>
    `v${(release.kubeVersion ?? DEFAULT_KUBE_VERSION).replace(/^v/, '').replace(/^(\d+\.\d+\.\d+).*$/, '$1')}`,
  ...ofProgram('server'),
  ...ofProgram('alertmanager'),
  ...ofProgram('nodeExporter'),
  ...ofProgram('pushgateway'),
  ...constants({
    'prometheus.deployment.apiVersion': 'apps/v1',
    'prometheus.daemonset.apiVersion': 'apps/v1',
    'prometheus.networkPolicy.apiVersion': 'networking.k8s.io/v1',
    'rbac.apiVersion': 'rbac.authorization.k8s.io/v1',
    'ingress.apiVersion': 'networking.k8s.io/v1',
    'ingress.isStable': 'true',
    'ingress.supportsIngressClassName': 'true',
    'ingress.supportsPathType': 'true',
  }),
};
