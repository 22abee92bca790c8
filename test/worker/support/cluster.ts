// Replicas of a worker on a cluster in memory, with a registry and a receiver of callbacks.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../../worker/config';
import { DiskStore } from '../../../worker/stores/disk';
import { prepareWorker, type Worker } from '../../../worker/worker';
import { FakeApi } from './fake-api';
import { FakeKubelet } from './fake-kubelet';
import { bodyOf, callbackReceiver, FakeEngine, payload, serve, silent, tempFolder, until, type CallbackReceiver } from './fakes';

export class ClusterEngine extends FakeEngine {
  override async isInsecure(): Promise<boolean> {
    return true;
  }
}

export interface Registry {
  readonly host: string;
  /** Digest by `path:tag`. */
  readonly tags: Map<string, string>;
  /** Answers of the next PUTs, in turn. */
  readonly refuses: number[];
  close(): Promise<void>;
}

/** As far as a worker asks one. */
export async function registry(): Promise<Registry> {
  const tags = new Map<string, string>();
  const refuses: number[] = [];
  const server = await serve((request, response) => {
    void bodyOf(request).then((text) => {
      const [, path = '', reference = ''] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(request.url ?? '') ?? [];
      const digest = reference.startsWith('sha256:') ? reference : tags.get(`${path}:${reference}`);
      if (request.method === 'POST') return response.writeHead(202).end();
      if (request.method === 'PUT') {
        const refused = refuses.shift();
        if (refused !== undefined) return response.writeHead(refused).end();
        tags.set(`${path}:${reference}`, text);
        return response.writeHead(201).end();
      }
      if (digest === undefined) return response.writeHead(404).end();
      // A manifest here is its digest.
      response.writeHead(200, { 'docker-content-digest': digest, 'content-type': 'application/vnd.oci.image.manifest.v1+json' });
      return response.end(digest);
    });
  });
  return { host: `127.0.0.1:${server.port}`, tags, refuses, close: () => server.close() };
}

export interface ClusterHarness {
  readonly fake: FakeApi;
  readonly kubelet: FakeKubelet;
  readonly engine: ClusterEngine;
  readonly receiver: CallbackReceiver;
  readonly registry: Registry;
  /** Another replica; the first one leads. */
  replica(environment?: Record<string, string>): Promise<Worker>;
  post(worker: Worker, number: number, more?: Record<string, unknown>): Promise<void>;
  /** As kill -9: nothing more comes from it. */
  crash(worker: Worker): Promise<void>;
  finals(): { readonly body: Record<string, unknown> }[];
  logOf(worker: Worker, key: string): Promise<string>;
}

/** A crash gives the Lease back: only a machine that stands still for so long costs a replica its lead. */
const TIMES = { heldMs: 20_000, deadlineMs: 15_000, turnMs: 50 };

/** Call it inside `describe`: it adds what runs before and after each test. */
export function clusterHarness(): ClusterHarness {
  const folder = tempFolder();
  const state: {
    current?: Omit<ClusterHarness, 'replica' | 'post' | 'crash' | 'finals' | 'logOf'>;
    test: number;
    replicas: Set<Worker>;
    lost: number;
  } = { test: 0, replicas: new Set(), lost: 0 };
  const current = () => {
    if (state.current === undefined) throw new Error('only within a test');
    return state.current;
  };
  beforeEach(async () => {
    state.test += 1;
    const fake = await FakeApi.open();
    const engine = new ClusterEngine();
    state.current = {
      fake,
      engine,
      kubelet: new FakeKubelet(fake, engine),
      receiver: await callbackReceiver(),
      registry: await registry(),
    };
  });
  afterEach(async () => {
    const { fake, kubelet, receiver, registry: images } = current();
    fake.away = false;
    await Promise.all([...state.replicas].map((worker) => worker.close()));
    state.replicas.clear();
    const { lost } = state;
    state.lost = 0;
    await kubelet.close();
    await Promise.all([fake.close(), receiver.close(), images.close()]);
    if (lost > 0) throw new Error('a replica has lost its lead, which no test here means: it could not renew its Lease in time');
  });
  afterAll(() => folder.remove());
  let count = 0;
  return {
    get fake() {
      return current().fake;
    },
    get kubelet() {
      return current().kubelet;
    },
    get engine() {
      return current().engine;
    },
    get receiver() {
      return current().receiver;
    },
    get registry() {
      return current().registry;
    },
    async replica(environment = {}) {
      const data = join(folder.path, `${state.test}-${(count += 1)}`);
      mkdirSync(data, { recursive: true });
      const template = join(data, 'pod.yaml');
      writeFileSync(template, JSON.stringify({ spec: { containers: [{ name: 'build', env: [] }] } }));
      const config = readConfig({
        USE_KUBERNETES: 'true',
        BUILD_POD_TEMPLATE: template,
        S3_BUCKET: 'in-the-test',
        DATA_DIR: data,
        EGRESS_ALLOW: '127.0.0.0/8',
        MIN_FREE_BYTES: '0',
        ...environment,
      });
      const worker = await prepareWorker(config, silent, {
        access: { server: current().fake.url, namespace: 'builds', token: () => 't' },
        store: await DiskStore.open(join(folder.path, `store-${state.test}`)),
        leaseTimes: TIMES,
        callbackRetryMs: 5,
        attemptPauseMs: 5,
        lost: () => (state.lost += 1),
      });
      await worker.start();
      state.replicas.add(worker);
      if (state.replicas.size === 1) await until(() => worker.leads);
      return worker;
    },
    async post(worker, number, more = {}) {
      const { receiver, registry: images } = current();
      await worker.queue.accept(
        await payload(number, { callback: receiver.url, callback_auth: 'auth-of-the-callback', gm_registry_host: images.host, ...more }),
      );
    },
    async crash(worker) {
      state.replicas.delete(worker);
      await worker.close();
    },
    finals: () => current().receiver.received.filter(({ body }) => body['status'] !== 'pending'),
    async logOf(worker, key) {
      let text = '';
      for await (const chunk of worker.logs.follow(key, 0, AbortSignal.timeout(20_000))) text += chunk.toString();
      return text;
    },
  };
}

export const hashOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
