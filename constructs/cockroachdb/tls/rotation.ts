// CronJobs that renew the self-signed certificates before they end.
import type { CronJob } from 'kubernetes-types/batch/v1';
import { text } from '../../../helm/print';
import { podSpec } from '../../common/pod';
import { labelsWith, rotationNameOf } from '../names';
import type { CockroachDbContext } from '../values';
import { signerRole, signerRoleBinding, signerServiceAccount, signsItself } from './access';
import { caRotationSchedule, certificateRotationSchedule } from './durations';
import { authorityArgs, placeOf, signerContainer } from './self-signer';

export const rotationServiceAccount = (context: CockroachDbContext) => signerServiceAccount(context, rotationNameOf(context));
export const rotationRole = (context: CockroachDbContext) => signerRole(context, rotationNameOf(context));
export const rotationRoleBinding = (context: CockroachDbContext) => signerRoleBinding(context, rotationNameOf(context));

function rotation(context: CockroachDbContext, name: string, schedule: string, args: string[]) {
  const { podUpdateTimeout, readinessWait } = context.values.tls.certs.selfSigner;
  const waits = [`--readiness-wait=${text(readinessWait)}`, `--pod-update-timeout=${text(podUpdateTimeout)}`];
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, labels: labelsWith(context) },
    spec: {
      schedule,
      jobTemplate: {
        spec: {
          backoffLimit: 1,
          template: {
            spec: podSpec({
              restartPolicy: 'Never',
              serviceAccountName: rotationNameOf(context),
              containers: [signerContainer(context, 'cert-rotate-job', ['rotate', ...args, ...waits], placeOf(context))],
            }),
          },
        },
      },
    },
  } satisfies CronJob;
}

/** Renews the certificate authority, unless it is the user's. */
export function caRotation(context: CockroachDbContext) {
  const { caProvided, rotateCerts } = context.values.tls.certs.selfSigner;
  if (!signsItself(context) || caProvided || !rotateCerts) return undefined;
  const schedule = caRotationSchedule(context.values.tls.certs.selfSigner);
  return rotation(context, rotationNameOf(context), schedule, ['--ca', ...authorityArgs(context), `--ca-cron=${schedule}`]);
}

/** Renews client and node certificates. As in the chart it is there without TLS too; see the warnings. */
export function certificateRotation(context: CockroachDbContext) {
  const { selfSigner } = context.values.tls.certs;
  if (!selfSigner.enabled || !selfSigner.rotateCerts) return undefined;
  const schedule = certificateRotationSchedule(selfSigner);
  return rotation(context, `${rotationNameOf(context)}-client`, schedule, [
    ...authorityArgs(context),
    '--client',
    `--client-duration=${text(selfSigner.clientCertDuration)}`,
    `--client-expiry=${text(selfSigner.clientCertExpiryWindow)}`,
    '--node',
    `--node-duration=${text(selfSigner.nodeCertDuration)}`,
    `--node-expiry=${text(selfSigner.nodeCertExpiryWindow)}`,
    `--node-client-cron=${schedule}`,
  ]);
}
