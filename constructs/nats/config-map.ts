// ConfigMap with the server's configuration.
import type { ConfigMap } from 'kubernetes-types/core/v1';
import { serverConfig } from './config';
import { fullNameOf, labelsOf } from './identity';
import type { NatsContext } from './values';

export const configMapName = (context: NatsContext): string => `${fullNameOf(context)}-config`;

export function configMap(context: NatsContext) {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: configMapName(context), labels: labelsOf(context) },
    data: { 'nats.conf': serverConfig(context) },
  } satisfies ConfigMap;
}
