// Services of the programs, with an address of their own or without.
import type { Service, ServicePort } from 'kubernetes-types/core/v1';
import { filled, plainText, text } from '../../../helm/print';
import type { Scalar, Table } from '../../../helm/schema';
import { listOf } from '../../common/lists';
import type { PrometheusContext } from '../values';
import { metadataOf, selectorOf, type ProgramKey } from './identity';
import { numeric, texts } from './print';

export interface ServiceOptions {
  readonly annotations: Table | undefined;
  readonly labels: Table | undefined;
  readonly clusterIP: Scalar | undefined;
  readonly externalIPs: readonly string[] | undefined;
  readonly loadBalancerIP: Scalar | undefined;
  readonly loadBalancerSourceRanges: readonly string[] | undefined;
  readonly type: Scalar | undefined;
}

export interface Selection {
  /** @default the program's pods */
  readonly selector?: Record<string, string>;
  readonly sessionAffinity?: Scalar;
}

export const service = (
  context: PrometheusContext,
  key: ProgramKey,
  own: ServiceOptions,
  ports: ServicePort[],
  { selector, sessionAffinity }: Selection = {},
) =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(context, key, { labels: own.labels, annotations: own.annotations }),
    spec: {
      type: text(own.type),
      clusterIP: plainText(filled(own.clusterIP)),
      externalIPs: filled(listOf(own.externalIPs)),
      loadBalancerIP: plainText(filled(own.loadBalancerIP)),
      loadBalancerSourceRanges: filled(texts(own.loadBalancerSourceRanges)),
      ports,
      selector: selector ?? selectorOf(context, key),
      sessionAffinity: plainText(filled(sessionAffinity)),
    },
  }) satisfies Service;

export interface HeadlessOptions {
  readonly annotations: Table | undefined;
  readonly labels: Table | undefined;
}

/** The Service that names a StatefulSet's pods. */
export const headlessService = (context: PrometheusContext, key: ProgramKey, own: HeadlessOptions, ports: ServicePort[]) =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(context, key, { suffix: '-headless', labels: own.labels, annotations: own.annotations }),
    spec: { clusterIP: 'None', ports, selector: selectorOf(context, key) },
  }) satisfies Service;

export interface PortOptions {
  readonly name: string;
  readonly port: number | string | undefined;
  readonly targetPort: number | undefined;
  readonly nodePort?: number | string;
}

/** A port without what is undefined. */
export function servicePort({ name, port, targetPort, nodePort }: PortOptions): ServicePort {
  const onNodes = numeric(filled(nodePort));
  // A port may be missing only where the values say so; Kubernetes then refuses the Service, as it refuses the chart's.
  return { name, port: numeric(port) as number, protocol: 'TCP', targetPort, ...(onNodes === undefined ? {} : { nodePort: onNodes }) };
}

/** The port of a Thanos sidecar, when it is wanted. */
export const grpcPort = (own: {
  readonly enabled: boolean | undefined;
  readonly servicePort: number | string | undefined;
  readonly nodePort: number | string | undefined;
}): ServicePort[] => (own.enabled ? [servicePort({ name: 'grpc', port: own.servicePort, targetPort: 10901, nodePort: own.nodePort })] : []);

/** The port by which Alertmanagers find each other, when it is wanted. */
export const meshPort = (own: { readonly enableMeshPeer: boolean | undefined }): ServicePort[] =>
  own.enableMeshPeer ? [servicePort({ name: 'meshpeer', port: 6783, targetPort: 6783 })] : [];
