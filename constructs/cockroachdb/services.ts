// The Services: one for clients, one by which the pods find each other.
import type { Service, ServicePort } from 'kubernetes-types/core/v1';
import { integer } from '../../helm/print';
import { annotations } from '../common/metadata';
import { fullNameOf, labelsWith, podLabels, publicNameOf } from './names';
import { quotedOrNone } from './text';
import type { CockroachDbContext } from './values';

function ports({ values }: CockroachDbContext): ServicePort[] {
  const { grpc, http } = values.service.ports;
  const port = (own: { readonly name: unknown; readonly port: unknown }, targetPort: string): ServicePort => ({
    name: quotedOrNone(own.name),
    port: integer(own.port),
    targetPort,
  });
  const isSplit = integer(grpc.internal.port) !== integer(grpc.external.port);
  return [port(grpc.external, 'grpc'), ...(isSplit ? [port(grpc.internal, 'grpc')] : []), port(http, 'http')];
}

export function publicService(context: CockroachDbContext) {
  const {
    iap,
    labels,
    service: { public: own },
    tls,
  } = context.values;
  // What the chart says here twice is said once; its own word wins.
  const overTls = tls.enabled ? { 'service.alpha.kubernetes.io/app-protocols': '{"http":"HTTPS"}' } : {};
  const behindProxy = iap.enabled ? { 'beta.cloud.google.com/backend-config': `{"default": "${fullNameOf(context)}"}` } : {};
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: publicNameOf(context),
      labels: labelsWith(context, own.labels, labels),
      ...annotations(own.annotations, overTls, behindProxy),
    },
    spec: { type: quotedOrNone(own.type), ports: ports(context), selector: podLabels(context) },
  } satisfies Service;
}

export function discoveryService(context: CockroachDbContext) {
  const { labels, prometheus, service } = context.values;
  const scrape = prometheus.enabled
    ? { 'prometheus.io/scrape': 'true', 'prometheus.io/path': '_status/vars', 'prometheus.io/port': service.ports.http.port }
    : {};
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: fullNameOf(context),
      labels: labelsWith(context, service.discovery.labels, labels),
      ...annotations({ 'service.alpha.kubernetes.io/tolerate-unready-endpoints': 'true' }, scrape, service.discovery.annotations),
    },
    spec: {
      clusterIP: 'None',
      // Pods must find each other before they are ready: that is how they become ready.
      publishNotReadyAddresses: true,
      ports: ports(context),
      selector: podLabels(context),
    },
  } satisfies Service;
}
