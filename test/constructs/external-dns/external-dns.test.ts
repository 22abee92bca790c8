// external-dns alone: least values, all values, what is refused and what is warned of.
import { ValuesError } from '../../../helm/check';
import { externalDns } from '../../../constructs/external-dns/chart';
import type { ExternalDnsValues } from '../../../constructs/external-dns/values';
import { synth } from './synth';

const everything: Required<ExternalDnsValues> = {
  image: { repository: 'r.example.com/dns', tag: 'v9', pullPolicy: 'Always' },
  imagePullSecrets: [{ name: 'pull' }],
  nameOverride: 'dns',
  fullnameOverride: 'ci-dns',
  serviceAccount: { create: true, annotations: { role: 'arn' }, name: 'resolver' },
  rbac: { create: true },
  podLabels: { team: 7 },
  podAnnotations: { note: true },
  podSecurityContext: { fsGroup: 1 },
  securityContext: { runAsUser: 2 },
  priorityClassName: 'high',
  terminationGracePeriodSeconds: '30',
  serviceMonitor: { enabled: true, additionalLabels: { scrape: 'yes' }, interval: '2m', scrapeTimeout: '3s' },
  env: [{ name: 'KEY', value: 'x' }],
  livenessProbe: { tcpSocket: { port: 1 }, httpGet: undefined },
  readinessProbe: null,
  service: { port: 80 },
  extraVolumes: [{ name: 'v', emptyDir: {} }],
  extraVolumeMounts: [{ name: 'v', mountPath: '/v' }],
  resources: { limits: { cpu: '1' } },
  nodeSelector: { disk: 'ssd' },
  tolerations: [{ operator: 'Exists' }],
  affinity: { podAffinity: {} },
  logLevel: 'debug',
  logFormat: 'json',
  interval: '5m',
  triggerLoopOnEvent: true,
  sources: ['crd'],
  policy: 'sync',
  registry: 'txt',
  txtOwnerId: 'me',
  txtPrefix: 'pre',
  domainFilters: ['a.com', 'b.com'],
  provider: 'google',
  extraArgs: ['--google-project=p'],
};

describe('the published defaults', () => {
  const { args, find, kinds, stages, warnings } = synth();

  it('make an account, a cluster role with its binding, a Service and a Deployment', () => {
    expect(kinds).toEqual(['ClusterRole', 'ClusterRoleBinding', 'Deployment', 'Service', 'ServiceAccount']);
    expect(warnings).toEqual([]);
  });

  it('name the objects after the release and the chart', () => {
    expect(find('Deployment')?.metadata).toMatchObject({ name: 'estafette-ci-external-dns', namespace: 'ci' });
    expect(find('ClusterRoleBinding')?.metadata).toEqual(expect.objectContaining({ name: 'estafette-ci-external-dns-viewer' }));
    expect(find('ClusterRoleBinding')?.metadata.namespace).toBeUndefined();
  });

  it('run the image of the version that the chart was made for, as nobody', () => {
    expect(find('Deployment')).toMatchObject({
      spec: {
        replicas: 1,
        template: {
          spec: {
            securityContext: { fsGroup: 65534 },
            containers: [
              {
                image: `k8s.gcr.io/external-dns/external-dns:v${externalDns.chart.appVersion}`,
                securityContext: { runAsNonRoot: true, readOnlyRootFilesystem: true },
              },
            ],
          },
        },
      },
    });
  });

  it('watch Services and Ingresses, and never delete a record', () => {
    expect(args).toEqual([
      '--log-level=info',
      '--log-format=text',
      '--interval=1m',
      '--source=service',
      '--source=ingress',
      '--policy=upsert-only',
      '--provider=aws',
    ]);
  });

  it('come before everything that needs a name, apart from what everything stands on', () => {
    expect(stages).toEqual({
      ServiceAccount: 'foundations',
      ClusterRole: 'foundations',
      ClusterRoleBinding: 'foundations',
      Service: 'admission',
      Deployment: 'admission',
    });
  });
});

