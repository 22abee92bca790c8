// What --check-upgrade names is what a real API server refuses, and the way out it tells leads out.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { readManifests } from '../../../cli/diff/read';
import { compareReleases } from '../../../cli/diff/report';
import type { Rule } from '../../../cli/diff/upgrade/finding';
import { readYamlStream } from '../../../helm/yaml/read';
import { writeYamlStream } from '../../../helm/yaml/write';
import { isPlain, type Thing } from '../../../cli/diff/objects';
import { cli } from '../../support/cli';
import { apiServer, describeWith, findParts, succeed, type ApiServer } from '../../support/parts';
import {
  binding,
  claim,
  configMap,
  cronJob,
  daemonSet,
  deployment,
  scalable,
  job,
  pod,
  secret,
  service,
  statefulSet,
  template,
} from './samples';

interface Scenario {
  readonly title: string;
  readonly before: readonly Thing[];
  readonly after: readonly Thing[];
  readonly rules: readonly Rule[];
  readonly wayOut?: boolean;
  /** How the objects of before came to be. @default 'apply' */
  readonly by?: 'apply' | 'create';
  /** The server does something else instead, in silence. */
  readonly silent?: boolean;
}

const release = (...set: string[]): Thing[] => {
  const { status, stdout, stderr } = cli([
    'template',
    'estafette-ci',
    'estafette-ci',
    '-n',
    'estafette-ci',
    '--create-namespace',
    ...set.flatMap((item) => ['--set', item]),
  ]);
  if (status !== 0) throw new Error(stderr);
  return readYamlStream(stdout, 'template').filter(isPlain) as Thing[];
};
const defaults = release();
/** Of a whole release, only what changes has to be applied. */
const values = (title: string, set: readonly string[], ...rules: Rule[]): Scenario => ({
  title,
  before: defaults,
  after: release(...set),
  rules,
});

/** Of a container, and of the pod around it: one of each kind of choice. */
const CREATED = [
  {
    readinessProbe: { tcpSocket: { port: 9000 } },
    livenessProbe: { exec: { command: ['true'] } },
    lifecycle: { preStop: { exec: { command: ['sleep', '1'] } } },
    env: [
      { name: 'A', value: 'a' },
      { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'C', value: '' },
    ],
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
  },
  { volumes: [{ name: 'data', configMap: { name: 'settings' } }] },
] as const;
const APPLIED = [
  {
    readinessProbe: { httpGet: { path: '/', port: 9000 } },
    livenessProbe: { tcpSocket: { port: 9000 } },
    lifecycle: { preStop: { httpGet: { path: '/', port: 9000 } } },
    env: [
      { name: 'A', valueFrom: { secretKeyRef: { name: 'keys', key: 'a' } } },
      { name: 'B', value: 'b' },
      { name: 'C', valueFrom: { secretKeyRef: { name: 'keys', key: 'c' } } },
    ],
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
  },
  { volumes: [{ name: 'data', secret: { secretName: 'keys' } }] },
] as const;
const CHOICES: readonly Rule[] = Array.from({ length: 6 }, () => 'choice-leftover');

