// Pod that does nothing but wait for `kubectl exec` with the database client and a certificate.
import type { Pod } from 'kubernetes-types/core/v1';
import { plainText, text } from '../../../helm/print';
import { podSpec } from '../../common/pod';
import { fullNameOf, labelsOf } from '../common/identity';
import { firstSecurityContext, mainContainer, placement } from '../common/pod';
import type { DbClientContext } from './values';

export function pod(context: DbClientContext) {
  const { dbClientSecretName, dbClientUsername, pod: settings, securityContext } = context.values;
  const user = text(dbClientUsername);
  // 256 is 0400: the client refuses a key that others may read.
  const files = [
    ['ca.crt', 'ca.crt'],
    ['tls.crt', `client.${user}.crt`],
    ['tls.key', `client.${user}.key`],
  ] as const;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: fullNameOf(context), labels: labelsOf(context) },
    spec: podSpec({
      ...placement({ ...context, values: { ...context.values, imagePullSecrets: undefined } }, settings),
      containers: [
        mainContainer(context, settings, {
          securityContext: firstSecurityContext(securityContext, settings.securityContext),
          command: ['sleep', '2147483648'],
          volumeMounts: [{ name: 'client-certs', mountPath: '/cockroach-certs' }],
        }),
      ],
      terminationGracePeriodSeconds: 0,
      volumes: [
        {
          name: 'client-certs',
          projected: {
            sources: [{ secret: { name: plainText(dbClientSecretName), items: files.map(([key, path]) => ({ key, path, mode: 256 })) } }],
          },
        },
      ],
    }),
  } satisfies Pod;
}
