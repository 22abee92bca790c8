// ConfigMap of the Prometheus server: prometheus.yml and the rule files.
import type { ConfigMap } from 'kubernetes-types/core/v1';
import { isTrue, plain } from '../../../helm/print';
import { metadataOf, nameOf } from '../common/identity';
import { refuse, textOnly } from '../common/need';
import { isMap } from '../common/print';
import { filesOf, indented, warnOfText, yaml, yamlFile } from '../common/yaml';
import type { PrometheusContext } from '../values';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

export function configMap(context: PrometheusContext) {
  if (isTrue(context.values.server.configMapOverrideName)) return undefined;
  const data = Object.fromEntries(
    filesOf(context.values.serverFiles).map(([name, content]) => {
      warnOfText(context, 'serverFiles', name, content);
      return [name, `${contentOf(context, name, content)}\n`];
    }),
  );
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadataOf(context, 'server'), data } satisfies ConfigMap;
}

function contentOf(context: PrometheusContext, name: string, content: unknown): string {
  if (name === 'prometheus.yml') return prometheusYml(context, content);
  return name === 'alerts' ? alerts(content) : yamlFile(content);
}

/** Sections in front, the given configuration, and what comes after it: texts one below the other, as the chart has them. */
function prometheusYml(context: PrometheusContext, content: unknown): string {
  const { alertmanager, extraScrapeConfigs, server } = context.values;
  const extra = textOnly(extraScrapeConfigs, 'extraScrapeConfigs');
  return [
    `global:\n${indented(yaml(server.global), 2)}`,
    ...section('remote_write', server.remoteWrite),
    ...section('remote_read', server.remoteRead),
    ...(extra ? withMore(content, extra) : [yamlFile(content)]),
    ...(alertmanager.enabled || isTrue(server.alertmanagers) ? [alerting(context)] : []),
  ].join('\n');
}

/** The text goes on with scrape_configs, so that list must come last; by the order of keys alone, `storage` would. */
function withMore(content: unknown, extra: string): string[] {
  if (!isMap(content) || !isTrue(content.scrape_configs) || !LIST_TEXT.test(extra)) return [yamlFile(content), extra];
  const { scrape_configs: jobs, ...rest } = content;
  return [...(isTrue(rest) ? [yaml(rest)] : []), ...section('scrape_configs', jobs), extra];
}

/** Items of a list, comments aside. */
const LIST_TEXT = /^(?:\s*(?:#.*)?\n)*- /;

const section = (name: string, list: unknown): string[] => (isTrue(list) ? [`${name}:\n${yaml(list)}`] : []);

function alerting(context: PrometheusContext): string {
  const { alertRelabelConfigs, server } = context.values;
  return [
    'alerting:',
    ...(isTrue(alertRelabelConfigs) ? [indented(yaml(alertRelabelConfigs), 2)] : []),
    '  alertmanagers:',
    isTrue(server.alertmanagers) ? indented(yaml(server.alertmanagers), 4) : indented(ownAlertmanager(context), 2),
  ].join('\n');
}

/** Finds the pods of this release's Alertmanager. Keys in the order that live ConfigMaps have them. */
function ownAlertmanager(context: PrometheusContext): string {
  const { podAnnotations, prefixURL } = context.values.alertmanager;
  if (podAnnotations === undefined || Array.isArray(podAnnotations)) {
    refuse(
      ['alertmanager', 'podAnnotations'],
      'must be a map: the server looks for prometheus.io/probe in it; leave the key out to have none',
    );
  }
  const bare = (value: unknown): string => yaml(plain(value));
  const keep = (label: string, regex: string): string => `- source_labels: [__meta_kubernetes_${label}]\n  regex: ${regex}\n  action: keep`;
  const probe = podAnnotations['prometheus.io/probe'];
  const relabeling = [
    keep('namespace', bare(context.release.namespace)),
    keep('pod_label_app', bare(nameOf(context))),
    keep('pod_label_component', 'alertmanager'),
    keep('pod_annotation_prometheus_io_probe', isTrue(probe) ? bare(probe) : '.*'),
    keep('pod_container_port_number', '"9093"'),
  ];
  return [
    '- kubernetes_sd_configs:',
    '    - role: pod',
    '  tls_config:',
    `    ca_file: ${ACCOUNT}/ca.crt`,
    `  bearer_token_file: ${ACCOUNT}/token`,
    ...(isTrue(prefixURL) ? [`  path_prefix: ${bare(prefixURL)}`] : []),
    '  relabel_configs:',
    indented(relabeling.join('\n'), 2),
  ].join('\n');
}

/** Rule groups as they are, or an older map of names to rules as groups. */
function alerts(content: unknown): string {
  if (!isTrue(content)) return yaml(content);
  if (!isMap(content)) refuse(['serverFiles', 'alerts'], 'must be a map: groups as in a rule file, or names of groups with their rules');
  if (isTrue(content.groups)) return yaml(content);
  return `groups:\n${yaml(filesOf(content).map(([name, rules]) => ({ name: `${name}.rules`, rules })))}`;
}