const SCENARIOS: readonly Scenario[] = [
  values('another strategy of Prometheus', ['metrics.server.strategy.type=Recreate'], 'strategy-leftover'),
  values("a certificate of one's own", ['api.tls.cert=c', 'api.tls.key=k'], 'secret-type'),
  values('another size of the database', ['db.storage.persistentVolume.size=5Gi'], 'immutable-field'),
  values(
    'a queue that keeps messages',
    ['queue.nats.jetstream.enabled=true,queue.nats.jetstream.fileStorage.enabled=true,queue.nats.jetstream.fileStorage.size=1Gi'],
    'immutable-field',
  ),
  values(
    'a database that keeps nothing',
    ['db.tls.enabled=false,db.conf.single-node=true,db.statefulset.replicas=1,db.storage.persistentVolume.enabled=false'],
    'immutable-field',
    'scaled-down',
  ),
  {
    title: 'another selector',
    before: [deployment()],
    after: [deployment({ selector: { matchLabels: { app: 'web' } } })],
    rules: ['immutable-field'],
  },
  {
    title: 'another service of a StatefulSet',
    before: [statefulSet()],
    after: [statefulSet({ serviceName: 'other' })],
    rules: ['immutable-field'],
  },
  {
    title: 'pods made at once',
    before: [statefulSet()],
    after: [statefulSet({ podManagementPolicy: 'Parallel' })],
    rules: ['immutable-field'],
  },
  {
    title: 'pods replaced by hand',
    before: [statefulSet()],
    after: [statefulSet({ updateStrategy: { type: 'OnDelete' } })],
    rules: ['strategy-leftover'],
  },
  { title: 'other pods of a Job', before: [job()], after: [job('busybox:2')], rules: ['job-template'] },
  { title: 'another command of a Pod', before: [pod()], after: [pod(['sleep', '2'])], rules: ['pod-spec'] },
  { title: 'a headless service', before: [service()], after: [service({ clusterIP: 'None' })], rules: ['cluster-ip'] },
  {
    title: 'no headless service',
    before: [service({ clusterIP: 'None' })],
    after: [service({ type: 'ClusterIP' })],
    rules: ['cluster-ip'],
    silent: true,
  },
  {
    title: 'another type of a Secret',
    before: [secret('Opaque', { username: 'a', password: 'b' })],
    after: [secret('kubernetes.io/basic-auth', { username: 'a', password: 'b' })],
    rules: ['secret-type'],
  },
  {
    title: 'data of an immutable Secret',
    before: [{ ...secret('Opaque', { key: 'a' }), immutable: true } as Thing],
    after: [{ ...secret('Opaque', { key: 'b' }), immutable: true } as Thing],
    rules: ['immutable-data'],
  },
  {
    title: 'data of an immutable ConfigMap',
    before: [{ ...configMap({ key: 'a' }), immutable: true } as Thing],
    after: [{ ...configMap({ key: 'b' }), immutable: true } as Thing],
    rules: ['immutable-data'],
  },
  { title: 'another role of a binding', before: [binding('view')], after: [binding('edit')], rules: ['role-ref'] },
  ...[deployment, statefulSet, daemonSet].map((make): Scenario => {
    const [before, after] = [template(...CREATED), template(...APPLIED)].map((pods) => make({ template: pods })) as [Thing, Thing];
    return { title: `${before.kind} that was created, with other choices`, by: 'create', before: [before], after: [after], rules: CHOICES };
  }),
  {
    title: 'a CronJob that was created, with another choice',
    by: 'create',
    before: [cronJob({ env: [{ name: 'A', value: 'a' }] })],
    after: [cronJob({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'keys', key: 'a' } } }] })],
    rules: ['choice-leftover'],
  },
  { title: 'a claim that shrinks', before: [claim('2Gi')], after: [claim('1Gi')], rules: ['claim'], wayOut: false },
];

