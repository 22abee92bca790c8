// Replicas of a worker on a real API server with its Job controller, with the account that the chart gives them; pods run in this process.
import { App } from 'cdk8s';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { Buildshuttle } from '../../../constructs/releases';
import { writeYamlStream } from '../../../helm/yaml/write';
import { Api, type ApiAccess } from '../../../worker/cluster/api';
import { readConfig } from '../../../worker/config';
import { DiskStore } from '../../../worker/stores/disk';
import { prepareWorker, type Worker } from '../../../worker/worker';
import { apiServer, loopbackNetwork, succeed, type ApiServer } from '../../support/parts';
import { ClusterEngine, registry, type Registry } from './cluster';
import { callbackReceiver, payload, silent, tempFolder, type CallbackReceiver } from './fakes';
import { ServerKubelet } from './server-kubelet';

export const NAMESPACE = 'builds';
export const NAME = 'buildshuttle';

export interface ServerCluster {
  readonly server: ApiServer;
  readonly kubelet: ServerKubelet;
  readonly engine: ClusterEngine;
  readonly receiver: CallbackReceiver;
  readonly registry: Registry;
  /** Rights that the service's account has made use of, as the server wrote them down: `create configmaps`; and whether it has them. */
  audit(): readonly { readonly right: string; readonly allowed: boolean }[];
  kubectl(...args: string[]): Promise<string>;
  /** Of an administrator. */
  admin(): Api;
  replica(environment?: Record<string, string>, logger?: Logger): Promise<Worker>;
  post(worker: Worker, number: number, more?: Record<string, unknown>): Promise<void>;
  /** As kill -9, as far as one process can: nothing more comes from it. */
  crash(worker: Worker): Promise<void>;
  finals(): { readonly body: Record<string, unknown> }[];
  close(): Promise<void>;
}

/** Short, so that a test sees a leader replaced. */
const TIMES = { heldMs: 3000, deadlineMs: 2000, turnMs: 200 };

interface AuditEvent {
  readonly verb: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string };
}

export async function serverCluster(): Promise<ServerCluster> {
  const folder = tempFolder();
  const auditLog = join(folder.path, 'audit.log');
  const policy = join(folder.path, 'audit.json');
  const rules = [{ level: 'Metadata', users: [`system:serviceaccount:${NAMESPACE}:${NAME}`] }, { level: 'None' }];
  writeFileSync(policy, JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'], rules }));
  writeFileSync(auditLog, '');
  const server = await apiServer({
    flags: [`--audit-policy-file=${policy}`, `--audit-log-path=${auditLog}`],
    controllers: ['job-controller', 'garbage-collector-controller'],
  });
  await succeed(server.kubectl(['create', 'namespace', NAMESPACE]));
  const values = { mode: 'kubernetes', auth: { existingSecret: 'token' }, s3: { bucket: 'b' } };
  const objects = new Buildshuttle(new App(), NAME, { namespace: NAMESPACE, values }).plan().map(({ object }) => object);
  await succeed(server.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], writeYamlStream(objects as never)));
  const template = join(folder.path, 'pod.yaml');
  const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === `${NAME}-pod`);
  writeFileSync(template, (map as unknown as { data: Record<string, string> }).data['pod.yaml'] ?? '');
  const kubectl = (...args: string[]): Promise<string> => succeed(server.kubectl([...args, '-n', NAMESPACE]));
  const token = (await kubectl('create', 'token', NAME)).trim();
  const { clusters, users } = JSON.parse(readFileSync(server.kubeconfig, 'utf8')) as {
    clusters: [{ cluster: { 'certificate-authority-data': string } }];
    users: [{ user: { token: string } }];
  };
  const authority = Buffer.from(clusters[0].cluster['certificate-authority-data'], 'base64').toString();
  const access = (bearer: string): ApiAccess => ({ server: server.address, namespace: NAMESPACE, token: () => bearer, authority });
  const admin = (): Api => new Api(access(users[0].user.token));
  const engine = new ClusterEngine();
  const kubelet = new ServerKubelet(admin(), engine, await loopbackNetwork());
  await kubelet.start();
  const receiver = await callbackReceiver();
  const images = await registry();
  const replicas = new Set<Worker>();
  let count = 0;
  return {
    server,
    kubelet,
    engine,
    receiver,
    registry: images,
    kubectl,
    admin,
    audit: () =>
      readFileSync(auditLog, 'utf8')
        .split('\n')
        .flatMap((line) => (line === '' ? [] : (JSON.parse(line) as AuditEvent)))
        .map(({ verb, annotations, objectRef: { resource, subresource } = {} }) => ({
          right: `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`,
          allowed: annotations?.['authorization.k8s.io/decision'] === 'allow',
        })),
    async replica(environment = {}, logger = silent) {
      const data = join(folder.path, String((count += 1)));
      mkdirSync(data, { recursive: true });
      const config = readConfig({
        USE_KUBERNETES: 'true',
        WORKER_NAME: NAME,
        BUILD_POD_TEMPLATE: template,
        S3_BUCKET: 'in-the-test',
        DATA_DIR: data,
        EGRESS_ALLOW: '127.0.0.0/8',
        MIN_FREE_BYTES: '0',
        RETENTION_DAYS: '1',
        ...environment,
      });
      const worker = await prepareWorker(config, logger, {
        access: access(token),
        store: await DiskStore.open(join(folder.path, 'store')),
        leaseTimes: TIMES,
        callbackRetryMs: 50,
        attemptPauseMs: 50,
        lost: () => undefined,
      });
      await worker.start();
      replicas.add(worker);
      return worker;
    },
    async post(worker, number, more = {}) {
      await worker.queue.accept(
        await payload(number, { callback: receiver.url, callback_auth: 'auth', gm_registry_host: images.host, ...more }),
      );
    },
    async crash(worker) {
      replicas.delete(worker);
      await worker.close();
    },
    finals: () => receiver.received.filter(({ body }) => body['status'] !== 'pending'),
    async close() {
      await Promise.all([...replicas].map((worker) => worker.close()));
      await kubelet.close();
      await server.stop();
      await Promise.all([receiver.close(), images.close()]);
      folder.remove();
    },
  };
}
