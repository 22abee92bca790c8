// Certificate of the two hosts, made by cert-manager.
import { isTrue, text } from '../../../helm/print';
import { fullNameOf } from '../common/identity';
import { ownTlsSecretName } from './names';
import type { ApiContext } from './values';

export function certificate(context: ApiContext) {
  const { baseHost, integrationsHost, tls } = context.values;
  if (!tls.enabled || !tls.certManager?.enabled) return undefined;
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: fullNameOf(context) },
    spec: {
      secretName: ownTlsSecretName(context),
      issuerRef: { name: text(tls.certManager.issuer) },
      dnsNames: [baseHost, integrationsHost].filter((host) => isTrue(host)).map(text),
    },
  };
}
