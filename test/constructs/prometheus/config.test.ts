// The files of the server's and of Alertmanager's ConfigMaps.
import { fileOf, SERVER_ONLY, synth } from './synth';
import type { PrometheusValues } from '../../../constructs/prometheus/values';

const configMap = (values: PrometheusValues) => synth({ ...SERVER_ONLY, ...values }).find('ConfigMap', 'estafette-ci-metrics-server');
const prometheusYml = (values: PrometheusValues) => fileOf(configMap(values), 'prometheus.yml') as Record<string, unknown>;

describe('prometheus.yml', () => {
  it('holds the global section, the rule files and ten scrape jobs by default', () => {
    const { global, rule_files: ruleFiles, scrape_configs: jobs, ...rest } = prometheusYml({});
    expect(global).toEqual({ scrape_interval: '1m', scrape_timeout: '10s', evaluation_interval: '1m' });
    expect(ruleFiles).toEqual([
      '/etc/config/recording_rules.yml',
      '/etc/config/alerting_rules.yml',
      '/etc/config/rules',
      '/etc/config/alerts',
    ]);
    expect((jobs as { job_name: string }[]).map(({ job_name: name }) => name)).toEqual([
      'prometheus',
      'kubernetes-apiservers',
      'kubernetes-nodes',
      'kubernetes-nodes-cadvisor',
      'kubernetes-service-endpoints',
      'kubernetes-service-endpoints-slow',
      'prometheus-pushgateway',
      'kubernetes-services',
      'kubernetes-pods',
      'kubernetes-pods-slow',
    ]);
    expect(rest).toEqual({});
  });

  it('finds ports of pods by annotation', () => {
    const jobs = prometheusYml({}).scrape_configs as { job_name: string; relabel_configs: unknown[] }[];
    expect(jobs.find(({ job_name: name }) => name === 'kubernetes-pods')?.relabel_configs).toContainEqual({
      source_labels: ['__address__', '__meta_kubernetes_pod_annotation_prometheus_io_port'],
      action: 'replace',
      target_label: '__address__',
      regex: '([^:]+)(?::\\d+)?;(\\d+)',
      replacement: '$1:$2',
    });
  });

  it('takes remote reading and writing', () => {
    expect(prometheusYml({ server: { remoteWrite: [{ url: 'http://w' }], remoteRead: [{ url: 'http://r' }] } })).toMatchObject({
      remote_write: [{ url: 'http://w' }],
      remote_read: [{ url: 'http://r' }],
    });
  });

  const files: PrometheusValues = { serverFiles: { 'prometheus.yml': { scrape_configs: [{ job_name: 'own' }], rule_files: null } } };

  it('goes on with extraScrapeConfigs, templates evaluated', () => {
    const { scrape_configs: jobs } = prometheusYml({
      ...files,
      extraScrapeConfigs: '# of {{ .Release.Name }}\n- job_name: {{ include "prometheus.fullname" . }}\n',
    });
    expect(jobs).toEqual([{ job_name: 'own' }, { job_name: 'estafette-ci-metrics' }]);
  });

  it('keeps scrape_configs last for them, whatever else is configured', () => {
    const storage = { exemplars: { max_exemplars: 5 } };
    expect(
      prometheusYml({
        serverFiles: { 'prometheus.yml': { ...(files.serverFiles?.['prometheus.yml'] as object), storage } },
        extraScrapeConfigs: '- job_name: more',
      }),
    ).toMatchObject({ storage, scrape_configs: [{ job_name: 'own' }, { job_name: 'more' }] });
  });

  it('takes other sections from the same text', () => {
    expect(prometheusYml({ ...files, extraScrapeConfigs: 'tracing:\n  endpoint: a:4317' })).toMatchObject({
      scrape_configs: [{ job_name: 'own' }],
      tracing: { endpoint: 'a:4317' },
    });
  });

  it("sends alerts to this release's Alertmanager", () => {
    const { alerting } = prometheusYml({
      alertmanager: { enabled: true, prefixURL: '/am', podAnnotations: { 'prometheus.io/probe': 'team-a' } },
      alertRelabelConfigs: { alert_relabel_configs: [{ action: 'labeldrop', regex: 'replica' }] },
    });
    const keep = (label: string, regex: string) => ({ source_labels: [`__meta_kubernetes_${label}`], regex, action: 'keep' });
    expect(alerting).toMatchObject({
      alert_relabel_configs: [{ action: 'labeldrop', regex: 'replica' }],
      alertmanagers: [
        {
          kubernetes_sd_configs: [{ role: 'pod' }],
          path_prefix: '/am',
          relabel_configs: [
            keep('namespace', 'estafette-ci'),
            keep('pod_label_app', 'metrics'),
            keep('pod_label_component', 'alertmanager'),
            keep('pod_annotation_prometheus_io_probe', 'team-a'),
            keep('pod_container_port_number', '9093'),
          ],
        },
      ],
    });
  });

  it('sends alerts to others, where some are named', () => {
    const alertmanagers = [{ static_configs: [{ targets: ['am:9093'] }] }];
    expect(prometheusYml({ server: { alertmanagers } }).alerting).toEqual({ alertmanagers });
  });
});

