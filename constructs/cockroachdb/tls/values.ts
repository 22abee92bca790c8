// Values for running with TLS: whose certificates, and how they are made and renewed.
import type { ResourceRequirements } from 'kubernetes-types/core/v1';
import { any, flag, group, table, text } from '../../../helm/schema';
import { credentialsValues } from '../../common/registry';

export const PULL_POLICIES: readonly string[] = ['Always', 'Never', 'IfNotPresent'];

const lifetime = (hours: string, whose: string) => text(hours, `How long ${whose} is valid, in hours.`);
const window = (hours: string, whose: string) => text(hours, `How long before its end ${whose} is renewed, in hours.`);

const clientAndNode = {
  clientCertDuration: lifetime('672h', 'a client certificate'),
  clientCertExpiryWindow: window('48h', 'a client certificate'),
  nodeCertDuration: lifetime('8760h', 'a node certificate'),
  nodeCertExpiryWindow: window('168h', 'a node certificate'),
};

const selfSignerValues = group({
  enabled: flag(true, 'A Job of the release makes the certificates.'),
  caProvided: flag(false, 'The Job signs with a certificate authority of yours.'),
  caSecret: text('', 'Secret with that certificate authority. Needed when `caProvided` is true.'),
  minimumCertDuration: text(
    '624h',
    'Shortest time that any certificate may be in use. Empty means the shorter one of client and node certificates.',
  ),
  caCertDuration: lifetime('43800h', 'the certificate authority'),
  caCertExpiryWindow: window('648h', 'the certificate authority'),
  ...clientAndNode,
  rotateCerts: flag(true, 'CronJobs renew the certificates before they end.'),
  readinessWait: text('30s', 'How long a renewal waits for each restarted pod to be ready.'),
  podUpdateTimeout: text('2m', 'How long a renewal waits for each restarted pod to run.'),
  svcAccountAnnotations: table({}, 'Annotations of the ServiceAccounts of these Jobs.'),
});

export const tlsValues = group({
  enabled: flag(true, 'Nodes and clients talk over TLS.'),
  serviceAccount: group(
    {
      create: flag(true, 'Makes a ServiceAccount for the pods.'),
      name: text('', 'Name of the ServiceAccount. Empty means the name of the component, or `default` when none is made.'),
      annotations: table({}, 'Annotations of the ServiceAccount.'),
    },
    { doc: 'Account of the pods.', nullable: true },
  ),
  copyCerts: group(
    {
      image: text('busybox', 'Image of the container that gives the certificates their file mode.'),
      resources: any<ResourceRequirements>(undefined, 'Requests and limits of that container.', { type: 'ResourceRequirements' }),
    },
    { doc: 'The container that copies certificates.', nullable: true },
  ),
  certs: group({
    provided: flag(false, 'The certificates come from Secrets of yours. Turn the self-signer off then.'),
    clientRootSecret: text('cockroachdb-root', "Secret with the root user's client certificate; cert-manager writes it, or it is yours."),
    nodeSecret: text('cockroachdb-node', 'Secret with the node certificate; cert-manager writes it, or it is yours.'),
    tlsSecret: flag(false, 'Your Secrets are of type kubernetes.io/tls.'),
    selfSigner: selfSignerValues,
    certManager: flag(false, 'cert-manager makes the certificates. Turn the self-signer off then.'),
    certManagerIssuer: group(
      {
        group: text('cert-manager.io', 'API group of the issuer.'),
        kind: text('Issuer', 'Kind of the issuer: Issuer or ClusterIssuer.'),
        name: text('cockroachdb', 'Name of the issuer.'),
        ...clientAndNode,
      },
      { doc: 'Issuer of the certificates that cert-manager makes.', nullable: true },
    ),
    useCertManagerV1CRDs: flag(false, 'Certificates are of cert-manager.io/v1. The older version is gone since cert-manager 1.6.'),
  }),
  selfSigner: group({
    image: group({
      repository: text('cockroachlabs-helm-charts/cockroach-self-signer-cert', 'Repository of the image that makes certificates.'),
      tag: text('1.3', 'Tag of the image, as text.'),
      pullPolicy: text('IfNotPresent', 'When the kubelet pulls the image, and the one that copies certificates.', {
        choices: PULL_POLICIES,
      }),
      credentials: credentialsValues,
      registry: text('gcr.io', 'Registry of the image.'),
    }),
  }),
});
