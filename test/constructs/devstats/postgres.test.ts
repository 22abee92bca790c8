// The database: Patroni's StatefulSet, its Services and its rights.
import { environment, issuesOf, POD, CONTAINER, render } from './synth';

const LABELS = { name: 'devstats', type: 'postgres', 'cluster-name': 'devstats-postgres' };

describe('database', () => {
  const { find, names } = render();
  const statefulSet = find('StatefulSet', 'devstats-postgres');

  it('has three nodes, a claim each, shared memory, and a group that may write', () => {
    expect(statefulSet).toHaveProperty('spec.replicas', 3);
    expect(statefulSet).toHaveProperty(`${POD}.securityContext`, { fsGroup: 999 });
    expect(statefulSet).toHaveProperty(`${POD}.volumes`, [{ name: 'devshm', emptyDir: { medium: 'Memory' } }]);
    expect(statefulSet).toHaveProperty(`${CONTAINER}.volumeMounts`, [
      { mountPath: '/home/postgres/pgdata', name: 'pgdata' },
      { mountPath: '/dev/shm', name: 'devshm' },
    ]);
    expect(statefulSet).toHaveProperty('spec.volumeClaimTemplates', [
      {
        metadata: { name: 'pgdata' },
        spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'default', resources: { requests: { storage: '100Gi' } } },
      },
    ]);
  });

  it('never puts two nodes on one machine', () => {
    expect(statefulSet).toHaveProperty(`${POD}.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution`, [
      {
        labelSelector: { matchExpressions: [{ key: 'type', operator: 'In', values: ['postgres'] }] },
        topologyKey: 'kubernetes.io/hostname',
      },
    ]);
    expect(statefulSet).toHaveProperty('spec.template.metadata.labels', LABELS);
    expect(statefulSet).toHaveProperty(`${POD}.nodeSelector`, { node: 'devstats-db' });
  });

  it("gets time to stop, and is asked by Patroni's own health checks", () => {
    expect(statefulSet).toHaveProperty(`${POD}.terminationGracePeriodSeconds`, 120);
    expect(statefulSet).toHaveProperty(`${CONTAINER}.livenessProbe.httpGet`, { path: '/patroni', port: 8008 });
    expect(statefulSet).toHaveProperty(`${CONTAINER}.readinessProbe.httpGet`, { path: '/health', port: 8008 });
    const other = render({
      postgresTerminationGracePeriodSeconds: 600,
      postgresLivenessPath: '',
      postgresReadinessPath: '/readiness',
    }).find('StatefulSet', 'devstats-postgres');
    expect(other).toHaveProperty(`${POD}.terminationGracePeriodSeconds`, 600);
    expect(other).not.toHaveProperty(`${CONTAINER}.livenessProbe`);
    expect(other).toHaveProperty(`${CONTAINER}.readinessProbe.httpGet.path`, '/readiness');
  });

  it('gets no stop time of its own where none is given, and starts its pods together where that is asked for', () => {
    for (const none of [null, ''] as const)
      expect(render({ postgresTerminationGracePeriodSeconds: none }).find('StatefulSet', 'devstats-postgres')).not.toHaveProperty(
        `${POD}.terminationGracePeriodSeconds`,
      );
    expect(render({ postgresTerminationGracePeriodSeconds: 0 }).find('StatefulSet', 'devstats-postgres')).toHaveProperty(
      `${POD}.terminationGracePeriodSeconds`,
      0,
    );
    expect(statefulSet).not.toHaveProperty('spec.podManagementPolicy');
    expect(render({ postgresPodManagementPolicy: 'Parallel' }).find('StatefulSet', 'devstats-postgres')).toHaveProperty(
      'spec.podManagementPolicy',
      'Parallel',
    );
    expect(issuesOf({ postgresPodManagementPolicy: 'All' })).toEqual({
      postgresPodManagementPolicy: expect.stringContaining('must be one of OrderedReady, Parallel'),
    });
  });

  it('has a leader under another label where the image labels it so', () => {
    const other = render({ postgresLeaderLabel: 'primary' });
    expect(other.find('Service', 'devstats-postgres').spec).toHaveProperty('selector.role', 'primary');
    expect(other.find('Service', 'devstats-postgres-ro').spec).toHaveProperty('selector.role', 'replica');
    expect(environment(other.find('StatefulSet', 'devstats-postgres'))).toMatchObject({
      PATRONI_KUBERNETES_LEADER_LABEL_VALUE: 'primary',
      PATRONI_KUBERNETES_STANDBY_LEADER_LABEL_VALUE: 'primary',
    });
    expect(Object.keys(environment(statefulSet)).filter((name) => name.includes('LABEL_VALUE'))).toEqual([]);
  });

  it('tells Patroni who it is and where it keeps its leader', () => {
    expect(environment(statefulSet)).toMatchObject({
      PATRONI_SCOPE: 'devstats-postgres',
      PATRONI_KUBERNETES_USE_ENDPOINTS: 'true',
      PATRONI_REPLICATION_USERNAME: 'standby',
      PATRONI_SUPERUSER_USERNAME: 'pg-db/PG_ADMIN_USER.secret',
      PATRONI_KUBERNETES_LABELS: '{"name": "devstats", "type": "postgres", "cluster-name": "devstats-postgres"}',
      PATRONI_KUBERNETES_PORTS: '[{"name": "postgresql", "port": 5432}]',
      PATRONI_POSTGRESQL_LISTEN: '0.0.0.0:5432',
      PATRONI_RESTAPI_LISTEN: '0.0.0.0:8008',
    });
  });

  it("has Services for the master, for replicas and for Patroni's settings, without stray fields", () => {
    expect(find('Service', 'devstats-postgres').spec).toEqual({
      clusterIP: 'None',
      ports: [{ name: 'psql', port: 5432 }],
      selector: { ...LABELS, role: 'master' },
    });
    expect(find('Service', 'devstats-postgres-ro').spec).toEqual({
      clusterIP: 'None',
      ports: [
        { name: 'psql', port: 5432 },
        { name: 'patronictl', port: 8008 },
      ],
      selector: { ...LABELS, role: 'replica' },
    });
    expect(find('Service', 'devstats-postgres-config').spec).toEqual({ clusterIP: 'None' });
    expect(find('Endpoints', 'devstats-postgres-config').subsets).toEqual([]);
  });

  it('may elect a leader, and nothing else', () => {
    expect(find('RoleBinding', 'devstats-postgres')).toMatchObject({
      roleRef: { kind: 'Role', name: 'devstats-postgres' },
      subjects: [{ kind: 'ServiceAccount', name: 'devstats-postgres' }],
    });
    expect(statefulSet).toHaveProperty(`${POD}.serviceAccountName`, 'devstats-postgres');
    expect(find('Role', 'devstats-postgres').rules).toEqual([
      { apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'get', 'list', 'patch', 'update', 'watch'] },
      { apiGroups: [''], resources: ['endpoints'], verbs: ['get', 'patch', 'update', 'create', 'list', 'watch'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'patch', 'update', 'watch'] },
      { apiGroups: [''], resources: ['services'], verbs: ['create', 'get', 'list'] },
    ]);
    expect(names('Role')).toHaveLength(1);
  });

  it('does without Endpoints when Patroni keeps its leader in ConfigMaps', () => {
    const other = render({ postgresLeaderElection: 'configmaps' });
    expect(other.names('Endpoints')).toEqual([]);
    expect(other.names('Service')).not.toContain('devstats-postgres-config');
    expect(environment(other.find('StatefulSet', 'devstats-postgres'))).toMatchObject({ PATRONI_KUBERNETES_USE_ENDPOINTS: 'false' });
    expect((other.find('Role', 'devstats-postgres').rules as { resources: string[] }[]).map(({ resources }) => resources)).toEqual([
      ['configmaps'],
      ['pods'],
    ]);
    expect(issuesOf({ postgresLeaderElection: 'etcd' })).toEqual({
      postgresLeaderElection: expect.stringContaining('must be one of endpoints, configmaps'),
    });
  });

  it('follows name, port, size, image and command of the values', () => {
    const other = render({
      postgresSvcName: 'pg',
      postgresPort: 6432,
      postgresNodes: 5,
      postgresStorageSize: '1Ti',
      postgresImageName: 'example/patroni:15',
      storageClass: '',
      dbNodeSelector: { node: null, disk: 'ssd' },
      overwritePostgresCommand: true,
      postgresCommand: 'sleep',
      postgresCommandArgs: [36000],
      usePostgresResourcesLimits: 0,
    });
    const pod = other.find('StatefulSet', 'pg');
    expect(pod).toMatchObject({
      spec: { replicas: 5, serviceName: 'pg', volumeClaimTemplates: [{ spec: { resources: { requests: { storage: '1Ti' } } } }] },
    });
    expect(pod).not.toHaveProperty('spec.volumeClaimTemplates.0.spec.storageClassName');
    expect(pod).toHaveProperty(`${POD}.nodeSelector`, { disk: 'ssd' });
    expect(pod).toHaveProperty(
      CONTAINER,
      expect.objectContaining({
        image: 'example/patroni:15',
        command: ['sleep'],
        args: ['36000'],
        ports: [
          { containerPort: 8008, protocol: 'TCP' },
          { containerPort: 6432, protocol: 'TCP' },
        ],
      }),
    );
    expect(pod).not.toHaveProperty(`${CONTAINER}.resources`);
    expect(environment(pod)).toMatchObject({
      PATRONI_SCOPE: 'pg',
      PATRONI_POSTGRESQL_LISTEN: '0.0.0.0:6432',
      PATRONI_KUBERNETES_PORTS: '[{"name": "postgresql", "port": 6432}]',
    });
    expect(other.names('Service')).toEqual(expect.arrayContaining(['pg', 'pg-ro', 'pg-config']));
    expect(issuesOf({ overwritePostgresCommand: true })).toEqual({
      postgresCommand: 'is needed with overwritePostgresCommand, such as sleep',
    });
  });
});
