// `helm test`: a pod that lists the databases.
import type { Pod, Volume } from 'kubernetes-types/core/v1';
import { text } from '../../helm/print';
import { podSpec } from '../common/pod';
import { clientLabelOf } from './network-policy';
import { clientSecretOf, fullNameOf, publicNameOf } from './names';
import { databasePullSecrets } from './registry-secrets';
import { quotedOrNone } from './text';
import { certificateVolume } from './tls/pods';
import type { CockroachDbContext } from './values';

/** With TLS it shows the root user's certificate, whoever made it; the chart's own pod does so for certificates from elsewhere only. */
export function testPod(context: CockroachDbContext) {
  const { image, networkPolicy, service, tls } = context.values;
  const certificates: Volume[] = tls.enabled
    ? certificateVolume(context, 'client-certs', {
        selfSigned: clientSecretOf(context),
        named: tls.certs.clientRootSecret,
        file: 'client.root',
      })
    : [];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${fullNameOf(context)}-test`, ...(networkPolicy.enabled ? { labels: clientLabelOf(context) } : {}) },
    spec: podSpec({
      restartPolicy: 'Never',
      imagePullSecrets: databasePullSecrets(context),
      volumes: certificates,
      containers: [
        {
          name: 'client-test',
          image: `${text(image.repository)}:${text(image.tag)}`,
          imagePullPolicy: quotedOrNone(image.pullPolicy),
          volumeMounts: certificates.length ? [{ name: 'client-certs', mountPath: '/cockroach-certs' }] : [],
          command: [
            '/cockroach/cockroach',
            'sql',
            ...(tls.enabled ? ['--certs-dir', '/cockroach-certs'] : ['--insecure']),
            '--host',
            `${publicNameOf(context)}.${context.release.namespace}`,
            '--port',
            text(service.ports.grpc.external.port),
            '-e',
            'SHOW DATABASES;',
          ],
        },
      ],
    }),
  } satisfies Pod;
}