const parts = findParts('etcd', 'kube-apiserver', 'kubectl');
describeWith(parts)('what a real API server refuses', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await apiServer();
  }, 60_000);
  afterAll(() => server?.stop());

  const apply = (objects: readonly Thing[], ...how: string[]) =>
    server.kubectl(['apply', '--server-side', '--force-conflicts', ...how, '-f', '-'], writeYamlStream(objects));
  const live = async (objects: readonly Thing[]): Promise<readonly Thing[]> =>
    readManifests(
      await succeed(
        server.kubectl(['get', '--ignore-not-found', '--show-managed-fields', '-f', '-', '-o', 'yaml'], writeYamlStream(objects)),
      ),
      'kubectl',
      { release: 'estafette-ci', namespace: 'default', now: objects },
    ).ours;
  const compared = async ({ before, after }: Scenario) =>
    compareReleases({ release: 'estafette-ci', chart: 'estafette-ci', namespace: 'default', before: await live(before), after });
  /** No garbage collector runs beside the server: it would take its finalizer off an object that leaves its pods behind. */
  const collected = (command: string): string => {
    const match = /^kubectl delete (\S+) (\S+)(.*) --cascade=orphan$/.exec(command);
    return match
      ? `${command} --wait=false && kubectl patch ${match[1]} ${match[2]}${match[3]} --type merge --patch '{"metadata":{"finalizers":null}}'`
      : command;
  };
  const run = (command: string) =>
    spawnSync('sh', ['-c', collected(command)], {
      timeout: 15_000,
      encoding: 'utf8',
      cwd: dirname(server.kubeconfig),
      env: { KUBECONFIG: server.kubeconfig, PATH: `${dirname(parts?.kubectl ?? '')}:${process.env['PATH']}` },
    });
  const remove = (objects: readonly Thing[]) =>
    succeed(
      server.kubectl(
        ['delete', '--ignore-not-found', '--wait=false', '-f', '-'],
        writeYamlStream(objects.filter(({ kind }) => kind !== 'Namespace')),
      ),
    );

  it.each(SCENARIOS)(
    '$title',
    async (scenario) => {
      const manifests = writeYamlStream(scenario.before);
      await succeed(scenario.by === 'create' ? server.kubectl(['create', '-f', '-'], manifests) : apply(scenario.before));
      const report = await compared(scenario);
      expect(report.refused.map(({ rule }) => rule)).toEqual(scenario.rules);
      const changed = scenario.after.filter((object) =>
        report.objects.some(({ kind, name }) => kind === object.kind && name === object.metadata.name),
      );
      const refusal = await apply(changed, '--dry-run=server');
      if (scenario.silent) expect(refusal.status).toBe(0);
      else
        expect(refusal).toMatchObject({
          status: 1,
          stderr: expect.stringMatching(/immutable|[Ff]orbidden|cannot change roleRef|may not|Invalid value|can not be/),
        });
      if (scenario.wayOut !== false) {
        // A database that gets smaller is asked through one of its pods, and none runs here.
        const ways = report.refused.filter(({ rule }) => rule !== 'scaled-down').flatMap(({ commands }) => commands);
        for (const command of ways) expect(run(command)).toMatchObject({ status: 0 });
        await succeed(apply(changed));
        expect(await compared({ ...scenario, before: scenario.after })).toMatchObject({
          refused: [],
          objects: expect.not.arrayContaining([expect.objectContaining({ change: 'changed' })]),
        });
      }
      await remove([...scenario.before, ...scenario.after]);
    },
    60_000,
  );

  it('what is not a finding is not a refusal: images, replicas, resources, a component less', async () => {
    const scenario = {
      title: '',
      before: defaults,
      after: release(
        'api.image.tag=9.9.9',
        'web.deployment.replicaCount=4',
        'db.statefulset.resources.requests.cpu=2',
        'metrics.enabled=false',
      ),
      rules: [],
    };
    await succeed(apply(scenario.before));
    const report = await compared(scenario);
    expect(report.refused).toEqual([]);
    expect(
      report.images
        .filter(({ name }) => name === 'estafette-ci-metrics-server')
        .every(({ before, after }) => before !== undefined && after === undefined),
    ).toBe(true);
    expect(report.images.filter(({ name }) => name !== 'estafette-ci-metrics-server')).toMatchObject([
      {
        kind: 'Deployment',
        name: 'estafette-ci-api',
        container: 'api',
        before: expect.stringMatching(/1\.5\.8$/),
        after: expect.stringMatching(/9\.9\.9$/),
      },
    ]);
    await succeed(apply(scenario.after));
    await remove(scenario.before);
  }, 60_000);

  it('replicas stay where the autoscaler had them, once they are handed over', async () => {
    const [scaled, free] = [scalable({ replicas: 3 }), scalable()];
    await succeed(apply(scaled.slice(0, 1)));
    const report = await compared({ title: '', before: scaled.slice(0, 1), after: free, rules: [] });
    expect(report.refused).toMatchObject([
      { rule: 'autoscaled-replicas', name: 'web', commands: [expect.stringContaining('kubectl apply')] },
    ]);
    const replicas = () => succeed(server.kubectl(['get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}']));
    for (const command of report.refused[0]?.commands ?? []) expect(run(command)).toMatchObject({ status: 0 });
    await succeed(apply(free));
    expect(await replicas()).toBe('3');
    await remove(free);
    await succeed(apply(scaled.slice(0, 1)));
    await succeed(apply(free));
    expect(await replicas()).toBe('1');
    await remove(free);
  }, 60_000);
});
