// What pods need to use the certificates: a volume with the Secret, and a container that copies it with the right file mode.
import type { Container, KeyToPath, Volume } from 'kubernetes-types/core/v1';
import { filled, plainText } from '../../../helm/print';
import { quotedOrNone } from '../text';
import type { CockroachDbContext } from '../values';

/** Readable by its owner alone: CockroachDB takes no key that others can read. */
const OWNER_READS = 0o400;

/** Whose certificate a volume holds. */
export interface CertificateSource {
  /** The Secret that the self-signer makes. */
  readonly selfSigned: string;
  /** The Secret of the user, or of cert-manager. */
  readonly named: unknown;
  /** CockroachDB's name for the certificate's files, such as `client.root`. */
  readonly file: string;
}

/** The volume with the certificate, where the values say that there is one. */
export function certificateVolume(
  {
    values: {
      tls: { certs },
    },
  }: CockroachDbContext,
  name: string,
  source: CertificateSource,
): Volume[] {
  const { certManager, provided, selfSigner, tlsSecret } = certs;
  if (!provided && !certManager && !selfSigner.enabled) return [];
  if (!tlsSecret && !certManager && !selfSigner.enabled)
    return [{ name, secret: { secretName: plainText(source.named), defaultMode: OWNER_READS } }];
  const item = (key: string, path: string): KeyToPath => ({ key, path, mode: OWNER_READS });
  return [
    {
      name,
      projected: {
        sources: [
          {
            secret: {
              name: selfSigner.enabled ? source.selfSigned : plainText(source.named),
              items: [item('ca.crt', 'ca.crt'), item('tls.crt', `${source.file}.crt`), item('tls.key', `${source.file}.key`)],
            },
          },
        ],
      },
    },
  ];
}

/** Copies the certificates from their Secret into a volume of the pod: CockroachDB reads no links. */
export function copyCertificates({ values: { tls } }: CockroachDbContext, into: string): Container[] {
  if (!tls.enabled) return [];
  return [
    {
      name: 'copy-certs',
      image: quotedOrNone(tls.copyCerts?.image),
      imagePullPolicy: quotedOrNone(tls.selfSigner.image.pullPolicy),
      command: ['/bin/sh', '-c', 'cp -f /certs/* /cockroach-certs/; chmod 0400 /cockroach-certs/*.key'],
      env: [{ name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
      resources: filled(tls.copyCerts?.resources),
      volumeMounts: [
        { name: into, mountPath: '/cockroach-certs/' },
        { name: 'certs-secret', mountPath: '/certs/' },
      ],
    },
  ];
}
