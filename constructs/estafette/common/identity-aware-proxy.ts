// Google Cloud's Identity-Aware Proxy in front of api and web: BackendConfig and the Secret of its OAuth client.
import type { Secret } from 'kubernetes-types/core/v1';
import type { Issue } from '../../../helm/check';
import { isTrue, text } from '../../../helm/print';
import type { Table } from '../../../helm/schema';
import { base64 } from '../../../kubernetes/encode';
import { textMap } from '../../common/metadata';
import { chartLabel } from '../../common/names';
import { chartName } from '../../common/release';
import { isNil, textNeeded } from '../../common/checks';
import { fullNameOf, selectorLabels, textOr, type Named } from './identity';
import type { Proxy } from './values';

export interface Proxied extends Named {
  readonly values: Named['values'] & { readonly iap: Proxy; readonly labels: Table | undefined };
}

const CLIENT = ['clientId', 'clientSecret'] as const;

export function proxyIssues({ values: { iap } }: Proxied): Issue[] {
  if (!iap.enabled || isTrue(iap.existingSecret)) return [];
  return CLIENT.flatMap((key): Issue[] =>
    isNil(iap[key])
      ? [
          {
            path: ['iap', key],
            message: 'is needed when iap.enabled is true: give the OAuth client of Google Cloud, or name its Secret as iap.existingSecret',
          },
        ]
      : textNeeded(iap[key], 'iap', key),
  );
}

/** Labels of the two objects: the chart leaves the version out here, and adds `labels`. */
const labelsOf = (named: Proxied): Record<string, string> => ({
  'helm.sh/chart': chartLabel(chartName(named.chart), named.chart.version),
  ...selectorLabels(named),
  'app.kubernetes.io/managed-by': 'Helm',
  ...textMap(named.values.labels),
});

const clientSecretName = (named: Proxied): string => `${fullNameOf(named)}.backendconfig`;

/** In the version that the cluster serves. */
export function backendConfig(named: Proxied) {
  const { iap } = named.values;
  if (!iap.enabled) return undefined;
  return {
    apiVersion: (named.release.apiVersions ?? []).includes('cloud.google.com/v1/BackendConfig')
      ? 'cloud.google.com/v1'
      : 'cloud.google.com/v1beta1',
    kind: 'BackendConfig',
    metadata: { name: fullNameOf(named), labels: labelsOf(named) },
    spec: {
      iap: { enabled: true, oauthclientCredentials: { secretName: textOr(iap.existingSecret, clientSecretName(named)) } },
      timeoutSec: 120,
    },
  };
}

export function backendConfigSecret(named: Proxied) {
  const { iap } = named.values;
  if (!iap.enabled || isTrue(iap.existingSecret)) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: clientSecretName(named), labels: labelsOf(named) },
    type: 'Opaque',
    data: { client_id: base64(text(iap.clientId)), client_secret: base64(text(iap.clientSecret)) },
  } satisfies Secret;
}
