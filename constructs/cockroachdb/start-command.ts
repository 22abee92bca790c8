// The command line of a database node.
import { filled, integer, isTrue, text } from '../../helm/print';
import { listOf } from '../common/lists';
import { folded, texts } from './text';
import type { CockroachDbContext } from './values';

/**
 * Pods of the cluster that a new one asks to join. Always three: a number that
 * followed the replicas would restart all pods when it changes.
 */
const SEEDS = [0, 1, 2];

/** `--name=value`, where there is a value. */
const option = (name: string, value: unknown): string[] => (isTrue(value) ? [`--${name}=${text(value)}`] : []);

function start({ values: { conf, service } }: CockroachDbContext): string[] {
  if (conf['single-node']) return ['start-single-node'];
  const seeds = SEEDS.map((pod) => `\${STATEFULSET_NAME}-${pod}.\${STATEFULSET_FQDN}:${integer(service.ports.grpc.internal.port)}`);
  const name = conf['cluster-name'];
  return [
    `start --join=${(isTrue(conf.join) ? texts(conf.join) : seeds).join(',')}`,
    ...option('cluster-name', name),
    ...(isTrue(name) && conf['disable-cluster-name-verification'] ? ['--disable-cluster-name-verification'] : []),
  ];
}

/** What `--store` takes: kind or folder of the store, its size, and words that describe it. */
export function storeOf({ conf: { path, store }, storage }: CockroachDbContext['values']): string {
  const isInMemory = store.type === 'mem';
  const size = isTrue(store.size) || isInMemory ? store.size : storage.persistentVolume.size;
  return [
    ...(isInMemory ? ['type=mem'] : isTrue(path) ? [`path=${text(path)}`] : []),
    ...(isTrue(size) ? [`size=${text(size)}`] : []),
    ...(isTrue(store.attrs) ? [`attrs=${text(store.attrs)}`] : []),
  ].join(',');
}

/** The shell command of the database container. */
export function startCommand(context: CockroachDbContext): string {
  const { conf, statefulset, tls } = context.values;
  const attributes = filled(conf.attrs);
  return folded([
    'exec /cockroach/cockroach',
    ...start(context),
    '--advertise-host=$(hostname).${STATEFULSET_FQDN}',
    tls.enabled ? '--certs-dir=/cockroach/cockroach-certs/' : '--insecure',
    ...(attributes ? [`--attrs=${texts(attributes).join(':')}`] : []),
    `--http-port=${integer(conf['http-port'])}`,
    `--port=${integer(conf.port)}`,
    `--cache=${text(conf.cache)}`,
    ...option('max-disk-temp-storage', conf['max-disk-temp-storage']),
    ...option('max-offset', conf['max-offset']),
    `--max-sql-memory=${text(conf['max-sql-memory'])}`,
    ...option('locality', conf.locality),
    ...option('sql-audit-dir', conf['sql-audit-dir']),
    ...(conf.store.enabled ? [`--store=${storeOf(context.values)}`] : []),
    conf.log.enabled ? '--log-config-file=/cockroach/log-config/log-config.yaml' : `--logtostderr=${text(conf.logtostderr)}`,
    ...listOf(statefulset.args).map(text),
  ]);
}
