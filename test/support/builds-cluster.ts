// Builds on Kubernetes, on a cluster: the service from its own image, with a registry, a bucket and somebody who takes callbacks.
import { renderRelease } from '../../cli/render';
import type { BuildshuttleValues } from '../../constructs/buildshuttle/values';
import { buildClient, callbackReceiver, type BuildClient, type CallbackReceiver } from './build-client';
import { BUILDSHUTTLE_PARTS, buildshuttleArchive } from './images/buildshuttle';
import {
  cluster,
  CLUSTER_PARTS,
  findRootParts,
  registry as startRegistry,
  s3,
  succeed,
  type Cluster,
  type Registry,
  type S3,
} from './parts';

export const BUILDS_PARTS = [...CLUSTER_PARTS, 'kube-network-policies', ...BUILDSHUTTLE_PARTS, 'docker-registry', 'versitygw'] as const;
export type BuildsParts = NonNullable<ReturnType<typeof findRootParts<(typeof BUILDS_PARTS)[number]>>>;

/** A node of the tests has two processors. */
export const LITTLE = { requests: { cpu: '10m', memory: '64Mi' } };
const NAME = 'buildshuttle';

/** One release of the service, alone in its namespace. */
export interface BuildsRelease {
  readonly client: BuildClient;
  /** What `kubectl` prints in its namespace. @throws Error with what it printed when it fails */
  kubectl(...args: string[]): Promise<string>;
  names(kind: string, labels: string): Promise<string[]>;
  /** Name of the pod that leads. */
  leader(): Promise<string>;
  /** As the registry has it. */
  digestOf(tag: string): Promise<string | null>;
}

export interface BuildsCluster {
  readonly cluster: Cluster;
  readonly registry: Registry;
  readonly bucket: S3;
  readonly callbacks: CallbackReceiver;
  /** Resolves when the service is rolled out. @param values beside those that point it to registry and bucket */
  release(namespace: string, values?: BuildshuttleValues): Promise<BuildsRelease>;
  stop(): Promise<void>;
}

export async function buildsCluster(parts: BuildsParts, { nodes = 1 }: { readonly nodes?: number } = {}): Promise<BuildsCluster> {
  const subject = await cluster({ nodes, enforced: true });
  const { machine } = subject.addresses;
  const [registry, bucket, callbacks] = await Promise.all([
    startRegistry({ host: machine }),
    s3({ buckets: ['builds'], host: machine }),
    callbackReceiver(machine),
    subject.load(buildshuttleArchive(subject.folder, parts, ['0.1.0'])),
  ]);
  return {
    cluster: subject,
    registry,
    bucket,
    callbacks,
    release: (namespace, values = {}) => release({ subject, registry, bucket, callbacks }, namespace, values),
    async stop() {
      callbacks.stop();
      await subject.stop();
      await Promise.all([bucket.stop(), registry.stop()]);
    },
  };
}

type Around = Pick<BuildsCluster, 'registry' | 'bucket' | 'callbacks'> & { readonly subject: Cluster };

function manifestsOf({ registry, bucket, subject }: Around, namespace: string, { builds, engine, ...values }: BuildshuttleValues): string {
  const { address: location, accessKey, secretKey } = bucket;
  const { machine, machines } = subject.addresses;
  return renderRelease({
    release: NAME,
    chart: NAME,
    namespace,
    createNamespace: true,
    values: [
      {
        mode: 'kubernetes',
        builds: { resources: LITTLE, ...builds },
        // BuildKit of Docker 20.10, which is the engine here, knows one by its scheme only.
        engine: { insecureRegistries: [`http://${registry.address}`], resources: LITTLE, ...engine },
        resources: LITTLE,
        s3: { bucket: 'builds', location, accessKey, secretKey },
        // The test asks from this machine, by way of a node; registry, bucket and receiver are on it.
        networkPolicy: { from: [{ ipBlock: { cidr: machines } }], egress: { allow: [`${machine}/32`] } },
        ...values,
      },
    ],
  }).manifests;
}

async function release(around: Around, namespace: string, values: BuildshuttleValues): Promise<BuildsRelease> {
  const { subject, registry, callbacks } = around;
  const kubectl = (...args: string[]): Promise<string> => succeed(subject.kubectl([...args, '-n', namespace]));
  await succeed(subject.kubectl(['apply', '--server-side', '-f', '-'], manifestsOf(around, namespace, values)));
  try {
    await kubectl('rollout', 'status', `deployment/${NAME}`, '--timeout=120s');
  } catch (error) {
    const { stdout: pods } = await subject.kubectl(['describe', 'pods', '-n', namespace]);
    const { stdout: log } = await subject.kubectl(['logs', '-n', namespace, `deployment/${NAME}`, '--tail=30']);
    throw new Error(`${String(error)}\n${pods.slice(-4000)}\n${log}`, { cause: error });
  }
  const address = await kubectl('get', 'service', NAME, '-o', 'jsonpath={.spec.clusterIP}:{.spec.ports[0].port}');
  const token = Buffer.from(await kubectl('get', 'secret', `${NAME}-auth`, '-o', 'jsonpath={.data.token}'), 'base64').toString();
  const client = buildClient({ url: `http://${address}`, token, app: 'web', callback: callbacks.url, registry: registry.address });
  return {
    client,
    kubectl,
    names: async (kind, labels) =>
      (await kubectl('get', kind, '-l', labels, '-o', 'jsonpath={.items[*].metadata.name}')).split(' ').filter((name) => name !== ''),
    leader: async () => (await kubectl('get', 'lease', NAME, '-o', 'jsonpath={.spec.holderIdentity}')).split('_')[0] ?? '',
    async digestOf(tag) {
      const accept = 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json';
      const answer = await fetch(`http://${registry.address}/v2/${client.image}/manifests/${tag}`, { headers: { accept } });
      return answer.headers.get('docker-content-digest');
    },
  };
}