describe('every value', () => {
  const { args, find, kinds } = synth(everything);

  it('adds a ServiceMonitor', () => {
    expect(kinds).toContain('ServiceMonitor');
    expect(find('ServiceMonitor')).toMatchObject({
      metadata: { name: 'ci-dns', labels: { scrape: 'yes' } },
      spec: {
        jobLabel: 'estafette-ci',
        namespaceSelector: { matchNames: ['ci'] },
        endpoints: [{ port: 'http', path: '/metrics', interval: '2m', scrapeTimeout: '3s' }],
      },
    });
  });

  it("reaches the arguments, in the chart's order", () => {
    expect(args).toEqual([
      '--log-level=debug',
      '--log-format=json',
      '--interval=5m',
      '--events',
      '--source=crd',
      '--policy=sync',
      '--txt-owner-id=me',
      '--txt-prefix=pre',
      '--domain-filter=a.com',
      '--domain-filter=b.com',
      '--provider=google',
      '--google-project=p',
    ]);
  });

  it('reaches the pod; labels and annotations are text', () => {
    expect(find('Deployment')).toMatchObject({
      metadata: { name: 'ci-dns', labels: { 'app.kubernetes.io/name': 'dns', 'app.kubernetes.io/version': '0.9.0' } },
      spec: {
        template: {
          metadata: { labels: { 'app.kubernetes.io/name': 'dns', team: '7' }, annotations: { note: 'true' } },
          spec: {
            serviceAccountName: 'resolver',
            imagePullSecrets: [{ name: 'pull' }],
            priorityClassName: 'high',
            terminationGracePeriodSeconds: 30,
            securityContext: { fsGroup: 1 },
            volumes: [{ name: 'v', emptyDir: {} }],
            nodeSelector: { disk: 'ssd' },
            tolerations: [{ operator: 'Exists' }],
            affinity: { podAffinity: {} },
            containers: [
              {
                image: 'r.example.com/dns:v9',
                imagePullPolicy: 'Always',
                env: [{ name: 'KEY', value: 'x' }],
                livenessProbe: { tcpSocket: { port: 1 } },
                volumeMounts: [{ name: 'v', mountPath: '/v' }],
                resources: { limits: { cpu: '1' } },
              },
            ],
          },
        },
      },
    });
    expect(JSON.stringify(find('Deployment'))).not.toContain('readinessProbe');
  });

  it('reaches account and Service', () => {
    expect(find('ServiceAccount')).toMatchObject({ metadata: { name: 'resolver', annotations: { role: 'arn' } } });
    expect(find('Service')).toMatchObject({ spec: { type: 'ClusterIP', ports: [{ name: 'http', port: 80, targetPort: 'http' }] } });
  });
});

describe('names and accounts', () => {
  it('use the default account when none is made', () => {
    const { find, kinds } = synth({ serviceAccount: { create: false } });
    expect(kinds).not.toContain('ServiceAccount');
    expect(find('Deployment')).toMatchObject({ spec: { template: { spec: { serviceAccountName: 'default' } } } });
    expect(find('ClusterRoleBinding')).toMatchObject({ subjects: [{ name: 'default', namespace: 'ci' }] });
  });

  it('make no roles when told so', () => {
    expect(synth({ rbac: { create: false } }).kinds).toEqual(['Deployment', 'Service', 'ServiceAccount']);
  });

  it('do not repeat the release that is named after the chart', () => {
    expect(synth({}, 'external-dns').find('Service')?.metadata.name).toBe('external-dns');
  });

  it('take null and empty lists for nothing', () => {
    const { args, find } = synth({ sources: null, env: {} as never, imagePullSecrets: null, extraArgs: [''], image: { tag: 1.5 } });
    expect(args).not.toContainEqual(expect.stringContaining('--source'));
    expect(args).toHaveLength(5);
    expect(find('Deployment')).toMatchObject({
      spec: { template: { spec: { containers: [{ image: 'k8s.gcr.io/external-dns/external-dns:1.5' }] } } },
    });
  });
});

describe('what is refused', () => {
  it.each<[string, ExternalDnsValues, string, RegExp]>([
    ['a number for a name', { nameOverride: 5 }, 'nameOverride', /must be text, not the number 5: put it in quotes/],
    ['a flag for a name', { fullnameOverride: true }, 'fullnameOverride', /must be text, not the flag true/],
    ['no image', { image: { repository: null } }, 'image.repository', /must not be null: leave the key out/],
    ['a number for the registry', { registry: 5 }, 'registry', /must be text, not the number 5/],
    ['no group', { serviceMonitor: null }, 'serviceMonitor', /must not be null/],
    ['a key that is not there', { domainFilter: ['a'] } as ExternalDnsValues, 'domainFilter', /domainFilters/],
  ])('%s', (_what, values, path, message) => {
    expect(() => synth(values)).toThrow(ValuesError);
    expect(() => synth(values)).toThrow(new RegExp(`^${path}: .*${message.source}`));
  });

  it('is told all at once', () => {
    expect(() => synth({ nameOverride: 5, registry: 6 })).toThrow(/nameOverride.*\nregistry/s);
  });
});

describe('another registry than txt', () => {
  const { args, warnings } = synth({ registry: 'noop', txtOwnerId: 'me', txtPrefix: 'pre' });

  it('only takes the arguments of txt away, as in the published chart', () => {
    expect(args).not.toContainEqual(expect.stringMatching(/txt|registry/));
  });

  it('is warned of, with the way out', () => {
    expect(warnings).toEqual([expect.stringMatching(/^registry: .*extraArgs.*--registry=noop/)]);
  });
});
