// The headless Service of the servers.
import type { Service, ServicePort } from 'kubernetes-types/core/v1';
import { isTrue, plain } from '../../helm/print';
import { annotations } from '../common/metadata';
import { fullNameOf, labelsOf, selectorLabels } from './identity';
import type { NatsContext } from './values';

export function service(context: NatsContext) {
  const { values } = context;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: fullNameOf(context), labels: labelsOf(context), ...annotations(values.serviceAnnotations) },
    spec: { selector: selectorLabels(context), clusterIP: 'None', ports: ports(context) },
  } satisfies Service;
}

function ports({ values: { appProtocol, mqtt, nats, websocket } }: NatsContext): ServicePort[] {
  const port = (name: string, number: unknown, protocol: 'tcp' | 'http' = 'tcp'): ServicePort => ({
    name,
    port: plain(number) as number,
    ...(isTrue(appProtocol.enabled) ? { appProtocol: protocol } : {}),
  });
  return [
    ...(isTrue(websocket.enabled) ? [port('websocket', websocket.port)] : []),
    ...(isTrue(nats.profiling.enabled) ? [port('profiling', nats.profiling.port, 'http')] : []),
    port('client', 4222),
    port('cluster', 6222),
    port('monitor', 8222, 'http'),
    port('metrics', 7777, 'http'),
    port('leafnodes', 7422),
    port('gateways', 7522),
    ...(isTrue(mqtt.enabled) ? [port('mqtt', 1883)] : []),
  ];
}
