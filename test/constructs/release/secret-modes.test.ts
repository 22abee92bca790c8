// What the modes of secrets print in the place of Secrets, and how pods follow.
import { renderRelease } from '../../../cli/render';
import type { ChartName } from '../../../constructs/charts';
import { ValuesError } from '../../../helm/check';
import type { KubeObject } from '../../../kubernetes/object';
import { podSpecOf } from '../../../kubernetes/pods';

type Plain = Record<string, unknown>;
type Anything = KubeObject & { readonly spec?: unknown; readonly data?: Plain };

const STORE = { secrets: { mode: 'externalSecrets', externalSecrets: { store: { name: 'vault' } } } };
const OMIT = { secrets: { mode: 'omit' } };

function released(values: readonly Plain[], chart: ChartName = 'estafette-ci', target: 'kubectl' | 'argocd' = 'kubectl') {
  const rendered = renderRelease({ release: 'ci', chart, namespace: 'builds', values, target });
  const objects = rendered.plan.map(({ object }) => object as Anything);
  const find = (kind: string, name: string): Anything | undefined =>
    objects.find(({ kind: own, metadata }) => own === kind && metadata.name === name);
  return { ...rendered, objects, find };
}

const issuesOf = (values: Plain, chart: ChartName = 'estafette-ci'): string => {
  try {
    released([values], chart);
  } catch (error) {
    if (error instanceof ValuesError) return error.message;
    throw error;
  }
  return '';
};

describe('secrets.mode', () => {
  it('inline prints as without it', () => {
    expect(released([{ secrets: { mode: 'inline' } }]).manifests).toBe(released([]).manifests);
  });

  it('is one of three words', () => {
    expect(issuesOf({ secrets: { mode: 'none' } })).toBe('secrets.mode: must be one of inline, omit, externalSecrets, not the text "none"');
  });

  it.each(['estafette-ci', 'devstats', 'buildshuttle'] as const)('of %s needs no secret in the values, and makes no key', (chart) => {
    const { objects, needed, warnings } = released([OMIT], chart);
    expect(needed.length).toBeGreaterThan(0);
    expect(objects.filter(({ kind, data, metadata }) => kind === 'Secret' && data && metadata.name)).toEqual([]);
    expect(objects.filter(({ metadata }) => metadata.name.includes('-keys'))).toEqual([]);
    expect(warnings.filter((warning) => warning.includes('Job makes'))).toEqual([]);
  });
});

describe('omit', () => {
  it('tells which Secrets and keys must exist, in order', () => {
    const values = { 'hanging-job-cleaner': { enabled: true }, global: { imageCredentials: { username: 'joe' } } };
    expect(released([OMIT, values]).needed).toEqual([
      { namespace: 'builds-jobs', name: 'ci.registry', type: 'kubernetes.io/dockerconfigjson', keys: ['.dockerconfigjson'] },
      { namespace: 'builds', name: 'ci-api', type: 'Opaque', keys: ['secretDecryptionKey', 'jwtKey'] },
      { namespace: 'builds', name: 'ci-hanging-job-cleaner', type: 'Opaque', keys: ['clientSecret'] },
      { namespace: 'builds', name: 'ci.registry', type: 'kubernetes.io/dockerconfigjson', keys: ['.dockerconfigjson'] },
    ]);
  });

  it('tells nothing of a Secret that a value names', () => {
    const values = { api: { secret: { existingSecret: 'own' } }, global: { imageCredentials: { existingSecret: 'pull' } } };
    expect(released([OMIT, values]).needed).toEqual([]);
    const own = { existingSecret: { pg: 'pg', oauth: 'oauth', grafana: 'grafana' } };
    expect(released([OMIT, own], 'devstats').needed).toEqual([]);
  });

  it('asks for nothing where null takes away what nobody gave', () => {
    const none = { registry: null, username: null, password: null, existingSecret: null };
    for (const part of ['web', 'db', 'hanging-job-cleaner'])
      for (const key of Object.keys(none))
        expect(released([OMIT, { [part]: { image: { credentials: { [key]: null } } } }]).needed).toEqual(released([OMIT]).needed);
    expect(released([OMIT, { global: { imageCredentials: none } }]).needed).toEqual(released([OMIT]).needed);
  });

  it('prints a Secret that holds nothing: a controller fills it', () => {
    const { find } = released([OMIT, { api: { tls: { annotations: { 'example.com/fill': 'true' } } } }]);
    expect(find('Secret', 'ci-api.tls')).toBeDefined();
  });

  it('splits a ConfigMap: what is secret comes from a Secret, under the same path', () => {
    const { find, needed } = released([OMIT, { api: { config: { files: { 'credentials.yaml': 'credentials: []' } } } }]);
    expect(Object.keys(find('ConfigMap', 'ci-api')?.data ?? {})).toEqual(['config.yaml']);
    expect(needed).toContainEqual({ namespace: 'builds', name: 'ci-api-config', type: 'Opaque', keys: ['credentials.yaml'] });
    const pod = podSpecOf(find('Deployment', 'ci-api')!) as { volumes: unknown[]; containers: { volumeMounts: unknown[] }[] };
    expect(pod.volumes).toContainEqual({
      name: 'configs',
      projected: { sources: [{ configMap: { name: 'ci-api' } }, { secret: { name: 'ci-api-config' } }] },
    });
    expect(pod.containers[0]?.volumeMounts).toContainEqual({ name: 'configs', mountPath: '/configs' });
  });

  it('takes a ConfigMap whole when all of it is secret', () => {
    const { find } = released([OMIT, { queue: { auth: { enabled: true, token: 'x' } } }]);
    expect(find('ConfigMap', 'ci-queue-config')).toBeUndefined();
    const pod = podSpecOf(find('StatefulSet', 'ci-queue')!) as { volumes: unknown[] };
    expect(pod.volumes).toContainEqual({ name: 'config-volume', secret: { secretName: 'ci-queue-config' } });
  });

  it('doubles the quotes of a password that it does not know', () => {
    const values = { db: { init: { provisioning: { enabled: true, users: [{ name: 'bob', password: 'x' }] } } } };
    const { objects } = released([OMIT, values]);
    expect(JSON.stringify(objects)).toContain('${bob_PASSWORD//$quote/$quote$quote}');
  });

  it('refuses a secret where no Secret can be read, by its path', () => {
    const extraContainers = "- name: more\n  image: more:1\n  args: ['{{ .Values.secret.jwtKey }}']\n";
    const shown = { api: { secret: { jwtKey: 'x' }, deployment: { extraContainers } } };
    expect(issuesOf({ ...OMIT, ...shown })).toBe(
      'api.secret.jwtKey: is secret and stands in Deployment/ci-api, where none can come from a Secret: take it away there, or set secrets.mode to inline',
    );
  });
});

