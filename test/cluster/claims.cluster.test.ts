// What a real kubelet tells of the volumes of its pods, and `status` of it: a claim that is nearly full.
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { fullClaims } from '../../cli/status/claims';
import type { Thing } from '../../cli/diff/objects';
import { standInArchive, STAND_IN_PARTS } from '../support/images/stand-ins';
import { hasFigures } from '../support/parts/cluster/node';
import { cluster, CLUSTER_PARTS, describeWith, eventually, findParts, findRootParts, succeed, type Cluster } from '../support/parts';

const programs = findRootParts(...CLUSTER_PARTS);
const parts = programs && findParts(...STAND_IN_PARTS);

const claim = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    volumeName: name === 'full' ? 'volume-0' : 'volume-1',
  },
});
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'writer' },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'main',
        image: 'busybox:test',
        imagePullPolicy: 'Never',
        command: ['/bin/sh', '-c', 'sleep 3600'],
        volumeMounts: ['full', 'empty'].map((name) => ({ name, mountPath: `/${name}` })),
      },
    ],
    volumes: ['full', 'empty'].map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
  },
};

describeWith(hasFigures(tmpdir()) ? parts : undefined)('claims on a cluster', () => {
  const path = process.env['PATH'];
  let subject: Cluster;
  const kubectl = (...args: string[]): Promise<string> => succeed(subject.kubectl(args));

  beforeAll(async () => {
    process.env['PATH'] = `${dirname(programs?.kubectl ?? '')}:${path}`;
    subject = await cluster();
    if (parts) await subject.load(standInArchive(subject.folder, parts, ['busybox:test']));
  }, 180_000);
  afterAll(async () => {
    process.env['PATH'] = path;
    await subject?.stop();
  }, 60_000);

  it('are told when they are nearly full, as the kubelet has it', async () => {
    const [node] = subject.nodes;
    // Disks of their own: 15 of 16 MiB in use, and nothing.
    for (const volume of ['volume-0', 'volume-1']) {
      const place = await kubectl('get', 'pv', volume, '-o', 'jsonpath={.spec.local.path}');
      node?.machine.run('mount', '-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', place);
      if (volume === 'volume-0') node?.machine.run('sh', '-c', `head -c 15728640 /dev/zero > '${place}/file'`);
    }
    const items = [claim('full'), claim('empty'), pod];
    await succeed(subject.kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items })));
    await kubectl('wait', '--for=condition=Ready', 'pod/writer', '--timeout=120s');
    const writer = JSON.parse(await kubectl('get', 'pod', 'writer', '-o', 'json')) as Thing;
    // A kubelet looks once in a minute.
    const told = await eventually(
      () => Promise.resolve(fullClaims([writer], { kubeconfig: subject.kubeconfig })),
      ({ problems }) => problems.length > 0,
      180,
    );
    expect(told.note).toBeUndefined();
    expect(told.problems).toEqual([
      expect.objectContaining({
        kind: 'PersistentVolumeClaim',
        namespace: 'default',
        name: 'full',
        trouble: 'claim',
        message: 'is 94 % full',
      }),
    ]);
  }, 400_000);
});
