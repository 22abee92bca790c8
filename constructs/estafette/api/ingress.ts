// The two Ingresses: one for people, one for webhooks.
import type { Ingress } from 'kubernetes-types/networking/v1';
import type { Issue } from '../../../helm/check';
import { isTrue, plainText, text } from '../../../helm/print';
import type { Table } from '../../../helm/schema';
import { annotations } from '../../common/metadata';
import { textNeeded } from '../../common/checks';
import { listOf } from '../../common/lists';
import { fullNameOf, labelsOf } from '../common/identity';
import { ownTlsSecretName, tlsSecretName } from './names';
import type { ApiContext } from './values';

type IngressKey = 'ingress' | 'ingressWebhooks';
type Rules = ApiContext['values'][IngressKey];
type Host = NonNullable<Rules['hosts']>[number];
type Path = NonNullable<Host['paths']>[number];

export function ingress(context: ApiContext) {
  const { iap } = context.values;
  // Google's own controller serves what is behind the proxy, and reads the class from nowhere else.
  const proxied = { 'kubernetes.io/ingress.class': 'gce', 'kubernetes.io/ingress.allow-http': 'false' };
  return build(context, 'ingress', fullNameOf(context), iap.enabled ? proxied : {}, (path) =>
    iap.enabled ? proxiedPath(path) : plainPath(path),
  );
}

export const webhooksIngress = (context: ApiContext) => build(context, 'ingressWebhooks', `${fullNameOf(context)}.webhooks`, {}, plainPath);

function build(context: ApiContext, key: IngressKey, name: string, own: Table, printPath: (path: Path) => object) {
  const values = context.values[key];
  if (!values.enabled) return undefined;
  const tls = listOf(values.tls).map(({ hosts, secretName }) => ({
    ...(isTrue(hosts) ? { hosts: listOf(hosts).map(text) } : {}),
    secretName: servedSecret(context, text(secretName)),
  }));
  const rules = listOf(values.hosts).map(({ host, paths }) => ({ host: text(host), http: httpOf(paths, printPath) }));
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, labels: labelsOf(context), ...annotations(values.annotations, own) },
    spec: {
      ...(isTrue(values.ingressClassName) ? { ingressClassName: text(values.ingressClassName) } : {}),
      ...(tls.length ? { tls } : {}),
      ...(rules.length ? { rules } : {}),
    } as Ingress['spec'],
  } satisfies Ingress;
}

/** Where the release would have used the Secret it makes, the one that exists already. */
const servedSecret = (context: ApiContext, name: string): string => (name === ownTlsSecretName(context) ? tlsSecretName(context) : name);

const httpOf = (paths: Host['paths'], printPath: (path: Path) => object): object =>
  isTrue(paths) ? { paths: listOf(paths).map(printPath) } : {};

const plainPath = ({ path, pathType, backend }: Path): object => ({
  path: plainText(path),
  pathType: isTrue(pathType) ? plainText(pathType) : undefined,
  backend,
});

const proxiedPath = ({ path, pathType, backend }: Path): object => ({
  path: `${text(path)}*`,
  pathType: isTrue(pathType) ? 'ImplementationSpecific' : undefined,
  backend,
});

export const ingressIssues = ({ values }: ApiContext): Issue[] =>
  (['ingress', 'ingressWebhooks'] as const).flatMap((key) => (values[key].enabled ? issuesOf(values[key], key) : []));

const issuesOf = ({ hosts, tls }: Rules, key: IngressKey): Issue[] => [
  ...listOf(hosts).flatMap(({ host }, index) => textNeeded(host, key, 'hosts', index, 'host')),
  ...listOf(tls).flatMap(({ hosts: names, secretName }, index) => [
    ...listOf(names).flatMap((name, at) => textNeeded(name, key, 'tls', index, 'hosts', at)),
    ...textNeeded(secretName, key, 'tls', index, 'secretName'),
  ]),
];
