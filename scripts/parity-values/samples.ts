// What a sensible value looks like when all that is known of it is its name: for values that are empty by default.
import type { Hint, Values } from './types';

type Table<T> = readonly (readonly [RegExp, T])[];

const SECURITY_CONTEXT = { runAsUser: 1000, runAsNonRoot: true };
const NODE_AFFINITY = {
  requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }],
  },
};
const POD_AFFINITY = {
  requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', labelSelector: { matchLabels: { app: 'marker' } } }],
};

/** The first pattern that fits the last key of the path wins. */
const MAPS: Table<Values> = [
  [/^resources$/, { requests: { cpu: '100m' }, limits: { memory: '128Mi' } }],
  [/^affinity$/, { nodeAffinity: NODE_AFFINITY }],
  [/^nodeAffinity$/, NODE_AFFINITY],
  [/^pod(Anti)?Affinity$/, POD_AFFINITY],
  [/^nodeSelector$/, { disk: 'ssd' }],
  [/securityContext$/i, SECURITY_CONTEXT],
  [/^(strategy|updateStrategy)$/, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } }],
  [/^(dnsConfig|podDnsConfig)$/, { nameservers: ['192.0.2.53'] }],
  [/^credentials$/, { registry: 'registry.example.com', username: 'marker', password: 'secret' }],
  [/Probe$/, { httpGet: { path: '/marker', port: 'http' }, periodSeconds: 7 }],
  [/^podDisruptionBudget$/, { maxUnavailable: 1 }],
  [/^(env|extraEnv)$/, { MARKER: 'x' }],
];

const LISTS: Table<readonly unknown[]> = [
  [/^(env|extraEnv)$/, [{ name: 'MARKER', value: 'x' }]],
  [/^tolerations$/, [{ key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' }]],
  [/^topologySpreadConstraints$/, [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }]],
  [/^imagePullSecrets$/, [{ name: 'marker' }]],
  [/^tls$/, [{ secretName: 'marker-tls', hosts: ['marker.example.com'] }]],
  [/^hosts$/, ['marker.example.com']],
  [/volumes$/i, [{ name: 'marker', emptyDir: {} }]],
  [/volumeMounts$/i, [{ name: 'marker', mountPath: '/marker' }]],
  [/containers$/i, [{ name: 'marker', image: 'example/marker:1.0' }]],
  [/^extraSecretMounts$/, [{ name: 'marker', mountPath: '/marker', secretName: 'marker', readOnly: true }]],
  [/^extraConfigmapMounts$/, [{ name: 'marker', mountPath: '/marker', configMap: 'marker', readOnly: true }]],
  [/^extraHostPathMounts$/, [{ name: 'marker', mountPath: '/marker', hostPath: '/marker', readOnly: true }]],
  [/^extraVolumeDirs$/, ['/marker']],
  [/^extraSecrets$/, [{ key: 'marker', mountPath: '/marker', annotations: {}, b64encoded: false, data: { 'a.txt': 'text' } }]],
  [/^extraConfigmaps$/, [{ key: 'marker', mountPath: '/marker', annotations: {}, data: 'a.txt: |\n  text of {{ .Release.Name }}\n' }]],
  [/^extraPaths$/, [{ path: '/marker', backend: { service: { name: 'marker', port: { number: 80 } } } }]],
  [/args$/i, ['--marker=x']],
  [/^loadBalancerSourceRanges$/, ['198.51.100.0/24']],
  [/^externalIPs$/, ['192.0.2.1']],
  [/^(remoteWrite|remoteRead)$/, [{ url: 'http://marker.example.com' }]],
  [/relabel/i, [{ action: 'keep', source_labels: ['marker'], regex: 'x' }]],
  [/^alertmanagers$/, [{ static_configs: [{ targets: ['marker:9093'] }] }]],
  [/^hostAliases$/, [{ ip: '192.0.2.1', hostnames: ['marker.example.com'] }]],
  [/^accessModes$/, ['ReadWriteMany']],
  [/^namespaces$/, ['marker']],
];

const SCALARS: Table<boolean | number | string> = [
  [/^(enabled|create|enable|keep)$/, true],
  [/^(is|has|use|enable|no|allow)[A-Z]/, true],
  [/nodePort$/i, 30123],
  [/port$/i, 8123],
  [/^(replicas|replicaCount|replica|minAvailable|maxUnavailable|maxSkew|completions|parallelism)$/, 2],
  [/percentage$/i, 75],
  [/seconds$/i, 17],
  [/tag$/i, '1.2.3'],
  [/digest$/i, `sha256:${'0123456789abcdef'.repeat(4)}`],
  [/^registry$/, 'registry.example.com'],
  [/repository$/i, 'registry.example.com/marker'],
  [/^image$/, 'registry.example.com/marker:1.2.3'],
  [/pullPolicy$/i, 'Always'],
  [/(size|sizeLimit)$/i, '2Gi'],
  [/(interval|timeout|duration|delay|deadline|period)$/i, '17s'],
  [/^ClusterIP$/i, '10.0.0.10'],
  [/IP$/, '192.0.2.1'],
  [/(url|proxy)$/i, 'http://marker.example.com:8080'],
  [/host$/i, 'marker.example.com'],
  [/path$/i, '/marker'],
  [/^extraContainers$/, '- name: marker\n  image: example/marker:1.0\n'],
  [/^extraVolumes$/, '- name: marker\n  emptyDir: {}\n'],
  [/^extraVolumeMounts$/, '- name: marker\n  mountPath: /marker\n'],
  [/(key|secret|password|token)$/i, 'bWFya2Vy'],
];

const pick = <T>(table: Table<T>, key: string): T | undefined => table.find(([pattern]) => pattern.test(key))?.[1];

export const mapFor = (key: string): Values => pick(MAPS, key) ?? { marker: 'x' };
export const listFor = (key: string): readonly unknown[] => pick(LISTS, key) ?? ['marker'];
export const scalarFor = (key: string): boolean | number | string => pick(SCALARS, key) ?? 'marker';

/** For a value that only templates mention: its kind is read off its name, then off its use. */
export function guess(key: string, hints: ReadonlySet<Hint>): unknown {
  if (pick(MAPS, key) && !hints.has('range')) return pick(MAPS, key);
  if (/(annotations|labels)$/i.test(key) || hints.has('keys')) return mapFor(key);
  if (pick(LISTS, key) || hints.has('range')) return listFor(key);
  if (pick(SCALARS, key) !== undefined) return pick(SCALARS, key);
  if (hints.has('yaml')) return mapFor(key);
  return hints.size === 1 && hints.has('test') ? true : scalarFor(key);
}
