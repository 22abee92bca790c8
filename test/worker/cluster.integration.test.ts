// Records, Lease and Jobs on a real API server, with the rights that the chart gives to the service and no others.
import { readFileSync } from 'node:fs';
import { Buildshuttle } from '../../constructs/releases';
import { App } from 'cdk8s';
import { parse } from 'yaml';
import { writeYamlStream } from '../../helm/yaml/write';
import { Api, type ApiAccess } from '../../worker/cluster/api';
import { jobOf, secretOf } from '../../worker/cluster/job';
import { sharedSeal } from '../../worker/cluster/key';
import { Lease } from '../../worker/cluster/lease';
import { jobName } from '../../worker/cluster/names';
import type { Job } from '../../worker/cluster/pod';
import { ClusterRecords } from '../../worker/cluster/records';
import { ClusterView, JOBS } from '../../worker/cluster/view';
import { apiServer, describeWith, findParts, succeed, type ApiServer } from '../support/parts';
import { followContract } from './contract/follow';
import { acceptance, recordsContract } from './contract/records';
import { until } from './support/fakes';

const NAMESPACE = 'builds';
const NAME = 'buildshuttle';

describeWith(findParts('etcd', 'kube-apiserver', 'kubectl'))('on an API server', () => {
  let server: ApiServer;
  let access: ApiAccess;
  let template: Parameters<typeof jobOf>[2]['template'];
  const opened: ClusterRecords[] = [];
  const kubectl = (...args: string[]): Promise<string> => succeed(server.kubectl([...args, '-n', NAMESPACE]));

  beforeAll(async () => {
    server = await apiServer();
    await succeed(server.kubectl(['create', 'namespace', NAMESPACE]));
    const values = { mode: 'kubernetes', auth: { existingSecret: 'token' }, s3: { bucket: 'b' } };
    const objects = new Buildshuttle(new App(), NAME, { namespace: NAMESPACE, values }).plan().map(({ object }) => object);
    await succeed(server.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], writeYamlStream(objects as never)));
    const pod = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === `${NAME}-pod`);
    template = parse((pod as unknown as { data: Record<string, string> }).data['pod.yaml'] ?? '') as typeof template;
    const token = (await kubectl('create', 'token', NAME)).trim();
    const { clusters } = JSON.parse(readFileSync(server.kubeconfig, 'utf8')) as {
      clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
    };
    const { cluster } = clusters[0];
    const authority = Buffer.from(cluster['certificate-authority-data'], 'base64').toString();
    access = { server: cluster.server, namespace: NAMESPACE, token: () => token, authority };
  }, 120_000);
  afterEach(async () => {
    for (const records of opened.splice(0)) await records.close();
    await kubectl('delete', 'configmaps,jobs,secrets', '-l', `build-worker/worker=${NAME}`);
  });
  afterAll(() => server?.stop(), 30_000);

  const replica = async (): Promise<ClusterRecords> => {
    const records = await ClusterRecords.open({ api: new Api(access), worker: NAME, trouble: () => undefined, upload: async () => true });
    opened.push(records);
    return records;
  };

  describe('records', () => {
    recordsContract(async () => ({ records: await replica(), beside: replica, reopen: replica }));
  });

  describe('pods', () => {
    followContract(async () => ({
      api: new Api(access),
      make: (name) => kubectl('run', name, '--image=example/image:1', '--labels=of=the-test'),
      end: (name) => kubectl('patch', 'pod', name, '--subresource=status', '--type=merge', '--patch={"status":{"phase":"Succeeded"}}'),
    }));
  });

  it('a key is made once, whoever is first', async () => {
    const api = new Api(access);
    const seals = await Promise.all([1, 2, 3].map(() => sharedSeal(api, NAME, () => undefined)));
    expect(new Set(seals.map((seal) => seal.fingerprint(['x']))).size).toBe(1);
    api.close();
  });

  it('one of several leads, and another when the Lease was given back, or was not renewed', async () => {
    const led: number[] = [];
    const lost: number[] = [];
    const times = { heldMs: 1500, deadlineMs: 1000, turnMs: 100 };
    const apis = [1, 2, 3].map(() => new Api(access));
    const leases = apis.map(
      (api, index) =>
        new Lease({
          api,
          name: NAME,
          trouble: () => undefined,
          times,
          leads: () => void led.push(index),
          lost: () => void lost.push(index),
        }),
    );
    for (const lease of leases) lease.start();
    await until(() => led.length === 1);
    await leases[led[0] ?? 0]?.close();
    await until(() => led.length === 2);
    // Cut off, it knows by itself that it leads no more, before the next one begins.
    const second = led[1] ?? 0;
    Object.assign(apis[second] as object, { json: () => Promise.reject(new Error('cut off')) });
    await until(() => led.length === 3);
    expect([lost, leases.filter(({ leads }) => leads).length]).toEqual([[second], 1]);
    for (const lease of leases) await lease.close();
    for (const api of apis) api.close();
  });

  it('takes the Job of a build with the pod of the chart, and its Secret, and tells of both', async () => {
    const records = await replica();
    const fresh = acceptance(records, 7);
    await records.accept(() => fresh);
    const { key } = fresh.record;
    const name = jobName(NAME, key, 1);
    const api = new Api(access);
    const closing = new AbortController();
    const view = await ClusterView.open({ api, worker: NAME, trouble: () => undefined, signal: closing.signal });
    const options = { worker: NAME, template, image: 'build-worker:0.1.0', timeoutMs: 60_000, retentionDays: 1 };
    const body = jobOf(name, fresh.record, { ...options, ownerUid: records.uid(key) ?? '' });
    const job = await api.json<Job>(api.path(JOBS), { method: 'POST', body, query: { fieldValidation: 'Strict' } });
    await api.json(api.path('secrets'), { method: 'POST', body: secretOf(job, NAME, { 'build.json': '{}' }) });
    await until(() => view.jobs.some(({ metadata, spec }) => metadata.name === name && spec?.suspend === true));
    await api.json(api.path(JOBS, name), { method: 'PATCH', body: { spec: { suspend: false } } });
    await until(() => view.jobs.some(({ spec }) => spec?.suspend === false));
    await api.json(api.path(JOBS, name), {
      method: 'PATCH',
      body: { metadata: { labels: { 'build-worker/state': 'succeeded', 'build-worker/open': null } } },
    });
    await until(() => view.jobs.length === 0);
    expect(await kubectl('get', 'jobs', '-l', 'app=web', '-o', 'jsonpath={.items[*].metadata.labels.build-worker/state}')).toBe(
      'succeeded',
    );
    closing.abort();
    api.close();
  });
});
