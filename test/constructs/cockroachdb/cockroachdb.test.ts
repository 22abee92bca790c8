// The database with the least and with all of its values.
import { cockroachDb } from '../../../constructs/cockroachdb/chart';
import { cockroachDbValues, type CockroachDbValues } from '../../../constructs/cockroachdb/values';
import { isGroup, type Fields, type Group } from '../../../helm/schema';
import { everything } from './everything';
import { synth } from './synth';

const CONTAINER = 'spec.template.spec.containers.0';

describe('with the published defaults', () => {
  const { find, ids, objects, warnings } = synth();

  it('makes the objects of the chart, without those that only Helm knows', () => {
    expect(ids).toEqual([
      'ClusterRole estafette-ci-db',
      'ClusterRoleBinding estafette-ci-db',
      'CronJob estafette-ci-db-rotate-self-signer',
      'CronJob estafette-ci-db-rotate-self-signer-client',
      'Job estafette-ci-db-init',
      'Job estafette-ci-db-self-signer',
      'PodDisruptionBudget estafette-ci-db-budget',
      'Role estafette-ci-db',
      'Role estafette-ci-db-rotate-self-signer',
      'Role estafette-ci-db-self-signer',
      'RoleBinding estafette-ci-db',
      'RoleBinding estafette-ci-db-rotate-self-signer',
      'RoleBinding estafette-ci-db-self-signer',
      'Service estafette-ci-db',
      'Service estafette-ci-db-public',
      'ServiceAccount estafette-ci-db',
      'ServiceAccount estafette-ci-db-rotate-self-signer',
      'ServiceAccount estafette-ci-db-self-signer',
      'StatefulSet estafette-ci-db',
    ]);
    expect(warnings).toEqual([]);
  });

  it('runs three nodes that keep their data on volumes, as an existing release has them', () => {
    const database = find('StatefulSet');
    expect(database).toHaveProperty('spec.replicas', 3);
    expect(database).toHaveProperty('spec.serviceName', 'estafette-ci-db');
    expect(database).toHaveProperty('spec.podManagementPolicy', 'Parallel');
    expect(database).toHaveProperty('spec.selector.matchLabels', {
      'app.kubernetes.io/name': 'db',
      'app.kubernetes.io/instance': 'estafette-ci',
      'app.kubernetes.io/component': 'cockroachdb',
    });
    expect(database).toHaveProperty('spec.volumeClaimTemplates', [
      {
        metadata: { name: 'datadir', labels: { 'app.kubernetes.io/name': 'db', 'app.kubernetes.io/instance': 'estafette-ci' } },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '100Gi' } } },
      },
    ]);
  });

  it('runs them without privileges and asks them over HTTPS', () => {
    const database = find('StatefulSet');
    expect(database).toHaveProperty('spec.template.spec.securityContext', {
      fsGroup: 1000,
      runAsGroup: 1000,
      runAsUser: 1000,
      runAsNonRoot: true,
    });
    expect(database).toHaveProperty(`${CONTAINER}.securityContext.readOnlyRootFilesystem`, true);
    expect(database).toHaveProperty(`${CONTAINER}.readinessProbe.httpGet`, { path: '/health?ready=1', port: 'http', scheme: 'HTTPS' });
  });

  it('names the namespace in every object that lives in one, and prints no null', () => {
    for (const object of objects) expect(object.metadata.namespace).toBe(/^Cluster/.test(object.kind) ? undefined : 'estafette-ci');
    expect(JSON.stringify(objects)).not.toContain('null');
  });
});

