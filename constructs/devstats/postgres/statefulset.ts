// The database: PostgreSQL under Patroni, one pod a node, each with its own claim.
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Probe } from 'kubernetes-types/core/v1';
import { integer, isTrue, plain, plainText, text } from '../../../helm/print';
import { textMap } from '../../common/metadata';
import { podTemplate } from '../../common/pod';
import { commandOf, replicasOf, resourcesOf } from '../container';
import { postgresLabels, type DevStatsContext } from '../names';
import { DATA_MOUNT, PATRONI_PORT, patroniEnvironment } from './patroni';

/** Group of postgres in the image: the volume must be writable for it. */
const POSTGRES_GROUP = 999;

/** Patroni answers with a query to PostgreSQL, which may be busy: one slow answer must not cost the database its leader. */
const probe = (path: unknown, more: Probe): Probe | undefined =>
  isTrue(path) ? { httpGet: { path: text(path), port: PATRONI_PORT }, periodSeconds: 10, timeoutSeconds: 5, ...more } : undefined;

export function statefulSet({ values }: DevStatsContext) {
  const name = text(values.postgresSvcName);
  const labels = postgresLabels(values);
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, labels },
    spec: {
      replicas: replicasOf(values.postgresNodes),
      serviceName: name,
      ...(values.postgresPodManagementPolicy === 'Parallel' ? { podManagementPolicy: 'Parallel' as const } : {}),
      selector: { matchLabels: labels },
      template: podTemplate(
        { labels },
        {
          serviceAccountName: name,
          securityContext: { fsGroup: POSTGRES_GROUP },
          containers: [
            {
              name,
              image: text(values.postgresImageName),
              imagePullPolicy: text(values.imagePullPolicy),
              ...(isTrue(values.overwritePostgresCommand) ? commandOf(values.postgresCommand, values.postgresCommandArgs) : {}),
              env: patroniEnvironment(values),
              ports: [
                { containerPort: PATRONI_PORT, protocol: 'TCP' },
                { containerPort: Number(plain(values.postgresPort)), protocol: 'TCP' },
              ],
              livenessProbe: probe(values.postgresLivenessPath, { initialDelaySeconds: 30, failureThreshold: 6 }),
              readinessProbe: probe(values.postgresReadinessPath, {}),
              resources: resourcesOf(values, 'Postgres'),
              volumeMounts: [
                { mountPath: DATA_MOUNT, name: 'pgdata' },
                { mountPath: '/dev/shm', name: 'devshm' },
              ],
            },
          ],
          terminationGracePeriodSeconds:
            plainText(values.postgresTerminationGracePeriodSeconds) === undefined
              ? undefined
              : integer(values.postgresTerminationGracePeriodSeconds),
          // Containers get 64 MiB of shared memory otherwise.
          volumes: [{ name: 'devshm', emptyDir: { medium: 'Memory' } }],
          nodeSelector: textMap(values.dbNodeSelector),
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                {
                  labelSelector: { matchExpressions: [{ key: 'type', operator: 'In', values: ['postgres'] }] },
                  topologyKey: 'kubernetes.io/hostname',
                },
              ],
            },
          },
        },
      ),
      volumeClaimTemplates: [
        {
          metadata: { name: 'pgdata' },
          spec: {
            accessModes: ['ReadWriteOnce'],
            storageClassName: plainText(values.storageClass),
            resources: { requests: { storage: text(values.postgresStorageSize) } },
          },
        },
      ],
    },
  } satisfies StatefulSet;
}
