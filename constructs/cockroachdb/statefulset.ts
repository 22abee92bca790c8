// StatefulSet of the database.
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Container, PersistentVolumeClaim, Probe, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { filled, integer, isTrue, plainText, text } from '../../helm/print';
import { annotations, textMap } from '../common/metadata';
import { podTemplate } from '../common/pod';
import { listOf } from '../common/lists';
import { logSecretNameOf } from './log-config';
import { fullNameOf, labelsWith, nodeSecretOf, podLabels, selectorLabels, serviceAccountNameOf } from './names';
import { podPullSecrets } from './registry-secrets';
import { affinity, spreadConstraints } from './scheduling';
import { startCommand } from './start-command';
import { copyOf, quotedOrNone, texts } from './text';
import { certificateVolume, copyCertificates } from './tls/pods';
import { takesSecurityContext } from './version';
import type { CockroachDbContext } from './values';

const DATA = 'datadir';

export function statefulSet(context: CockroachDbContext) {
  const { labels, securityContext, statefulset: own, storage, tls } = context.values;
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: fullNameOf(context), labels: labelsWith(context, own.labels, labels) },
    spec: {
      serviceName: fullNameOf(context),
      replicas: integer(own.replicas),
      updateStrategy: own.updateStrategy,
      podManagementPolicy: quotedOrNone(own.podManagementPolicy),
      selector: { matchLabels: podLabels(context) },
      template: podTemplate(
        { labels: { ...podLabels(context), ...textMap(labels) }, annotations: textMap(own.annotations) },
        {
          imagePullSecrets: podPullSecrets(context),
          serviceAccountName: tls.enabled ? serviceAccountNameOf(context) : undefined,
          initContainers: copyCertificates(context, 'certs'),
          affinity: affinity(context),
          topologySpreadConstraints: spreadConstraints(context),
          nodeSelector: textMap(own.nodeSelector),
          priorityClassName: plainText(own.priorityClassName),
          tolerations: copyOf(own.tolerations),
          // A node hands its work over when it is told to stop; that takes a while.
          terminationGracePeriodSeconds: 60,
          containers: [databaseContainer(context)],
          volumes: volumes(context),
          securityContext:
            takesSecurityContext(context.values.image.tag) && securityContext?.enabled
              ? { fsGroup: 1000, runAsGroup: 1000, runAsUser: 1000, runAsNonRoot: true }
              : undefined,
        },
      ),
      volumeClaimTemplates: storage.persistentVolume.enabled ? [dataClaim(context)] : undefined,
    },
  } satisfies StatefulSet;
}

function databaseContainer(context: CockroachDbContext): Container {
  const { release, values } = context;
  const { conf, image, statefulset: own } = values;
  const fullName = fullNameOf(context);
  return {
    name: 'db',
    image: `${text(image.repository)}:${text(image.tag)}`,
    imagePullPolicy: quotedOrNone(image.pullPolicy),
    args: ['shell', '-ecx', startCommand(context)],
    env: [
      { name: 'STATEFULSET_NAME', value: fullName },
      { name: 'STATEFULSET_FQDN', value: `${fullName}.${release.namespace}.svc.${text(values.clusterDomain)}` },
      { name: 'COCKROACH_CHANNEL', value: 'kubernetes-helm' },
      ...listOf(own.env),
    ],
    ports: [
      { name: 'grpc', containerPort: integer(conf.port), protocol: 'TCP' },
      { name: 'http', containerPort: integer(conf['http-port']), protocol: 'TCP' },
    ],
    volumeMounts: mounts(context),
    livenessProbe: filled(own.customLivenessProbe) ?? probe(context, '/health', { initialDelaySeconds: 30, periodSeconds: 5 }),
    readinessProbe:
      filled(own.customReadinessProbe) ??
      probe(context, '/health?ready=1', { initialDelaySeconds: 10, periodSeconds: 5, failureThreshold: 2 }),
    securityContext:
      takesSecurityContext(image.tag) && own.securityContext?.enabled
        ? { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, privileged: false, readOnlyRootFilesystem: true }
        : undefined,
    resources: filled(own.resources),
  };
}

const probe = ({ values }: CockroachDbContext, path: string, times: Partial<Probe>): Probe => ({
  httpGet: { path, port: 'http', ...(values.tls.enabled ? { scheme: 'HTTPS' } : {}) },
  ...times,
});

function mounts({ values: { conf, statefulset, tls } }: CockroachDbContext): VolumeMount[] {
  return [
    { name: DATA, mountPath: `/cockroach/${text(conf.path)}/` },
    ...(tls.enabled ? [{ name: 'certs', mountPath: '/cockroach/cockroach-certs/' }] : []),
    ...(tls.enabled && tls.certs.provided ? [{ name: 'certs-secret', mountPath: '/cockroach/certs/' }] : []),
    ...texts(statefulset.secretMounts).map((secret) => ({
      name: `secret-${secret}`,
      mountPath: `/etc/cockroach/secrets/${secret}`,
      readOnly: true,
    })),
    ...(conf.log.enabled ? [{ name: 'log-config', mountPath: '/cockroach/log-config', readOnly: true }] : []),
  ];
}

function volumes(context: CockroachDbContext): Volume[] {
  const { conf, statefulset, tls } = context.values;
  const certificate = { selfSigned: nodeSecretOf(context), named: tls.certs.nodeSecret, file: 'node' };
  return [
    dataVolume(context),
    ...(tls.enabled ? [{ name: 'certs', emptyDir: {} }, ...certificateVolume(context, 'certs-secret', certificate)] : []),
    ...texts(statefulset.secretMounts).map((secret) => ({ name: `secret-${secret}`, secret: { secretName: secret } })),
    ...(conf.log.enabled ? [{ name: 'log-config', secret: { secretName: logSecretNameOf(context) } }] : []),
  ];
}

function dataVolume({ values: { storage } }: CockroachDbContext): Volume {
  if (storage.persistentVolume.enabled) return { name: DATA, persistentVolumeClaim: { claimName: DATA } };
  return isTrue(storage.hostPath) ? { name: DATA, hostPath: { path: text(storage.hostPath) } } : { name: DATA, emptyDir: {} };
}

function dataClaim(context: CockroachDbContext): PersistentVolumeClaim {
  const {
    labels,
    storage: { persistentVolume: own },
  } = context.values;
  const size = quotedOrNone(own.size);
  return {
    metadata: {
      name: DATA,
      labels: { ...selectorLabels(context), ...textMap(own.labels), ...textMap(labels) },
      ...annotations(own.annotations),
    },
    spec: {
      accessModes: ['ReadWriteOnce'],
      // "-" asks for volumes that somebody made by hand.
      ...(isTrue(own.storageClass) ? { storageClassName: own.storageClass === '-' ? '' : text(own.storageClass) } : {}),
      resources: { requests: size === undefined ? {} : { storage: size } },
    },
  };
}
