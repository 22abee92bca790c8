// What is refused, each with its path and the mend; names; and what works with a warning.
import type { PrometheusValues } from '../../../constructs/prometheus/values';
import { issuesOf, NOTHING, SERVER_ONLY, synth } from './synth';

const WITHOUT = /must not be null: the chart reads the values below it; leave the key out to keep the defaults/;

describe('values that the chart refuses', () => {
  it.each<[string, PrometheusValues, string, RegExp]>([
    ['a number for a name', { nameOverride: 5 }, 'nameOverride', /must be text, not the number 5: put it in quotes/],
    ['a number for a whole name', { server: { fullnameOverride: 5 } }, 'server.fullnameOverride', /put it in quotes/],
    ['a number for a namespace', { forceNamespace: 7 }, 'forceNamespace', /put it in quotes/],
    [
      'a number for a storage class',
      { server: { persistentVolume: { storageClass: 7 } } },
      'server.persistentVolume.storageClass',
      /put it in quotes/,
    ],
    ['scrape configurations that are not text', { extraScrapeConfigs: 5 }, 'extraScrapeConfigs', /must be text/],
    ['a template that fails', { extraScrapeConfigs: '{{ nothing }}' }, 'extraScrapeConfigs', /nothing/],
    ['no type of a Service', { server: { service: { type: null } } }, 'server.service.type', /must be text such as ClusterIP/],
    [
      'a number as a host',
      { server: { ingress: { enabled: true, hosts: [5 as never] } } },
      'server.ingress.hosts.0',
      /must be text, not 5: name a host/,
    ],
    ['alerts that are text', { serverFiles: { alerts: 'up' } }, 'serverFiles.alerts', /must be a map: groups as in a rule file/],
    [
      'a list of sidecars',
      { server: { sidecarContainers: [{ image: 'x' }] } },
      'server.sidecarContainers',
      /must be a map of containers by name/,
    ],
    [
      'a sidecar that is a list',
      { server: { sidecarContainers: { a: [] } } },
      'server.sidecarContainers.a',
      /must be a container without its name/,
    ],
    [
      'a sidecar that is not YAML',
      { server: { sidecarContainers: { a: 'image: [' } } },
      'server.sidecarContainers.a',
      /is not valid YAML after its templates/,
    ],
    [
      'a sidecar of two documents',
      { server: { sidecarContainers: { a: 'image: x\n---\nimage: y\n' } } },
      'server.sidecarContainers.a',
      /:2:1: a part of a document cannot begin or end one/,
    ],
    [
      'a sidecar whose template fails',
      { server: { sidecarContainers: { a: '{{ include "mine" . }}' } } },
      'server.sidecarContainers.a',
      /mine/,
    ],
    [
      'a list of annotations',
      { serviceAccounts: { server: { annotations: [] as never } } },
      'serviceAccounts.server.annotations',
      /must be a map, not a list/,
    ],
    [
      'no annotations to look for a probe in',
      { alertmanager: { podAnnotations: null } },
      'alertmanager.podAnnotations',
      /must be a map: the server looks for prometheus\.io\/probe/,
    ],
    [
      'no arguments of Pushgateway',
      { pushgateway: { extraArgs: null } },
      'pushgateway.extraArgs',
      /must be a map: web\.route-prefix is looked for/,
    ],
    [
      'a map in a file that is not YAML',
      { alertmanagerFiles: { 'a.tmpl': {} } },
      'alertmanagerFiles.a.tmpl',
      /must be text: only files ending in \.yml/,
    ],
    [
      'a mount that is null',
      { server: { extraSecretMounts: [null as never] } },
      'server.extraSecretMounts.0',
      /must not be null: take the item away/,
    ],
    ['an unknown key', { server: { replicas: 2 } as PrometheusValues['server'] }, 'server.replicas', /unknown key "replicas"/],
    [
      'an unknown key of a mount',
      { server: { extraSecretMounts: [{ name: 'a', path: '/x' } as never] } },
      'server.extraSecretMounts.0.path',
      /unknown key "path"/,
    ],
  ])('%s', (_what, values, path, message) => {
    expect(issuesOf(() => synth(values))).toEqual({ [path]: expect.stringMatching(message) });
  });

  it.each<[string, PrometheusValues]>([
    ['rbac', { rbac: null }],
    ['podSecurityPolicy', { podSecurityPolicy: null }],
    ['networkPolicy', { networkPolicy: null }],
    ['serviceAccounts', { serviceAccounts: null }],
    ['serviceAccounts.nodeExporter', { serviceAccounts: { nodeExporter: null } }],
    ['configmapReload.prometheus.image', { configmapReload: { prometheus: { image: null } } }],
    ['server.emptyDir', { server: { persistentVolume: { enabled: false }, emptyDir: null } }],
    ['server.service.gRPC', { server: { service: { gRPC: null } } }],
    ['server.statefulSet.headless', { server: { statefulSet: { enabled: true, headless: null } } }],
    ['server.service.statefulsetReplica', { server: { statefulSet: { enabled: true }, service: { statefulsetReplica: null } } }],
    ['server.persistentVolume', { server: { enabled: false, persistentVolume: null }, alertmanager: { statefulSet: { enabled: true } } }],
    ['pushgateway.verticalAutoscaler', { pushgateway: { verticalAutoscaler: null } }],
    ['nodeExporter.pod', { nodeExporter: { pod: null } }],
    ['server.podDisruptionBudget', { server: { podDisruptionBudget: null } }],
  ])('%s set to null while it is read', (path, values) => {
    expect(issuesOf(() => synth(values))).toEqual({
      [path]: expect.stringMatching(path === 'server.podDisruptionBudget' ? /must not be null/ : WITHOUT),
    });
  });

  it('all at once', () => {
    expect(
      Object.keys(
        issuesOf(() =>
          synth({ server: { image: null, ingress: null }, nodeExporter: { service: null }, 'kube-state-metrics': { rbac: null } }),
        ),
      ).toSorted(),
    ).toEqual(['kube-state-metrics.rbac', 'nodeExporter.service', 'server.image', 'server.ingress']);
  });
});

