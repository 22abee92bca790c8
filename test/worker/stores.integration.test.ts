// One contract for both stores, the disk's and S3's; and a disk that runs full.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../worker/config';
import { DiskStore } from '../../worker/stores/disk';
import { S3Store } from '../../worker/stores/s3';
import type { Store } from '../../worker/stores/store';
import { createWorker } from '../../worker/worker';
import { describeWith, findParts, findRootParts, s3, type S3 } from '../support/parts';
import { APP_UUID, callbackReceiver, FakeEngine, payload, silent, tempFolder, until } from './support/fakes';

const gateway = findParts('versitygw');
const MiB = 1024 ** 2;

function contract(open: () => Promise<Store>): void {
  const folder = tempFolder();
  const file = join(folder.path, 'file');
  let store: Store;
  beforeAll(async () => {
    store = await open();
  }, 30_000);
  afterAll(async () => {
    await store?.close();
    folder.remove();
  });
  const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  async function read(name: string): Promise<{ size: number; digest: string } | undefined> {
    const found = await store.get(name);
    if (found === undefined) return undefined;
    const chunks: Buffer[] = [];
    for await (const chunk of found.body) chunks.push(Buffer.from(chunk));
    return { size: found.size, digest: digest(Buffer.concat(chunks)) };
  }

  it.each([
    ['nothing', 0],
    ['a few bytes', 5],
    ['one part exactly', 8 * MiB],
    ['several parts', 20 * MiB + 1],
  ])(
    'gives back %s',
    async (name, size) => {
      const bytes = Buffer.alloc(size, `${name}-0123456789`);
      writeFileSync(file, bytes);
      await store.put('object.logs', file);
      expect(await read('object.logs')).toEqual({ size, digest: digest(bytes) });
    },
    60_000,
  );

  it('replaces, tells what is there, and deletes twice', async () => {
    writeFileSync(file, 'one');
    await store.put('other', file);
    writeFileSync(file, 'two');
    await store.put('other', file);
    expect(await read('other')).toEqual({ size: 3, digest: digest(Buffer.from('two')) });
    expect(await store.get('absent')).toBeUndefined();
    await store.delete('other');
    await store.delete('other');
    expect(await store.get('other')).toBeUndefined();
  }, 30_000);

  it('leaves nothing when the file is gone', async () => {
    rmSync(file, { force: true });
    await expect(store.put('never', file)).rejects.toThrow('ENOENT');
    expect(await store.get('never')).toBeUndefined();
  }, 30_000);
}

describe('the disk', () => {
  const folder = tempFolder();
  afterAll(() => folder.remove());
  contract(() => DiskStore.open(join(folder.path, 'store')));

  it.each(['../x', '/etc/passwd', 'a/b', '.hidden', ''])('refuses the name %j', async (name) => {
    const store = await DiskStore.open(join(folder.path, 'names'));
    await expect(store.get(name)).rejects.toThrow('is not a name of an object');
  });
});

describeWith(gateway)('S3', () => {
  let server: S3;
  beforeAll(async () => {
    server = await s3({ buckets: ['contract'] });
  }, 60_000);
  afterAll(() => server?.stop());
  contract(() =>
    S3Store.open({
      bucket: 'contract',
      accessKey: server.accessKey,
      secretKey: server.secretKey,
      location: server.address,
      region: server.region,
    }),
  );
});

describeWith(findRootParts('busybox'))('a full disk under DATA_DIR', () => {
  it('ends the build that filled it, with the reason, and works on', async () => {
    const folder = tempFolder();
    const data = join(folder.path, 'data');
    mkdirSync(data);
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', data]).status).toBe(0);
    const receiver = await callbackReceiver();
    const engine = new FakeEngine();
    engine.onBuild = async ({ output, signal }, tag) => {
      if (!tag.endsWith(':1.1')) return;
      while (!signal.aborted) await output(`${'x'.repeat(99)}\n`.repeat(1000));
    };
    const worker = await createWorker(
      readConfig({ DATA_DIR: data, MIN_FREE_BYTES: '0', EGRESS_ALLOW: '127.0.0.0/8', SHUTDOWN_GRACE_MS: '0' }),
      silent,
      { engine },
    );
    try {
      await worker.queue.accept(await payload(1, { callback: receiver.url }));
      await until(() => receiver.received.some(({ body }) => body['status'] === 'failed'));
      const ended = worker.records.get(`web-${APP_UUID}/1`);
      expect(ended).toMatchObject({ state: 'failed', reason: 'the disk of DATA_DIR is full' });
      await worker.queue.deleteApp(`web-${APP_UUID}`);
      await until(() => readdirSync(join(data, 'work')).length === 0);
      await worker.queue.accept(await payload(2, { callback: receiver.url }));
      await until(() => receiver.received.some(({ body }) => body['status'] === 'succeeded'));
      expect(receiver.received.filter(({ body }) => body['status'] !== 'pending')).toHaveLength(2);
    } finally {
      await worker.close();
      await receiver.close();
      expect(spawnSync('umount', ['-l', data]).status).toBe(0);
      folder.remove();
    }
  }, 90_000);
});
