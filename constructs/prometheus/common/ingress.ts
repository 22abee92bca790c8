// Ingress of a program.
import type { HTTPIngressPath, Ingress, IngressTLS } from 'kubernetes-types/networking/v1';
import { filled, plainText, text } from '../../../helm/print';
import type { Scalar, Table } from '../../../helm/schema';
import { listOf } from '../../common/lists';
import type { PrometheusContext } from '../values';
import { fullNameOf, metadataOf, type ProgramKey } from './identity';
import { need } from '../../common/checks';
import { refuse } from './need';
import { bare, bareTexts, numeric } from './print';

/** The Ingress of a program that may have one. */
export function ingress(context: PrometheusContext, key: Exclude<ProgramKey, 'nodeExporter'>) {
  const own = need<IngressOptions>(context.values[key].ingress, key, 'ingress');
  const { servicePort, type } = need(context.values[key].service, key, 'service');
  if (!own.enabled) {
    // The chart's notes look for a word in the type then, and fail without a text.
    if (typeof type !== 'string')
      refuse([key, 'service', 'type'], 'must be text such as ClusterIP, NodePort or LoadBalancer; leave the key out for ClusterIP');
    return undefined;
  }
  const hosts = listOf<unknown>(own.hosts);
  if (!hosts.length) context.warn(`${key}.ingress.hosts`, 'is empty: Kubernetes refuses an Ingress without a host; name at least one');
  const main = {
    path: plainText(own.path),
    pathType: bare(own.pathType),
    backend: { service: { name: fullNameOf(context, key), port: { number: numeric(servicePort) } } },
  };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadataOf(context, key, { annotations: own.annotations, labels: bareTexts(own.extraLabels) }),
    spec: {
      ingressClassName: plainText(filled(own.ingressClassName)),
      rules: filled(
        hosts.map((host, index) => ({
          host: plainText(hostOf(host, [key, 'ingress', 'hosts', index])),
          http: { paths: [...listOf(own.extraPaths), main] },
        })),
      ),
      tls: filled(listOf(own.tls)),
    },
  } satisfies Ingress;
}

interface IngressOptions {
  readonly enabled: boolean | undefined;
  readonly ingressClassName: Scalar | undefined;
  readonly annotations: Table | undefined;
  readonly extraLabels?: Table;
  readonly hosts: readonly string[] | undefined;
  readonly path: Scalar | undefined;
  readonly pathType: Scalar | undefined;
  readonly extraPaths: readonly HTTPIngressPath[] | undefined;
  readonly tls: readonly IngressTLS[] | undefined;
}

/** The host in front of a path. */
function hostOf(host: unknown, path: readonly (string | number)[]): string {
  if (typeof host !== 'string') refuse(path, `must be text, not ${text(host) || 'null'}: name a host such as prometheus.example.com`);
  return host.split('/')[0] ?? '';
}
