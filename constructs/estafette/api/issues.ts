// What the API server's chart refuses of its values, and values of ours that contradict each other.
import { NULL_GROUP, type Issue } from '../../../helm/check';
import { isTrue } from '../../../helm/print';
import type { Table } from '../../../helm/schema';
import { namespaceIssues, textNeeded, textOnly } from '../../common/checks';
import { proxyIssues } from '../common/identity-aware-proxy';
import { serverIssues } from '../common/server';
import { configIssues } from './config';
import { ingressIssues } from './ingress';
import { jobNamespace } from './names';
import { KEYS, keySource } from './secrets';
import type { ApiContext } from './values';

/** Everything that is wrong. */
export function issues(context: ApiContext): Issue[] {
  const { ingress, service } = context.values;
  return [
    ...serverIssues(context),
    ...proxyIssues(context),
    ...configIssues(context),
    ...ingressIssues(context),
    ...accountIssues(context),
    ...keyIssues(context),
    ...tlsIssues(context),
    ...contradictions(context),
    ...namespaceIssues(jobNamespace(context), 'jobNamespaceOverride'),
    // The notes for users print the address of the Service where there is no Ingress.
    ...(ingress.enabled ? [] : textNeeded(service.type, 'service', 'type')),
  ];
}

const accountIssues = ({ values: { serviceAccount } }: ApiContext): Issue[] =>
  serviceAccount.create && !isTrue(serviceAccount.builderServiceAccountName)
    ? [
        {
          path: ['serviceAccount', 'builderServiceAccountName'],
          message: 'must not be empty: no server takes an account without a name; leave the key out to keep the default',
        },
      ]
    : [];

const keyIssues = (context: ApiContext): Issue[] => {
  const { secret } = context.values;
  const source = keySource(context);
  if (source !== 'given' && source !== 'made') return [];
  return [
    ...(secret.b64encoded ? [] : KEYS.flatMap((key) => textOnly(secret[key], 'secret', key))),
    ...annotationIssues(secret.annotations, 'secret'),
  ];
};

const tlsIssues = ({ values: { tls } }: ApiContext): Issue[] => [
  ...(tls.enabled && !tls.certManager ? [{ path: ['tls', 'certManager'], message: NULL_GROUP }] : []),
  ...(tls.enabled && !tls.certManager?.enabled
    ? [...textOnly(tls.cert, 'tls', 'cert'), ...textOnly(tls.key, 'tls', 'key'), ...annotationIssues(tls.annotations, 'tls')]
    : []),
];

const annotationIssues = (annotations: Table | undefined, key: string): Issue[] =>
  Object.entries(annotations ?? {}).flatMap(([name, value]) => textNeeded(value, key, 'annotations', name));

const contradictions = ({ values: { tls } }: ApiContext): Issue[] =>
  isTrue(tls.existingSecret) && tls.enabled && tls.certManager?.enabled
    ? [
        {
          path: ['tls', 'existingSecret'],
          message: 'cannot stand beside tls.certManager.enabled: cert-manager makes the Secret itself; take one of the two away',
        },
      ]
    : [];