describe('with every value set', () => {
  const { find, ids, objects } = synth(everything);

  it('has a fixture that leaves no value out', () => {
    expect(unset(cockroachDbValues, everything)).toEqual([]);
  });

  it('makes the objects that are off by default', () => {
    expect(ids).toEqual(
      expect.arrayContaining([
        'BackendConfig cockroach',
        'Ingress cockroach-ingress',
        'NetworkPolicy accounts',
        'Secret cockroach-init',
        'Secret cockroach-log-config',
        'Secret cockroach.db.registry',
        'Secret cockroach.iap',
        'Secret cockroach.init-certs.registry',
        'ServiceMonitor cockroach',
      ]),
    );
  });

  it('hands on what Kubernetes defines, unknown fields included', () => {
    const database = find('StatefulSet');
    expect(database).toHaveProperty('spec.updateStrategy', { type: 'OnDelete', later: true });
    expect(database).toHaveProperty('spec.template.spec.tolerations', [{ key: 'a', operator: 'Exists', later: 1 }]);
    expect(database).toHaveProperty('spec.template.spec.affinity.nodeAffinity', {
      preferredDuringSchedulingIgnoredDuringExecution: [],
      later: 'nodes',
    });
    expect(database).toHaveProperty(`${CONTAINER}.livenessProbe`, { tcpSocket: { port: 1 } });
    expect(database).toHaveProperty(`${CONTAINER}.resources`, { requests: { cpu: '1' } });
    expect(find('Job', 'cockroach-init')).toHaveProperty('spec.template.spec.affinity', { podAffinity: {}, later: 'node' });
    expect(find('Ingress')).toHaveProperty('spec.tls', [{ hosts: ['db.example.com'], secretName: 'db-tls' }]);
  });

  it('puts the labels on the objects, and strings where Kubernetes takes strings', () => {
    const withLabels = objects.filter(({ metadata }) => metadata.labels?.team === '7').map(({ kind }) => kind);
    expect(new Set(withLabels)).toEqual(
      new Set([
        'BackendConfig',
        'Job',
        'NetworkPolicy',
        'PodDisruptionBudget',
        'Role',
        'RoleBinding',
        'Secret',
        'Service',
        'ServiceAccount',
        'ServiceMonitor',
        'StatefulSet',
      ]),
    );
    expect(find('StatefulSet')).toHaveProperty('spec.template.metadata.labels.team', '7');
    expect(find('StatefulSet')).toHaveProperty('spec.volumeClaimTemplates.0.metadata.labels', {
      'app.kubernetes.io/name': 'roach',
      'app.kubernetes.io/instance': 'estafette-ci',
      tier: 'data',
      team: '7',
    });
  });

  it('mounts what is asked for, in the order of the chart', () => {
    expect(find('StatefulSet')).toHaveProperty(`${CONTAINER}.volumeMounts`, [
      { name: 'datadir', mountPath: '/cockroach/data/' },
      { name: 'certs', mountPath: '/cockroach/cockroach-certs/' },
      { name: 'certs-secret', mountPath: '/cockroach/certs/' },
      { name: 'secret-gcs', mountPath: '/etc/cockroach/secrets/gcs', readOnly: true },
      { name: 'log-config', mountPath: '/cockroach/log-config', readOnly: true },
    ]);
  });
});

describe('storage', () => {
  const data = (values: CockroachDbValues['storage']) => synth({ storage: values }).find('StatefulSet');

  it('keeps the data in a folder of the machine, or with the pod', () => {
    expect(data({ persistentVolume: { enabled: false }, hostPath: '/data' })).toHaveProperty('spec.template.spec.volumes.0', {
      name: 'datadir',
      hostPath: { path: '/data' },
    });
    expect(data({ persistentVolume: { enabled: false } })).toHaveProperty('spec.template.spec.volumes.0', {
      name: 'datadir',
      emptyDir: {},
    });
    expect(data({ persistentVolume: { enabled: false } })).not.toHaveProperty('spec.volumeClaimTemplates');
  });

  it('asks for a storage class, or for none with "-"', () => {
    const classOf = (storageClass: string) => data({ persistentVolume: { storageClass } });
    expect(classOf('fast')).toHaveProperty('spec.volumeClaimTemplates.0.spec.storageClassName', 'fast');
    expect(classOf('-')).toHaveProperty('spec.volumeClaimTemplates.0.spec.storageClassName', '');
    expect(classOf('')).not.toHaveProperty('spec.volumeClaimTemplates.0.spec.storageClassName');
  });
});

it.each([
  ['v22.1.2', true],
  ['v22.1.1', false],
  ['v21.2.13', true],
  ['v21.1.0', false],
  ['v23.1.0-beta.1', false],
])('%s runs without root: %s', (tag, isWithoutRoot) => {
  const database = synth({ image: { tag } }).find('StatefulSet');
  const hasContext = 'securityContext' in (database as unknown as { spec: { template: { spec: object } } }).spec.template.spec;
  expect(hasContext).toBe(isWithoutRoot);
});

it('goes by the alias of the release and by the version of the chart', () => {
  expect(cockroachDb.chart).toEqual({ name: 'cockroachdb', alias: 'db', version: '10.0.6', appVersion: '22.2.6' });
});

/** Paths of the schema at which the values say nothing. */
function unset(schema: Group<Fields, boolean>, values: object, at = ''): string[] {
  return Object.entries(schema.fields).flatMap(([key, field]) => {
    const value: unknown = (values as Record<string, unknown>)[key];
    if (value === undefined) return [`${at}${key}`];
    return isGroup(field) ? unset(field, value as object, `${at}${key}.`) : [];
  });
}
