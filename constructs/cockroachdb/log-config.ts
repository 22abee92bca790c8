// Secret with the configuration of CockroachDB's log.
import type { Secret } from 'kubernetes-types/core/v1';
import { isTrue, text } from '../../helm/print';
import { toGoYaml } from '../../helm/yaml/go';
import { base64 } from '../../kubernetes/encode';
import { fullNameOf, labelsOf } from './names';
import type { CockroachDbContext } from './values';

export const logSecretNameOf = (context: CockroachDbContext): string =>
  text(context.values.conf.log.existingSecret) || `${fullNameOf(context)}-log-config`;

export function logSecret(context: CockroachDbContext) {
  const { log } = context.values.conf;
  if (!log.enabled || isTrue(log.existingSecret)) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name: logSecretNameOf(context), labels: labelsOf(context) },
    data: { 'log-config.yaml': base64(`${toGoYaml(log.config ?? null)}\n`) },
  } satisfies Secret;
}
