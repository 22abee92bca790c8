// Values of Prometheus and the programs around it.
import type { Context } from '../common/context';
import { flag, group, list, table, text, type ValuesInput } from '../../helm/schema';
import { alertmanagerValues } from './alertmanager/values';
import { extraArgs, imagePullSecrets, imageValues, reloaderConfigmapMounts, resources, serviceAccountValues } from './common/values';
import { kubeStateMetricsValues } from './kube-state-metrics/values';
import { nodeExporterValues } from './node-exporter/values';
import { pushgatewayValues } from './pushgateway/values';
import { defaultPrometheusYml } from './server/scrape';
import { serverValues } from './server/values';

const reloaderFields = {
  enabled: flag(true, 'Adds the container that reloads the program when its ConfigMap changes.'),
  name: text('configmap-reload', 'Last part of the name of the container.'),
  image: imageValues('jimmidyson/configmap-reload', 'v0.5.0'),
  resources,
};
const reloaderArgs = extraArgs('configmap-reload');
const volumeDirs = list<string>([], 'More folders to watch.');
const ignored = { unused: true, doc: 'No effect: the published chart reads it for Prometheus only.' };

export const prometheusValues = group({
  rbac: group({ create: flag(true, 'Makes roles and their bindings.') }, { doc: 'Rights of the programs.', nullable: true }),
  podSecurityPolicy: group(
    { enabled: flag(false, 'No effect but a warning: PodSecurityPolicies are gone since Kubernetes 1.25.') },
    { nullable: true },
  ),
  imagePullSecrets: imagePullSecrets(),
  nameOverride: text(undefined, "Replaces the chart's name in object names and labels."),
  fullnameOverride: text(undefined, 'What `include "prometheus.fullname" .` gives to templates in values; no object is named after it.'),
  schedulerName: text(
    undefined,
    'No effect but a warning: the published chart prints it into the selector of Pushgateway, where Kubernetes refuses it.',
  ),
  serviceAccounts: group(
    {
      alertmanager: serviceAccountValues('Alertmanager'),
      nodeExporter: serviceAccountValues('node-exporter'),
      pushgateway: serviceAccountValues('Pushgateway'),
      server: serviceAccountValues('the Prometheus server'),
    },
    { doc: 'Accounts of the programs.', nullable: true },
  ),
  alertmanager: alertmanagerValues,
  configmapReload: group(
    {
      prometheus: group(
        { ...reloaderFields, extraArgs: reloaderArgs, extraVolumeDirs: volumeDirs, extraConfigmapMounts: reloaderConfigmapMounts },
        { doc: 'Reloads the Prometheus server.', nullable: true },
      ),
      alertmanager: group(
        {
          ...reloaderFields,
          extraArgs: { ...reloaderArgs, ...ignored },
          extraVolumeDirs: { ...volumeDirs, ...ignored },
          extraConfigmapMounts: { ...reloaderConfigmapMounts, ...ignored },
        },
        { doc: 'Reloads Alertmanager.', nullable: true },
      ),
    },
    { doc: 'Containers that reload a program when its ConfigMap changes.', nullable: true },
  ),
  kubeStateMetrics: group(
    { enabled: flag(true, 'Installs kube-state-metrics.') },
    { doc: 'Switch for kube-state-metrics.', nullable: true },
  ),
  'kube-state-metrics': { ...kubeStateMetricsValues, doc: 'kube-state-metrics, which measures the objects of the cluster.' },
  nodeExporter: nodeExporterValues,
  server: serverValues,
  pushgateway: pushgatewayValues,
  alertmanagerFiles: table<unknown>(
    {
      'alertmanager.yml': {
        global: {},
        receivers: [{ name: 'default-receiver' }],
        route: { group_wait: '10s', group_interval: '5m', receiver: 'default-receiver', repeat_interval: '3h' },
      },
    },
    "Files of Alertmanager's ConfigMap by name, alertmanager.yml its configuration. Those ending in .yml or .yaml hold YAML, others text.",
    { secret: true },
  ),
  serverFiles: table<unknown>(
    { 'alerting_rules.yml': {}, alerts: {}, 'recording_rules.yml': {}, rules: {}, 'prometheus.yml': defaultPrometheusYml },
    [
      "Files of the Prometheus server's ConfigMap by name, their content as YAML.",
      'prometheus.yml is its configuration, but for what server.global, remoteWrite, remoteRead and alertmanagers say;',
      'alerting_rules.yml and recording_rules.yml hold rules, as do their older places alerts and rules.',
      'alerts may also be a map of group names to lists of rules.',
    ].join(' '),
    { secret: 'members' },
  ),
  extraScrapeConfigs: text(
    undefined,
    'YAML text for the end of prometheus.yml, which is the list of scrape_configs. Go templates in it are evaluated.',
    { templated: true, secret: 'members' },
  ),
  alertRelabelConfigs: table(undefined, 'Map with the key alert_relabel_configs, for the section `alerting` of prometheus.yml.'),
  networkPolicy: group(
    {
      enabled: flag(
        false,
        'Makes a NetworkPolicy for each of server, Alertmanager and Pushgateway that lets in what their own ports take.',
      ),
    },
    { nullable: true },
  ),
  forceNamespace: text(undefined, 'Namespace of the objects, where it is not that of the release.'),
});

export type PrometheusValues = ValuesInput<typeof prometheusValues>;

export type PrometheusContext = Context<typeof prometheusValues>;