it('groups that nothing reads may be null', () => {
  expect(
    synth({
      ...NOTHING,
      rbac: null,
      podSecurityPolicy: null,
      networkPolicy: null,
      serviceAccounts: null,
      configmapReload: null,
      alertmanagerFiles: null,
      serverFiles: null,
      server: { enabled: false, image: null, service: null },
      nodeExporter: { enabled: false, pod: null, podDisruptionBudget: null },
    }).objects,
  ).toEqual([]);
});

describe('names', () => {
  it.each<[string, PrometheusValues, string, string]>([
    ['hold the alias', {}, 'ci', 'ci-metrics-server'],
    ['hold the alias once', {}, 'my-metrics', 'my-metrics-server'],
    ['hold the override instead of the alias', { nameOverride: 'prom' }, 'ci', 'ci-prom-server'],
    ['are the whole override', { server: { fullnameOverride: 'mine' } }, 'ci', 'mine'],
    ['are cut', { server: { name: 'x'.repeat(70) } }, 'ci', `ci-metrics-${'x'.repeat(52)}`],
    ['end in no dash', { server: { name: '' } }, 'ci', 'ci-metrics'],
  ])('%s', (_what, values, name, expected) => {
    expect(synth({ ...SERVER_ONLY, ...values }, { name }).find('Deployment').metadata.name).toBe(expected);
  });

  it('of accounts are given, or default where none is made', () => {
    const account = (server: object) =>
      (
        synth({ ...SERVER_ONLY, serviceAccounts: { server } }).find('Deployment').spec as {
          template: { spec: { serviceAccountName: string } };
        }
      ).template.spec.serviceAccountName;
    expect([account({ name: 'mine' }), account({ create: false }), account({ create: false, name: 'theirs' })]).toEqual([
      'mine',
      'default',
      'theirs',
    ]);
  });
});

describe('values that work with a warning', () => {
  it.each<[string, PrometheusValues]>([
    ['podSecurityPolicy.enabled', { podSecurityPolicy: { enabled: true } }],
    ['schedulerName', { schedulerName: 'stork' }],
    ['server.name', { server: { name: null } }],
    ['server.persistentVolume.volumeBindingMode', { server: { persistentVolume: { volumeBindingMode: 'Immediate' } } }],
    ['server.ingress.hosts', { server: { ingress: { enabled: true } } }],
    [
      'server.service.sessionAffinity',
      { server: { statefulSet: { enabled: true }, service: { sessionAffinity: 'ClientIP', statefulsetReplica: { enabled: true } } } },
    ],
  ])('%s', (path, values) => {
    const warnings = synth({ ...SERVER_ONLY, ...values }).warnings.filter((warning) => !warning.includes('refused by a server'));
    expect(warnings).toEqual([expect.stringMatching(new RegExp(`^${path.replaceAll('.', '\\.')}: `))]);
  });

  it('print nothing that Kubernetes refuses', () => {
    const { find } = synth({
      ...SERVER_ONLY,
      pushgateway: {},
      schedulerName: 'stork',
      server: { persistentVolume: { volumeBindingMode: 'Immediate' } },
    });
    expect(find('PersistentVolumeClaim').spec).not.toHaveProperty('volumeBindingModeName');
    expect((find('Deployment', 'estafette-ci-metrics-pushgateway').spec as { selector: object }).selector).not.toHaveProperty(
      'schedulerName',
    );
    expect(JSON.stringify(synth({ ...NOTHING, pushgateway: { schedulerName: 'stork' } }).objects)).not.toContain('stork');
  });
});
