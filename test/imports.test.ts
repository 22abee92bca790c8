// The definitions in imports/definitions: they know every field of the custom resources that the releases write, and cdk8s.yaml names them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Testing } from 'cdk8s';
import { EstafetteCi } from '../constructs/releases';
import type { EstafetteValues } from '../constructs/estafette/values';
import { readYaml, readYamlStream } from '../helm/yaml/read';

const root = join(__dirname, '..');
const folder = join(root, 'imports', 'definitions');
const files = readdirSync(folder).toSorted();

interface Shape {
  readonly type?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape;
  readonly items?: Shape;
}
interface Definition {
  readonly kind: string;
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Shape } }[];
  };
}

const definitions = files.flatMap((file) => readYamlStream(readFileSync(join(folder, file), 'utf8'), file) as Definition[]);
const shapes = new Map(
  definitions.flatMap(({ spec }) =>
    spec.versions.map(({ name, schema }): [string, Shape] => [`${spec.group}/${name} ${spec.names.kind}`, schema.openAPIV3Schema]),
  ),
);

/** Where a value does not fit its shape: fields that are not declared, other types, fields that are missing. */
function misfits(value: unknown, shape: Shape, path: string): string[] {
  if (Array.isArray(value))
    return shape.type === 'array'
      ? value.flatMap((item, index) => misfits(item, shape.items ?? {}, `${path}[${index}]`))
      : [`${path} is a list`];
  if (typeof value !== 'object' || value === null) {
    const type = typeof value === 'number' ? 'integer' : typeof value;
    return shape.type === undefined || shape.type === type ? [] : [`${path} is no ${shape.type}`];
  }
  if (shape.type !== 'object') return [`${path} is a map`];
  const properties = shape.properties ?? (shape.additionalProperties ? {} : undefined);
  const missing = (shape.required ?? []).filter((key) => !(key in value)).map((key) => `${path}.${key} is missing`);
  if (!properties) return missing;
  return [
    ...missing,
    ...Object.entries(value).flatMap(([key, item]) => {
      const below = properties[key] ?? shape.additionalProperties;
      return below ? misfits(item, below, `${path}.${key}`) : [`${path}.${key} is not declared`];
    }),
  ];
}

const proxy = { enabled: true, clientId: 'id', clientSecret: 'secret' };
const values: EstafetteValues = {
  api: {
    iap: proxy,
    tls: { certManager: { enabled: true, issuer: 'letsencrypt' } },
    secret: { secretDecryptionKey: 'SoYgTc2Vr6XmWqPzK0uNhJ9dLb3EfAi5', jwtKey: '7fRzQm1Xc8VtLp4KyWn6BsDg2HjUe0Ta' },
  },
  web: { iap: proxy },
  db: {
    iap: proxy,
    serviceMonitor: { enabled: true, interval: '1m', scrapeTimeout: '10s', namespaced: true },
    tls: { certs: { selfSigner: { enabled: false }, certManager: true, useCertManagerV1CRDs: true } },
  },
  metrics: {
    server: { verticalAutoscaler: { enabled: true, containerPolicies: [{ containerName: 'prometheus-server' }] } },
    kubeStateMetrics: { enabled: true },
    'kube-state-metrics': {
      prometheus: {
        monitor: { enabled: true, honorLabels: true, relabelings: [{ action: 'drop' }], metricRelabelings: [{ action: 'keep' }] },
      },
    },
  },
  queue: { exporter: { enabled: true, serviceMonitor: { enabled: true, path: '/metrics', interval: '1m', scrapeTimeout: '10s' } } },
  'cert-manager': { enabled: true, prometheus: { servicemonitor: { enabled: true } } },
  'external-dns': { enabled: true, serviceMonitor: { enabled: true } },
};
const external = { secrets: { mode: 'externalSecrets', externalSecrets: { store: { name: 'vault' } } } };
const ours = [values, external]
  .flatMap((given) =>
    new EstafetteCi(Testing.app(), 'estafette-ci', {
      values: given,
      apiVersions: ['monitoring.coreos.com/v1', 'cloud.google.com/v1/BackendConfig'],
    }).toJson(),
  )
  .filter(({ apiVersion }) => definitions.some(({ spec }) => apiVersion.startsWith(`${spec.group}/`)));

describe('definitions of custom resources', () => {
  it('are there for what the releases write', () => {
    expect(new Set(ours.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`))).toEqual(
      new Set([
        'autoscaling.k8s.io/v1beta2 VerticalPodAutoscaler',
        'cert-manager.io/v1 Certificate',
        'cloud.google.com/v1 BackendConfig',
        'cloud.google.com/v1beta1 BackendConfig',
        'external-secrets.io/v1 ExternalSecret',
        'monitoring.coreos.com/v1 ServiceMonitor',
      ]),
    );
  });

  it.each(ours.map((object) => [`${object.kind} ${object.metadata.name}`, object] as const))(
    'know every field of %s',
    (_name, { apiVersion, kind, ...rest }) => {
      const spec = shapes.get(`${apiVersion} ${kind}`)?.properties?.['spec'];
      expect(misfits('spec' in rest ? rest.spec : undefined, spec ?? {}, 'spec')).toEqual([]);
    },
  );

  it('are all in cdk8s.yaml', () => {
    const settings = readYaml(readFileSync(join(root, 'cdk8s.yaml'), 'utf8'), 'cdk8s.yaml');
    expect(settings).toMatchObject({
      language: 'typescript',
      app: 'node lib/main.js',
      imports: files.map((file) => `imports/definitions/${file}`),
    });
  });

  it('have been imported', () => {
    for (const group of new Set(definitions.map(({ spec }) => spec.group)))
      expect(existsSync(join(root, 'imports', `${group}.ts`))).toBe(true);
  });
});
