// Volumes of the servers: configuration, certificates, credentials and storage.
import type { PersistentVolumeClaim, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { isTrue, plain, plainText, text } from '../../helm/print';
import { annotations } from '../common/metadata';
import { listOf } from '../common/lists';
import { advertisesPublicly } from './access';
import { configMapName } from './config-map';
import { fullNameOf } from './identity';
import type { NatsContext } from './values';
import { isGiven, tlsMount, tlsUses, tlsVolume } from './tls';

export const CONFIG_MOUNTS: readonly VolumeMount[] = [
  { name: 'config-volume', mountPath: '/etc/nats-config' },
  { name: 'pid', mountPath: '/var/run/nats' },
];

/** Where the init container writes the public address. */
export const ADVERTISE_MOUNT: VolumeMount = { mountPath: '/etc/nats-config/advertise', name: 'advertiseconfig', subPath: 'advertise' };

const JWT_CLAIM = 'nats-jwt-pvc';
const jetstreamClaim = (context: NatsContext): string => `${fullNameOf(context)}-js-pvc`;

/** Secrets with credentials for remote servers, each once: Kubernetes refuses a second volume of the same name, which the chart prints. */
function credentialSecrets({ values: { leafnodes } }: NatsContext): string[] {
  if (!isTrue(leafnodes.enabled)) return [];
  return [
    ...new Set(listOf(leafnodes.remotes).flatMap(({ credentials }) => (isTrue(credentials) ? [text(credentials?.secret?.name)] : []))),
  ];
}

export function volumes(context: NatsContext): Volume[] {
  const { auth, nats } = context.values;
  const { fileStorage } = nats.jetstream;
  const { configMap, type } = auth.resolver;
  return [
    {
      name: 'config-volume',
      ...(isTrue(nats.customConfigSecret)
        ? { secret: { secretName: plainText(nats.customConfigSecret?.name) } }
        : { configMap: { name: configMapName(context) } }),
    },
    { name: 'pid', emptyDir: {} },
    ...(isTrue(auth.enabled) && isTrue(configMap) ? [{ name: 'resolver-volume', configMap: { name: plainText(configMap?.name) } }] : []),
    ...(isTrue(auth.enabled) && type === 'URL'
      ? [{ name: 'operator-jwt-volume', configMap: { name: plainText(auth.operatorjwt?.configMap?.name) } }]
      : []),
    ...(advertisesPublicly(context) ? [{ name: ADVERTISE_MOUNT.name, emptyDir: {} }] : []),
    ...(isTrue(fileStorage.enabled) && isTrue(fileStorage.existingClaim)
      ? [{ name: jetstreamClaim(context), persistentVolumeClaim: { claimName: text(fileStorage.existingClaim) } }]
      : []),
    ...tlsUses(context.values).map(tlsVolume),
    ...credentialSecrets(context).map((secretName) => ({ name: `${secretName}-volume`, secret: { secretName: secretName || undefined } })),
  ];
}

export function serverMounts(context: NatsContext): VolumeMount[] {
  const {
    auth: { enabled, resolver },
    nats,
  } = context.values;
  const { fileStorage } = nats.jetstream;
  const readsConfigMap = resolver.type === 'memory' || (resolver.type === 'full' && isGiven(resolver.configMap));
  return [
    ...CONFIG_MOUNTS,
    ...(advertisesPublicly(context) ? [ADVERTISE_MOUNT] : []),
    ...(isTrue(enabled) && readsConfigMap ? [{ name: 'resolver-volume', mountPath: '/etc/nats-config/accounts' }] : []),
    ...(isTrue(enabled) && resolver.type === 'full' && isTrue(resolver.store)
      ? [{ name: JWT_CLAIM, mountPath: plainText(resolver.store?.dir) as string }]
      : []),
    ...(isTrue(enabled) && resolver.type === 'URL' ? [{ name: 'operator-jwt-volume', mountPath: '/etc/nats-config/operator' }] : []),
    ...(isTrue(fileStorage.enabled)
      ? [{ name: jetstreamClaim(context), mountPath: plainText(fileStorage.storageDirectory) as string }]
      : []),
    ...tlsUses(context.values).map(tlsMount),
    ...credentialSecrets(context).map((secretName) => ({ name: `${secretName}-volume`, mountPath: `/etc/nats-creds/${secretName}` })),
  ];
}

/** Claims that every server gets. */
export function volumeClaimTemplates(context: NatsContext): PersistentVolumeClaim[] {
  const {
    auth: { resolver },
    nats,
  } = context.values;
  const { fileStorage } = nats.jetstream;
  const accessModes = listOf(fileStorage.accessModes)
    .filter((mode) => mode !== null)
    .map(text);
  const requests = (size: unknown) => ({ requests: { storage: plain(size) as string } });
  return [
    ...(resolver.type === 'full' && isTrue(resolver.store)
      ? [{ metadata: { name: JWT_CLAIM }, spec: { accessModes: ['ReadWriteOnce'], resources: requests(resolver.store?.size) } }]
      : []),
    ...(isTrue(fileStorage.enabled) && !isTrue(fileStorage.existingClaim)
      ? [
          {
            metadata: { name: jetstreamClaim(context), ...annotations(fileStorage.annotations) },
            spec: {
              ...(accessModes.length ? { accessModes } : {}),
              resources: requests(fileStorage.size),
              ...(isTrue(fileStorage.storageClassName) ? { storageClassName: text(fileStorage.storageClassName) } : {}),
            },
          },
        ]
      : []),
  ];
}
