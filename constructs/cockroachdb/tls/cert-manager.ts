// Certificates that cert-manager makes: one for the nodes, one for the root user.
import { plainText, text } from '../../../helm/print';
import { fullNameOf, labelsOf, publicNameOf } from '../names';
import type { CockroachDbContext } from '../values';

/** What differs between the two. */
interface Request {
  readonly suffix: string;
  readonly commonName: string;
  readonly usage: readonly string[];
  readonly duration: unknown;
  readonly renewBefore: unknown;
  readonly secretName: unknown;
  readonly dnsNames?: readonly string[];
}

/** Key and organization as the version of the API has them. */
const keyOf = (isV1: boolean | undefined) =>
  isV1
    ? { privateKey: { algorithm: 'RSA', size: 2048 }, subject: { organizations: ['Cockroach'] } }
    : { keySize: 2048, keyAlgorithm: 'rsa', organization: ['Cockroach'] };

function certificate(context: CockroachDbContext, request: Request) {
  const { certManagerIssuer: issuer, useCertManagerV1CRDs } = context.values.tls.certs;
  return {
    apiVersion: useCertManagerV1CRDs ? 'cert-manager.io/v1' : 'cert-manager.io/v1alpha2',
    kind: 'Certificate',
    metadata: { name: `${fullNameOf(context)}-${request.suffix}`, labels: labelsOf(context) },
    spec: {
      duration: plainText(request.duration),
      renewBefore: plainText(request.renewBefore),
      usages: ['digital signature', 'key encipherment', ...request.usage],
      ...keyOf(useCertManagerV1CRDs),
      commonName: request.commonName,
      ...(request.dnsNames ? { dnsNames: request.dnsNames } : {}),
      secretName: plainText(request.secretName),
      issuerRef: { name: plainText(issuer?.name), kind: plainText(issuer?.kind), group: plainText(issuer?.group) },
    },
  };
}

const isAsked = ({ values: { tls } }: CockroachDbContext): boolean => tls.enabled === true && tls.certs.certManager === true;

export function clientCertificate(context: CockroachDbContext) {
  if (!isAsked(context)) return undefined;
  const { certManagerIssuer: issuer, clientRootSecret } = context.values.tls.certs;
  return certificate(context, {
    suffix: 'root-client',
    commonName: 'root',
    usage: ['client auth'],
    secretName: clientRootSecret,
    duration: issuer?.clientCertDuration,
    renewBefore: issuer?.clientCertExpiryWindow,
  });
}

export function nodeCertificate(context: CockroachDbContext) {
  if (!isAsked(context)) return undefined;
  const { certManagerIssuer: issuer, nodeSecret } = context.values.tls.certs;
  const { namespace } = context.release;
  const domain = `${namespace}.svc.${text(context.values.clusterDomain)}`;
  const namesOf = (host: string): string[] => [host, `${host}.${namespace}`, `${host}.${domain}`];
  return certificate(context, {
    suffix: 'node',
    commonName: 'node',
    usage: ['server auth', 'client auth'],
    secretName: nodeSecret,
    duration: issuer?.nodeCertDuration,
    renewBefore: issuer?.nodeCertExpiryWindow,
    dnsNames: ['localhost', '127.0.0.1', ...namesOf(publicNameOf(context)), ...namesOf(`*.${fullNameOf(context)}`)],
  });
}