describe('externalSecrets', () => {
  it('needs a store', () => {
    expect(issuesOf({ secrets: { mode: 'externalSecrets', externalSecrets: { refreshInterval: 'often' } } })).toBe(
      [
        'secrets.externalSecrets.store.name: is needed with secrets.mode externalSecrets: name the SecretStore or ClusterSecretStore',
        'secrets.externalSecrets.refreshInterval: must be a time such as 1h or 30m, or 0 for once',
      ].join('\n'),
    );
  });

  it('prints an ExternalSecret for each Secret, with its type, labels, annotations and keys', () => {
    const settings = { store: { name: 'vault', kind: 'ClusterSecretStore' }, keyPrefix: 'teams/ci/', refreshInterval: '30m' };
    const values = { secrets: { mode: 'externalSecrets', externalSecrets: settings }, api: { secret: { annotations: { team: 'ci' } } } };
    const { find, needed } = released([values]);
    expect(needed).toEqual([]);
    const labels = (find('ConfigMap', 'ci-api')?.metadata.labels ?? {}) as object;
    const remote = (property: string) => ({
      secretKey: property,
      remoteRef: { key: 'teams/ci/ci-api', property, conversionStrategy: 'Default', decodingStrategy: 'None', metadataPolicy: 'None' },
    });
    expect(find('ExternalSecret', 'ci-api')).toEqual({
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name: 'ci-api', namespace: 'builds', labels, annotations: { 'helm.sh/resource-policy': 'keep' } },
      spec: {
        refreshInterval: '30m',
        secretStoreRef: { name: 'vault', kind: 'ClusterSecretStore' },
        target: {
          name: 'ci-api',
          // The chart keeps this Secret when the release is removed.
          creationPolicy: 'Orphan',
          template: { type: 'Opaque', metadata: { labels, annotations: { team: 'ci' } } },
        },
        data: [remote('secretDecryptionKey'), remote('jwtKey')],
      },
    });
  });

  it('asks for the same Secrets as omit', () => {
    const values = { queue: { auth: { enabled: true, token: 'x' } }, global: { imageCredentials: { username: 'joe' } } };
    const { needed } = released([OMIT, values]);
    const external = released([STORE, values]).objects.filter(({ kind }) => kind === 'ExternalSecret');
    const asked = external.map(({ metadata, spec }) => ({
      namespace: metadata.namespace,
      name: metadata.name,
      type: (spec as { target: { template: { type: string } } }).target.template.type,
      keys: (spec as { data: { secretKey: string }[] }).data.map(({ secretKey }) => secretKey),
    }));
    expect(asked).toHaveLength(needed.length);
    expect(asked).toEqual(expect.arrayContaining([...needed]));
  });

  it('stands before what reads the Secret, for Argo CD too', () => {
    const { objects } = released([STORE], 'estafette-ci', 'argocd');
    const wave = ({ metadata }: Anything): number => Number((metadata.annotations as Plain | undefined)?.['argocd.argoproj.io/sync-wave']);
    const deployment = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'ci-api');
    const external = objects.find(({ kind }) => kind === 'ExternalSecret');
    expect(wave(external!)).toBeLessThan(wave(deployment!));
  });
});
