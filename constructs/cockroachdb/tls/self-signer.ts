// The Job that makes the certificates before the database starts, and the one that takes them away with the release.
import type { Job } from 'kubernetes-types/batch/v1';
import type { Container, EnvVar } from 'kubernetes-types/core/v1';
import { plainText, text } from '../../../helm/print';
import { podTemplate } from '../../common/pod';
import { fullNameOf, labelsWith, rotationNameOf, selfSignerNameOf } from '../names';
import type { CockroachDbContext } from '../values';
import { signerRole, signerRoleBinding, signerServiceAccount, signsItself } from './access';

export const selfSignerServiceAccount = (context: CockroachDbContext) => signerServiceAccount(context, selfSignerNameOf(context));
export const selfSignerRole = (context: CockroachDbContext) => signerRole(context, selfSignerNameOf(context));
export const selfSignerRoleBinding = (context: CockroachDbContext) => signerRoleBinding(context, selfSignerNameOf(context));

/** The container of every Job around certificates. */
export function signerContainer(context: CockroachDbContext, name: string, args: string[], env: EnvVar[]): Container {
  const { image } = context.values.tls.selfSigner;
  return {
    name,
    image: `${text(image.registry)}/${text(image.repository)}:${text(image.tag)}`,
    imagePullPolicy: text(image.pullPolicy),
    args,
    env: [{ name: 'STATEFULSET_NAME', value: fullNameOf(context) }, ...env],
  };
}

/** Where the certificates are for. */
export const placeOf = ({ release, values }: CockroachDbContext): EnvVar[] => [
  { name: 'NAMESPACE', value: release.namespace },
  { name: 'CLUSTER_DOMAIN', value: plainText(values.clusterDomain) },
];

/** Whose certificate authority signs, or how long the one that is made lasts. */
export function authorityArgs({ values }: CockroachDbContext): string[] {
  const { caProvided, caSecret, caCertDuration, caCertExpiryWindow } = values.tls.certs.selfSigner;
  return caProvided
    ? [`--ca-secret=${text(caSecret)}`]
    : [`--ca-duration=${text(caCertDuration)}`, `--ca-expiry=${text(caCertExpiryWindow)}`];
}

export function selfSignerJob(context: CockroachDbContext) {
  if (!signsItself(context)) return undefined;
  const { clientCertDuration, clientCertExpiryWindow, nodeCertDuration, nodeCertExpiryWindow } = context.values.tls.certs.selfSigner;
  const args = [
    'generate',
    ...authorityArgs(context),
    `--client-duration=${text(clientCertDuration)}`,
    `--client-expiry=${text(clientCertExpiryWindow)}`,
    `--node-duration=${text(nodeCertDuration)}`,
    `--node-expiry=${text(nodeCertExpiryWindow)}`,
  ];
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: selfSignerNameOf(context), labels: labelsWith(context) },
    spec: {
      template: podTemplate(
        { labels: labelsWith(context) },
        {
          restartPolicy: 'Never',
          serviceAccountName: selfSignerNameOf(context),
          containers: [signerContainer(context, 'cert-generate-job', args, placeOf(context))],
        },
      ),
    },
  } satisfies Job;
}

export function cleanerJob(context: CockroachDbContext) {
  if (!signsItself(context)) return undefined;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `${selfSignerNameOf(context)}-cleaner`, labels: labelsWith(context) },
    spec: {
      backoffLimit: 1,
      template: podTemplate(
        { labels: labelsWith(context) },
        {
          restartPolicy: 'Never',
          serviceAccountName: rotationNameOf(context),
          containers: [signerContainer(context, 'cleaner', ['cleanup', `--namespace=${context.release.namespace}`], [])],
        },
      ),
    },
  } satisfies Job;
}
