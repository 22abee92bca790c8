// `status`: what it finds on a real API server. No controller runs there: the test writes what they would.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { certificates } from '../../support/certificates';
import { cli, cliProcess, ROOT } from '../../support/cli';
import { apiServer, describeWith, findParts, succeed, type ApiServer } from '../../support/parts';

const NAMESPACE = 'ci-ns';
const RELEASE = ['ci', 'estafette-ci', '-n', NAMESPACE, '--create-namespace'];
const JWT_KEY = 'qtkdEb5SNsRJ6bBnQaXaYpHjJhb9tgYn';
const KEYS = ['--set-string', `api.secret.secretDecryptionKey=SazbwMf3NZxVVbBqQHebPcXCqrVn3DDp,api.secret.jwtKey=${JWT_KEY}`];

interface Item {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly uid: string; readonly generation?: number };
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly completionTime?: string };
}
interface Told {
  readonly well: boolean;
  readonly problems: readonly { trouble: string; kind: string; name: string; message: string; details: readonly string[] }[];
  readonly unknown: readonly string[];
}

const parts = findParts('etcd', 'kube-apiserver', 'kubectl');
describeWith(parts)('the status of a release', () => {
  let server: ApiServer;
  let folder: string;
  const path = dirname(parts?.kubectl ?? '');
  const kubectl = (args: readonly string[], input?: string): Promise<string> => succeed(server.kubectl(args, input));
  const get = async (what: string): Promise<Item[]> =>
    (JSON.parse(await kubectl(['get', what, '-n', NAMESPACE, '-o', 'json'])) as { items: Item[] }).items;
  const status = (...args: string[]) => cliProcess(['status', ...RELEASE, '--kubeconfig', server.kubeconfig, ...args], { path });
  const told = (...args: string[]): Told => JSON.parse(status('-o', 'json', ...args).stdout) as Told;
  const found = (trouble: string, ...args: string[]): string[] =>
    told(...args)
      .problems.filter((problem) => problem.trouble === trouble)
      .map(({ kind, name, message }) => `${kind}/${name} ${message}`);
  const patchStatus = (kind: string, name: string, value: object): Promise<string> =>
    kubectl(['patch', kind, name, '-n', NAMESPACE, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status: value })]);

  /** What controllers write where all is well. */
  async function settle(): Promise<void> {
    const items = await get('deployments,statefulsets,daemonsets,jobs');
    const ready = ({ kind, metadata: { generation = 1 }, spec: { replicas = 1 } = {} }: Item): object => {
      const counts = { observedGeneration: generation, replicas, updatedReplicas: replicas, readyReplicas: replicas };
      const now = new Date().toISOString().replace(/\.\d+/, '');
      if (kind === 'Job') {
        const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({ type, status: 'True' }));
        return { startTime: now, completionTime: now, succeeded: 1, conditions };
      }
      return kind === 'DaemonSet' ? { observedGeneration: generation } : { ...counts, availableReplicas: replicas };
    };
    // What has ended, has ended.
    const settled = items
      .filter(({ status: { completionTime } = {} }) => !completionTime)
      .map((item) => ({ ...item, status: ready(item) }));
    await kubectl(['replace', '--subresource=status', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: settled }));
  }

  /** A pod of a Deployment or a Job, as its controller makes it. */
  async function pod(name: string, owner: { kind: string; name: string; apiVersion: string; uid: string }, more: object, state: object) {
    const container = { name: 'main', image: 'registry.example.com/image:1' };
    const object = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: NAMESPACE, ownerReferences: [{ ...owner, controller: true }] },
      spec: { containers: [container], ...more },
    };
    await kubectl(['create', '-f', '-'], JSON.stringify(object));
    await patchStatus('pod', name, state);
  }
  const uidOf = async (kind: string, name: string): Promise<string> =>
    kubectl(['get', kind, name, '-n', NAMESPACE, '-o', 'jsonpath={.metadata.uid}']);

  beforeAll(async () => {
    server = await apiServer();
    folder = mkdtempSync(join(tmpdir(), 'status-'));
    await kubectl(['apply', '--server-side', '-f', '-'], cli(['template', ...RELEASE, ...KEYS]).stdout);
    await settle();
  }, 120_000);
  afterAll(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
    return server?.stop();
  });

  it('is well', () => {
    const { status: code, stdout, stderr } = status(...KEYS);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^ci \(estafette-ci\) in namespace ci-ns, \S+ \(https:\/\/127\.0\.0\.1:\d+\):\nAll is well: \d+ objects are there\.\n$/,
    );
    expect(told(...KEYS)).toMatchObject({ formatVersion: 1, release: 'ci', well: true, problems: [], unknown: [] });
  });

  it('tells what is missing, and what was changed by hand and by whom', async () => {
    await kubectl(['delete', 'service', 'ci-web', '-n', NAMESPACE]);
    await kubectl(['scale', 'deployment', 'ci-api', '--replicas=3', '-n', NAMESPACE]);
    await kubectl(['annotate', 'deployment', 'ci-web', 'example.com/by=a-controller', '-n', NAMESPACE, '--field-manager=some-controller']);
    await kubectl(['label', 'deployment', 'ci-web', 'by=hand', '-n', NAMESPACE]);
    const { problems } = told(...KEYS);
    expect(problems.filter(({ trouble }) => trouble === 'missing')).toMatchObject([{ kind: 'Service', name: 'ci-web' }]);
    const changed = problems.filter(({ trouble }) => trouble === 'changed');
    expect(changed.map(({ name, details }) => [name, ...details])).toEqual([
      ['ci-api', expect.stringMatching(/^~ spec\.replicas: 3 → 1 \(written by kubectl/)],
      ['ci-web', expect.stringMatching(/^- metadata\.labels\.by: hand \(written by kubectl-label, \d{4}-/)],
    ]);
    expect(status(...KEYS).status).toBe(1);
    await kubectl(['label', 'deployment', 'ci-web', 'by-', '-n', NAMESPACE]);
    await kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], cli(['template', ...RELEASE, ...KEYS]).stdout);
    await settle();
    expect(told(...KEYS).problems).toEqual([]);
  }, 60_000);

  it('tells what is not ready and why, and no secret', async () => {
    await patchStatus('deployment', 'ci-web', { availableReplicas: 0, readyReplicas: 0 });
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'ci-web', uid: await uidOf('deployment', 'ci-web') };
    const replicaSet = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'ci-web-1', namespace: NAMESPACE, ownerReferences: [{ ...owner, controller: true }] },
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'b' }] } },
      },
    };
    await kubectl(['create', '-f', '-'], JSON.stringify(replicaSet));
    const between = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'ci-web-1', uid: await uidOf('replicaset', 'ci-web-1') };
    const waiting = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } };
    const terminated = { exitCode: 2, reason: 'Error', message: `cannot start:\n--token ${JWT_KEY} is wrong` };
    await pod(
      'ci-web-1-x',
      between,
      {},
      {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'False' }],
        containerStatuses: [
          { name: 'main', image: 'i', imageID: '', ready: false, restartCount: 7, state: waiting, lastState: { terminated } },
        ],
      },
    );
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'ci-web-event', namespace: NAMESPACE },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name: 'ci-web-1-x', namespace: NAMESPACE, uid: await uidOf('pod', 'ci-web-1-x') },
      type: 'Warning',
      reason: 'BackOff',
      message: 'Back-off restarting failed container',
      lastTimestamp: '2026-01-02T03:04:05Z',
      source: { component: 'kubelet' },
    };
    await kubectl(['create', '-f', '-'], JSON.stringify(event));
    const { stdout } = status(...KEYS);
    expect(stdout).toContain(`Not ready
  Deployment ci-ns/ci-web 0 of 1 pods are ready
    pod ci-web-1-x: container main waits: CrashLoopBackOff: back-off 5m0s
    pod ci-web-1-x: container main ended with 2 (Error) 7 times; its last words: cannot start: --token `);
    expect(stdout).toContain('    pod ci-web-1-x: event at 2026-01-02T03:04:05Z: BackOff: Back-off restarting failed container\n');
    expect(stdout).not.toContain(JWT_KEY);
    await kubectl(['delete', 'pod', 'ci-web-1-x', '-n', NAMESPACE, '--force']);
    await settle();
  }, 60_000);

  it('tells of Jobs that failed, of a CronJob the last one', async () => {
    const [job] = await get('jobs');
    const name = job?.metadata.name ?? '';
    const failed = {
      type: 'Failed',
      status: 'True',
      reason: 'BackoffLimitExceeded',
      message: 'Job has reached the specified backoff limit',
    };
    await kubectl(['delete', 'job', name, '-n', NAMESPACE]);
    await kubectl(['apply', '--server-side', '-f', '-'], cli(['template', ...RELEASE, ...KEYS, '--show-only', `Job/${name}`]).stdout);
    const startTime = '2026-01-02T03:04:05Z';
    await patchStatus('job', name, { startTime, failed: 1, conditions: [{ ...failed, type: 'FailureTarget' }, failed] });
    const cron = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      name: 'ci-cron-event-sender',
      uid: await uidOf('cronjob', 'ci-cron-event-sender'),
    };
    const made = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'ci-cron-event-sender-1', namespace: NAMESPACE, ownerReferences: [{ ...cron, controller: true }] },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } } },
    };
    await kubectl(['create', '-f', '-'], JSON.stringify(made));
    await patchStatus('job', 'ci-cron-event-sender-1', {
      startTime,
      failed: 1,
      conditions: [{ ...failed, type: 'FailureTarget' }, failed],
    });
    expect(found('failed', ...KEYS).toSorted()).toEqual([
      `CronJob/ci-cron-event-sender its last Job, ci-cron-event-sender-1, failed: BackoffLimitExceeded: ${failed.message}`,
      `Job/${name} failed: BackoffLimitExceeded: ${failed.message}`,
    ]);
    const watched = status(...KEYS, '--watch');
    expect([watched.status, watched.stderr]).toEqual([
      1,
      expect.stringContaining(`stuck: Job ci-ns/${name}: failed: BackoffLimitExceeded`),
    ]);
    await kubectl(['delete', 'job', name, 'ci-cron-event-sender-1', '-n', NAMESPACE]);
    await kubectl(['apply', '--server-side', '-f', '-'], cli(['template', ...RELEASE, ...KEYS]).stdout);
    await settle();
  }, 60_000);

  it('tells of certificates that end within 30 days', async () => {
    const { server: pair } = certificates(folder, '127.0.0.1');
    const values = ['--set', 'api.ingress.enabled=true,api.tls.enabled=true,api.tls.existingSecret=ending'];
    expect(told(...KEYS).problems).toEqual([]);
    await kubectl(['create', 'secret', 'tls', 'ending', '-n', NAMESPACE, `--cert=${pair.certificate}`, `--key=${pair.key}`]);
    expect(found('certificate', ...KEYS, ...values)).toEqual([expect.stringMatching(/^Secret\/ending ends \d{4}-\S+Z, in 1 days$/)]);
    expect(found('certificate', ...KEYS)).toEqual([]);
  }, 60_000);

  it('tells of claims that are nearly full, as the kubelet has it', async () => {
    await kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } }));
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'ci-db', uid: await uidOf('statefulset', 'ci-db') };
    const volumes = [{ name: 'datadir', persistentVolumeClaim: { claimName: 'datadir-ci-db-0' } }];
    await pod('ci-db-0', owner, { nodeName: 'node-1', volumes }, { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] });
    expect(told(...KEYS).unknown).toEqual([expect.stringMatching(/^how full claims are is not known: /)]);

    // A server passes no request on to a kubelet on loopback: its answer stands in a file.
    const volume = (name: string, usedBytes: number): object => ({
      name,
      capacityBytes: 1000,
      usedBytes,
      pvcRef: { name, namespace: NAMESPACE },
    });
    const own = [volume('datadir-ci-db-0', 911), volume('half-empty', 500), { name: 'scratch', capacityBytes: 10, usedBytes: 10 }];
    const summary = {
      pods: [
        { podRef: { name: 'ci-db-0', namespace: NAMESPACE }, volume: own },
        { podRef: { name: 'other', namespace: NAMESPACE }, volume: [volume('others', 1000)] },
      ],
    };
    const programs = join(folder, 'programs');
    mkdirSync(programs);
    writeFileSync(join(programs, 'summary.json'), JSON.stringify(summary));
    writeFileSync(
      join(programs, 'kubectl'),
      `#!/bin/sh\ncase "$*" in\n*/nodes/node-1/proxy/stats/summary) cat ${join(programs, 'summary.json')} ;;\n*) exec ${parts?.kubectl} "$@" ;;\nesac\n`,
      { mode: 0o755 },
    );
    const { stdout } = cliProcess(['status', ...RELEASE, ...KEYS, '-o', 'json', '--kubeconfig', server.kubeconfig], {
      path: [programs, '/usr/bin', '/bin'].join(delimiter),
    });
    const { problems, unknown } = JSON.parse(stdout) as Told;
    expect([problems.filter(({ trouble }) => trouble === 'claim'), unknown]).toMatchObject([
      [{ kind: 'PersistentVolumeClaim', name: 'datadir-ci-db-0', message: 'is 91 % full' }],
      [],
    ]);
    await kubectl(['delete', 'pod', 'ci-db-0', '-n', NAMESPACE, '--force']);
  }, 60_000);

  it('tells of keys that nobody saved, until the command that it prints has saved them', async () => {
    await kubectl(['apply', '--server-side', '-f', '-'], cli(['template', ...RELEASE]).stdout);
    await settle();
    expect(found('keys')).toEqual(['Secret/ci-api its keys exist in the cluster only and were not saved']);
    const [line = ''] = told().problems.find(({ trouble }) => trouble === 'keys')?.details ?? [];
    const save = (): void => {
      const env = { ...process.env, PATH: `${path}${delimiter}${process.env['PATH']}`, KUBECONFIG: server.kubeconfig };
      expect(spawnSync('sh', ['-c', line.replace('save them: ', '')], { cwd: folder, env, encoding: 'utf8' })).toMatchObject({ status: 0 });
    };
    save();
    expect(readFileSync(join(folder, 'ci-api-keys.yaml'), 'utf8')).toContain(Buffer.from(JWT_KEY).toString('base64'));
    expect(found('keys')).toEqual([]);
    // Times of a server are whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await kubectl(['patch', 'secret', 'ci-api', '-n', NAMESPACE, '-p', '{"stringData":{"jwtKey":"another"}}']);
    expect(found('keys')).toEqual(['Secret/ci-api its keys were written since they were saved']);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    save();
    expect(found('keys')).toEqual([]);
  }, 60_000);

  it('follows a roll-out until it is done, and tells on what it is stuck', async () => {
    await patchStatus('deployment', 'ci-web', { availableReplicas: 0 });
    const stuck = status('--watch', '--patience', '1');
    expect(stuck.status).toBe(1);
    expect(stuck.stderr).toMatch(/^\d+ of \d+ objects are ready; waits for Deployment ci-ns\/ci-web: 0 of 1 pods are ready\nstuck: /);
    const child = spawn(
      process.execPath,
      [join(ROOT, 'bin', 'cdk8s-estafette'), 'status', ...RELEASE, '--watch', '--kubeconfig', server.kubeconfig],
      { env: { ...process.env, PATH: `${path}${delimiter}${process.env['PATH']}` } },
    );
    let stderr = '';
    const begun = new Promise<void>((resolve) =>
      child.stderr.on('data', (data: Buffer) => {
        stderr += data.toString();
        resolve();
      }),
    );
    const ended = new Promise((resolve) => child.on('close', resolve));
    await begun;
    await settle();
    expect(await ended).toBe(0);
    expect(stderr).toMatch(/; waits for Deployment ci-ns\/ci-web: .*\n(\d+) of \1 objects are ready\n$/);
  }, 60_000);

  it('is told as far as somebody may look', async () => {
    await kubectl(['create', 'serviceaccount', 'reader', '-n', NAMESPACE]);
    await kubectl(['create', 'clusterrole', 'reader', '--verb=get,list', '--resource=deployments.apps,services,configmaps,namespaces']);
    await kubectl(['create', 'clusterrolebinding', 'reader', '--clusterrole=reader', `--serviceaccount=${NAMESPACE}:reader`]);
    const token = (await kubectl(['create', 'token', 'reader', '-n', NAMESPACE])).trim();
    const config = JSON.parse(readFileSync(server.kubeconfig, 'utf8')) as { users: { name: string }[] };
    const limited = join(folder, 'limited');
    writeFileSync(limited, JSON.stringify({ ...config, users: config.users.map(({ name }) => ({ name, user: { token } })) }));
    const { status: code, stderr } = cliProcess(['status', ...RELEASE, '--kubeconfig', limited], { path });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^Error: kubectl get: .*forbidden/)]);
  }, 60_000);

  it.each<[string, readonly string[], RegExp]>([
    ['no chart', ['ci'], /^Error: status takes a release name and a chart\n/],
    ['another output', ['ci', 'estafette-ci', '-o', 'yaml'], /^Error: --output must be one of text, json, not "yaml"\n$/],
    ['patience alone', ['ci', 'estafette-ci', '--patience', '3'], /^Error: --patience needs --watch\n$/],
    ['no patience', ['ci', 'estafette-ci', '--watch', '--patience', '0'], /^Error: --patience must be a whole number of seconds/],
    ['a release and its list', ['ci', 'estafette-ci', '--file', 'releases.yaml'], /^Error: status takes a release name\n/],
    ['no such context', ['ci', 'estafette-ci', '--context', 'nowhere'], /^Error: kubectl config view: .*nowhere/],
  ])('ends with one error for %s', (_, args, message) => {
    const { status: code, stdout, stderr } = cliProcess(['status', ...args], { path });
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
  });
});
