// The cluster that tests start does what a cluster does: pods, Jobs, names, Services over nodes, claims, tokens, logs, exec and drain.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { connected, isNotYet } from '../support/connected';
import { standInArchive, STAND_IN_PARTS } from '../support/images/stand-ins';
import { cluster, CLUSTER_PARTS, describeWith, eventually, findParts, findRootParts, succeed, type Cluster } from '../support/parts';

const parts = findRootParts(...CLUSTER_PARTS) && findParts(...STAND_IN_PARTS);

const pod = (name: string, spec: object, labels: Record<string, string> = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: { terminationGracePeriodSeconds: 0, ...spec },
});
const shell = (script: string, more: object = {}): object => ({
  name: 'main',
  image: 'busybox:test',
  imagePullPolicy: 'Never',
  command: ['/bin/sh', '-c', script],
  ...more,
});

describeWith(parts)('cluster({nodes: 2})', () => {
  let subject: Cluster;
  const kubectl = (...args: string[]): Promise<string> => succeed(subject.kubectl(args));
  const create = async (...objects: object[]): Promise<void> => {
    await succeed(subject.kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })));
  };

  beforeAll(async () => {
    subject = await cluster({ nodes: 2 });
    if (parts) await subject.load(standInArchive(subject.folder, parts, ['busybox:test', 'estafette/estafette-ci-web:1']));
  }, 180_000);
  afterAll(() => subject?.stop(), 60_000);

  it('has two nodes that are ready', async () => {
    expect((await kubectl('get', 'nodes', '-o', 'name')).trim().split('\n')).toEqual(['node/node-1', 'node/node-2']);
  });

  it('answers names, and Services reach pods on the other node', async () => {
    const server = {
      containers: [
        {
          name: 'web',
          image: 'estafette/estafette-ci-web:1',
          imagePullPolicy: 'Never',
          readinessProbe: { httpGet: { path: '/readiness', port: 5000 }, periodSeconds: 1 },
        },
      ],
      nodeName: 'node-2',
    };
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 5000 }] },
    };
    await create(pod('web', server, { app: 'web' }), service, pod('client', { nodeName: 'node-1', containers: [shell('sleep 3600')] }));
    await kubectl('wait', '--for=condition=Ready', 'pod/web', 'pod/client', '--timeout=60s');
    const call = String.raw`printf 'GET /liveness HTTP/1.0\r\n\r\n' | nc web.default.svc.cluster.local 80`;
    await eventually(
      () => kubectl('exec', 'client', '--', '/bin/sh', '-c', call),
      (answer) => answer.includes("I'm here!"),
    );
    const { stdout: address } = await subject.kubectl(['get', 'pod', 'web', '-o', 'jsonpath={.status.podIP}']);
    expect(await (await fetch(`http://${address}:5000/liveness`)).text()).toContain("I'm here!");
    // This machine's way to Services is the first node, and the pod is on the second.
    const { stdout: shared } = await subject.kubectl(['get', 'service', 'web', '-o', 'jsonpath={.spec.clusterIP}']);
    expect(await (await connected(() => fetch(`http://${shared}/liveness`))).text()).toContain("I'm here!");
    // Of an address that no Service has, a node says what it says of a Service that it has not heard of yet.
    const unknown = shared.replace(/\d+$/, (last) => String(Number(last) === 254 ? 253 : Number(last) + 1));
    expect(isNotYet(await fetch(`http://${unknown}/`).catch((error: unknown) => error))).toBe(true);
  }, 120_000);

  it('runs Jobs with the token of their account, and keeps their logs', async () => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'job' },
      spec: {
        template: {
          spec: {
            restartPolicy: 'Never',
            containers: [shell('cat /var/run/secrets/kubernetes.io/serviceaccount/namespace && echo " answer $((40 + 2))"')],
          },
        },
      },
    };
    await create(job);
    await kubectl('wait', '--for=condition=Complete', 'job/job', '--timeout=60s');
    expect(await kubectl('logs', 'job/job')).toBe('default answer 42\n');
  }, 120_000);

  it('keeps what is written on a claim when its pod moves to the other node', async () => {
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    const user = (name: string, node: string, script: string): object =>
      pod(name, {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
            },
          },
        },
        restartPolicy: 'Never',
        securityContext: { runAsUser: 1000, fsGroup: 1000 },
        containers: [shell(script, { volumeMounts: [{ name: 'data', mountPath: '/mnt' }] })],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
      });
    await create(claim, user('writer', 'node-1', 'echo kept > /mnt/file'));
    await kubectl('wait', '--for=jsonpath={.status.phase}=Succeeded', 'pod/writer', '--timeout=60s');
    await create(user('reader', 'node-2', 'cat /mnt/file'));
    await kubectl('wait', '--for=jsonpath={.status.phase}=Succeeded', 'pod/reader', '--timeout=60s');
    expect(await kubectl('logs', 'reader')).toBe('kept\n');
  }, 120_000);

  it('drains a node, and its pods come up on the other', async () => {
    const labels = { app: 'drained' };
    await create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'drained' },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 0,
            containers: [shell('sleep 3600')],
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: 'kubernetes.io/hostname',
                whenUnsatisfiable: 'ScheduleAnyway',
                labelSelector: { matchLabels: labels },
              },
            ],
          },
        },
      },
    });
    await kubectl('rollout', 'status', 'deployment/drained', '--timeout=60s');
    await kubectl('drain', 'node-2', '--ignore-daemonsets', '--force', '--delete-emptydir-data', '--timeout=60s');
    await kubectl('rollout', 'status', 'deployment/drained', '--timeout=60s');
    await eventually(
      () => kubectl('get', 'pods', '-l', 'app=drained', '-o', 'jsonpath={.items[*].spec.nodeName}'),
      (answer) => answer === 'node-1 node-1',
    );
    await kubectl('uncordon', 'node-2');
  }, 180_000);

  it('leaves no process, mount, cable, cgroup or folder', async () => {
    const root = dirname(subject.kubeconfig);
    await subject.stop();
    expect(spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout).not.toContain(root);
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(root);
    expect(spawnSync('ip', ['-o', 'address'], { encoding: 'utf8' }).stdout).not.toContain(subject.addresses.machine);
    expect(
      spawnSync('find', ['/sys/fs/cgroup', '-maxdepth', '2', '-name', root.split('/').at(-1) ?? root], { encoding: 'utf8' }).stdout,
    ).toBe('');
    expect(existsSync(root)).toBe(false);
  }, 60_000);
});
