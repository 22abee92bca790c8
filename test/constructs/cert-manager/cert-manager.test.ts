// cert-manager alone: least values, all values, names and accounts.
import { certManager } from '../../../constructs/cert-manager/chart';
import { everything } from './everything';
import { synth } from './synth';

const image = (suffix: string, result = synth(), kind = 'Deployment') =>
  result.find(kind, suffix).spec?.template?.spec.containers[0]?.image;

describe('the published defaults', () => {
  const result = synth();
  const { args, find, ids, lifecycle, objects, warnings } = result;

  it('make four programs with their accounts, Services and webhook configurations', () => {
    const plain = ids.filter((id) => !/Role/.test(id)).toSorted();
    expect(plain).toEqual([
      'Deployment estafette-ci-cert-manager',
      'Deployment estafette-ci-cert-manager-cainjector',
      'Deployment estafette-ci-cert-manager-webhook',
      'Job estafette-ci-cert-manager-startupapicheck',
      'MutatingWebhookConfiguration estafette-ci-cert-manager-webhook',
      'Service estafette-ci-cert-manager',
      'Service estafette-ci-cert-manager-webhook',
      'ServiceAccount estafette-ci-cert-manager',
      'ServiceAccount estafette-ci-cert-manager-cainjector',
      'ServiceAccount estafette-ci-cert-manager-startupapicheck',
      'ServiceAccount estafette-ci-cert-manager-webhook',
      'ValidatingWebhookConfiguration estafette-ci-cert-manager-webhook',
    ]);
    expect(warnings).toEqual([]);
  });

  it('run the images of the version that the chart was made for', () => {
    expect(image('cert-manager')).toBe(`quay.io/jetstack/cert-manager-controller:${certManager.chart.appVersion}`);
    expect(image('webhook')).toBe('quay.io/jetstack/cert-manager-webhook:v1.5.3');
    expect(image('cainjector')).toBe('quay.io/jetstack/cert-manager-cainjector:v1.5.3');
    expect(image('startupapicheck', result, 'Job')).toBe('quay.io/jetstack/cert-manager-ctl:v1.5.3');
  });

  it('elect leaders in kube-system and give the programs their arguments', () => {
    expect(args('cert-manager')).toEqual([
      '--v=2',
      '--cluster-resource-namespace=$(POD_NAMESPACE)',
      '--leader-election-namespace=kube-system',
    ]);
    expect(args('cainjector')).toEqual(['--v=2', '--leader-election-namespace=kube-system']);
    expect(args('webhook')).toEqual([
      '--v=2',
      '--secure-port=10250',
      '--dynamic-serving-ca-secret-namespace=$(POD_NAMESPACE)',
      '--dynamic-serving-ca-secret-name=estafette-ci-cert-manager-webhook-ca',
      '--dynamic-serving-dns-names=estafette-ci-cert-manager-webhook,estafette-ci-cert-manager-webhook.ci,estafette-ci-cert-manager-webhook.ci.svc',
    ]);
    expect(args('startupapicheck', 'Job')).toEqual(['check', 'api', '--wait=1m']);
    expect(find('Role', 'cert-manager:leaderelection').metadata.namespace).toBe('kube-system');
    expect(find('RoleBinding', 'cainjector:leaderelection').metadata.namespace).toBe('kube-system');
  });

  it('let Prometheus find the controller by annotations', () => {
    expect(find('Deployment', 'cert-manager')).toMatchObject({
      spec: {
        template: {
          metadata: { annotations: { 'prometheus.io/path': '/metrics', 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9402' } },
        },
      },
    });
  });

  it('put programs and webhook configurations before what uses them, and accounts and roles before all', () => {
    const stages = new Map(Object.entries(lifecycle).map(([id, { stage }]) => [id.split(' ')[0], stage]));
    expect(
      [...stages]
        .filter(([, stage]) => stage === 'foundations')
        .map(([kind]) => kind)
        .toSorted(),
    ).toEqual(['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding', 'ServiceAccount']);
    expect(
      [...stages]
        .filter(([, stage]) => stage === 'admission')
        .map(([kind]) => kind)
        .toSorted(),
    ).toEqual(['Deployment', 'Job', 'MutatingWebhookConfiguration', 'Service', 'ValidatingWebhookConfiguration']);
  });

  it("guard cert-manager's own resources, but not those of its own namespace", () => {
    const webhook = {
      name: 'webhook.cert-manager.io',
      failurePolicy: 'Fail',
      sideEffects: 'None',
      timeoutSeconds: 10,
      rules: [
        {
          apiGroups: ['cert-manager.io', 'acme.cert-manager.io'],
          apiVersions: ['v1'],
          operations: ['CREATE', 'UPDATE'],
          resources: ['*/*'],
        },
      ],
    };
    const metadata = { annotations: { 'cert-manager.io/inject-ca-from-secret': 'ci/estafette-ci-cert-manager-webhook-ca' } };
    const service = { name: 'estafette-ci-cert-manager-webhook', namespace: 'ci' };
    expect(find('MutatingWebhookConfiguration', '')).toMatchObject({
      metadata,
      webhooks: [{ ...webhook, clientConfig: { service: { ...service, path: '/mutate' } } }],
    });
    expect(find('ValidatingWebhookConfiguration', '')).toMatchObject({
      metadata,
      webhooks: [
        {
          ...webhook,
          clientConfig: { service: { ...service, path: '/validate' } },
          namespaceSelector: { matchExpressions: [{ key: 'cert-manager.io/disable-validation' }, { key: 'name', values: ['ci'] }] },
        },
      ],
    });
  });

  it('name Helm and the chart in all labels', () => {
    for (const { metadata } of objects)
      expect(metadata.labels).toMatchObject({
        'app.kubernetes.io/managed-by': 'Helm',
        'helm.sh/chart': 'cert-manager-v1.5.3',
        'app.kubernetes.io/version': 'v1.5.3',
      });
  });
});

describe('every value', () => {
  const result = synth(everything);
  const { args, find, lifecycle, objects } = result;

  it('names the objects', () => {
    expect(new Set(objects.map(({ metadata }) => metadata.name.startsWith('ci-certs')))).toEqual(new Set([true, false]));
    expect(
      objects
        .filter(({ metadata }) => !metadata.name.startsWith('ci-certs'))
        .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
        .toSorted(),
    ).toEqual(['ServiceAccount cainjector', 'ServiceAccount check', 'ServiceAccount controller', 'ServiceAccount webhook']);
    expect(find('Deployment', 'ci-certs').metadata.labels).toEqual({
      app: 'certs',
      'app.kubernetes.io/name': 'certs',
      'app.kubernetes.io/instance': 'estafette-ci',
      'app.kubernetes.io/component': 'controller',
      'app.kubernetes.io/version': 'v1.5.3',
    });
  });

  it("reaches the arguments of the controller, in the chart's order", () => {
    expect(args('ci-certs')).toEqual([
      '--v=6',
      '--cluster-resource-namespace=dns',
      '--leader-election-namespace=leaders',
      '--leader-election-lease-duration=60s',
      '--leader-election-renew-deadline=40s',
      '--leader-election-retry-period=15s',
      '--extra',
      '--default-issuer-name=letsencrypt',
      '--default-issuer-kind=ClusterIssuer',
      '--default-issuer-group=cert-manager.io',
      '--feature-gates=A=true',
    ]);
    expect(args('cainjector')).toEqual([
      '--v=6',
      '--leader-election-namespace=leaders',
      '--leader-election-lease-duration=60s',
      '--leader-election-renew-deadline=40s',
      '--leader-election-retry-period=15s',
      '--extra',
    ]);
    expect(args('webhook')?.slice(-2)).toEqual([expect.stringMatching(/\.ci\.svc,webhook\.example\.com$/), '--extra']);
    expect(args('startupapicheck', 'Job')).toEqual(['check', 'api', '--wait=5m', '--extra']);
  });

  it('reaches the controller', () => {
    expect(find('Deployment', 'ci-certs')).toMatchObject({
      metadata: { annotations: { owner: 'ci' } },
      spec: {
        replicas: 2,
        strategy: { type: 'Recreate' },
        template: {
          metadata: { labels: { team: '7' }, annotations: { note: '1' } },
          spec: {
            serviceAccountName: 'controller',
            priorityClassName: 'high',
            securityContext: { fsGroup: 5, runAsUser: 6 },
            dnsPolicy: 'None',
            dnsConfig: { nameservers: ['192.0.2.53'] },
            volumes: [{ name: 'v', emptyDir: {} }],
            nodeSelector: { disk: 'ssd' },
            affinity: { podAffinity: {} },
            tolerations: [{ operator: 'Exists' }],
            containers: [
              {
                name: 'cert-manager',
                image: 'r.example.com/controller@sha256:abc',
                imagePullPolicy: 'Always',
                securityContext: { readOnlyRootFilesystem: true },
                env: [
                  { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
                  { name: 'KEY', value: 'x' },
                  { name: 'HTTP_PROXY', value: 'http://proxy:8080' },
                  { name: 'HTTPS_PROXY', value: 'http://proxy:8443' },
                  { name: 'NO_PROXY', value: '127.0.0.1' },
                ],
                volumeMounts: [{ name: 'v', mountPath: '/v' }],
                resources: { limits: { cpu: '1' } },
              },
            ],
          },
        },
      },
    });
  });

  it('reaches the Service of the metrics and the ServiceMonitor, which takes the place of the annotations', () => {
    expect(find('Service', 'ci-certs')).toMatchObject({
      metadata: { labels: { scrape: 'yes' } },
      spec: { ports: [{ port: 9402, targetPort: 'metrics' }] },
    });
    expect(find('ServiceMonitor', 'ci-certs')).toMatchObject({
      metadata: { namespace: 'monitoring', labels: { prometheus: 'main', scrape: 'yes' } },
      spec: {
        jobLabel: 'ci-certs',
        namespaceSelector: { matchNames: ['ci'] },
        endpoints: [{ targetPort: 'metrics', path: '/m', interval: '2m', scrapeTimeout: '3s' }],
      },
    });
    expect(JSON.stringify(find('Deployment', 'ci-certs'))).not.toContain('prometheus.io');
  });

  it('reaches the webhook', () => {
    const probe = (path: string, start: number) => ({
      httpGet: { path, port: 6080, scheme: 'HTTP' },
      failureThreshold: start,
      initialDelaySeconds: start + 1,
      periodSeconds: start + 2,
      successThreshold: start + 3,
      timeoutSeconds: start + 4,
    });
    expect(find('Deployment', 'webhook')).toMatchObject({
      spec: {
        replicas: 2,
        template: {
          spec: {
            hostNetwork: true,
            securityContext: { runAsUser: 7, runAsNonRoot: true },
            containers: [
              {
                image: 'webhook:v8',
                ports: [{ containerPort: 10260 }],
                livenessProbe: probe('/livez', 10),
                readinessProbe: probe('/healthz', 20),
              },
            ],
          },
        },
      },
    });
    expect(find('Service', 'webhook')).toMatchObject({
      metadata: { labels: { exposed: 'no' } },
      spec: { type: 'LoadBalancer', loadBalancerIP: '192.0.2.1', ports: [{ port: 443, targetPort: 10260 }] },
    });
    expect(find('MutatingWebhookConfiguration', '')).toMatchObject({
      metadata: { annotations: { kind: 'mutating' } },
      webhooks: [{ timeoutSeconds: 9, clientConfig: { url: 'https://webhook.example.com/mutate' } }],
    });
    expect(find('ValidatingWebhookConfiguration', '')).toMatchObject({
      metadata: { annotations: { kind: 'validating' } },
      webhooks: [{ clientConfig: { url: 'https://webhook.example.com/validate' } }],
    });
  });

  it('reaches the CA injector and the startup check', () => {
    expect(find('Deployment', 'cainjector')).toMatchObject({
      spec: { replicas: 2, template: { spec: { securityContext: { runAsUser: 8 }, containers: [{ image: 'cainjector:v7' }] } } },
    });
    expect(find('Job', 'startupapicheck')).toMatchObject({
      metadata: { annotations: { note: 'check' } },
      spec: {
        backoffLimit: 2,
        template: {
          spec: {
            restartPolicy: 'OnFailure',
            serviceAccountName: 'check',
            securityContext: { runAsUser: 9 },
            containers: [{ image: 'ctl:v6' }],
          },
        },
      },
    });
  });

  it('gives accounts their pull secrets, annotations and tokens', () => {
    for (const name of ['controller', 'webhook', 'cainjector', 'check']) {
      expect(find('ServiceAccount', name)).toMatchObject({
        metadata: { annotations: { owner: name } },
        automountServiceAccountToken: false,
        imagePullSecrets: [{ name: 'pull' }],
      });
    }
  });

  it('says when Helm runs the check, and prints no annotation of it', () => {
    expect(lifecycle['Job ci-certs-startupapicheck']).toMatchObject({
      hook: { events: ['post-install', 'post-upgrade'], weight: 1, deletePolicy: ['hook-succeeded'] },
    });
    expect(lifecycle['Role ci-certs-startupapicheck:create-cert']).toEqual({ stage: 'foundations' });
    expect(JSON.stringify(objects)).not.toContain('helm.sh/hook');
  });
});