describe('rule files', () => {
  const rules = [{ alert: 'Down', expr: 'up == 0', annotations: { summary: '{{ $labels.instance }} is "down": # now' } }];

  it('are printed as given, without a look at templates', () => {
    expect(
      fileOf(
        configMap({ serverFiles: { 'alerting_rules.yml': { groups: [{ name: 'a', rules }] }, 'mine.rules': { groups: [] } } }),
        'alerting_rules.yml',
      ),
    ).toEqual({ groups: [{ name: 'a', rules }] });
  });

  it('become groups from the older map of names to rules', () => {
    expect(fileOf(configMap({ serverFiles: { alerts: { node: rules } } }), 'alerts')).toEqual({ groups: [{ name: 'node.rules', rules }] });
    expect(fileOf(configMap({ serverFiles: { alerts: { groups: [{ name: 'a', rules }] } } }), 'alerts')).toEqual({
      groups: [{ name: 'a', rules }],
    });
  });

  it('are left out when null', () => {
    expect(Object.keys(configMap({ serverFiles: { alerts: null, rules: null } }).data ?? {})).toEqual([
      'alerting_rules.yml',
      'prometheus.yml',
      'recording_rules.yml',
    ]);
  });

  it('warn when given as text', () => {
    const { find, warnings } = synth({ ...SERVER_ONLY, serverFiles: { 'mine.yml': 'groups: []' } });
    expect(find('ConfigMap').data).toMatchObject({ 'mine.yml': "'groups: []'\n" });
    expect(warnings).toEqual([expect.stringMatching(/^serverFiles\.mine\\\.yml: is text: .*give its content as a map/)]);
  });
});

describe('a ConfigMap that exists already', () => {
  it('is mounted, and none is made', () => {
    const { find, ids } = synth({ ...SERVER_ONLY, server: { configMapOverrideName: 'mine' } });
    expect(ids.filter((id) => id.startsWith('ConfigMap'))).toEqual([]);
    expect(find('Deployment').spec).toMatchObject({
      template: { spec: { volumes: [{ name: 'config-volume', configMap: { name: 'estafette-ci-mine' } }, {}] } },
    });
  });
});

describe("Alertmanager's files", () => {
  const alertmanagerFiles = {
    'alertmanager.yml': { templates: ['/etc/config/*.tmpl'] },
    'mail.tmpl': '{{ define "mail" }}hello{{ end }}\n',
  };
  const { data } = synth({ ...SERVER_ONLY, alertmanager: { enabled: true }, alertmanagerFiles }).find(
    'ConfigMap',
    'estafette-ci-metrics-alertmanager',
  ) as { readonly data?: Record<string, string> };

  it('are YAML or text by their names', () => {
    expect(data).toEqual({
      'alertmanager.yml': expect.stringContaining('templates:\n- /etc/config/*.tmpl\n'),
      'mail.tmpl': '{{ define "mail" }}hello{{ end }}\n',
    });
  });

  it('are merged over the default route and receiver', () => {
    expect(data?.['alertmanager.yml']).toContain('receivers:\n- name: default-receiver\n');
  });
});
