// Secrets of the API server: its two keys, and the certificate of its hosts.
import type { Secret } from 'kubernetes-types/core/v1';
import { isTrue, text } from '../../../helm/print';
import { base64 } from '../../../kubernetes/encode';
import { annotations, textMap } from '../../common/metadata';
import { chartName } from '../../common/release';
import { backupCommand, keyObjects, type KeyObject } from '../../keys';
import { fullNameOf, labelsOf } from '../common/identity';
import { placement } from '../common/pod';
import { keysSecretName, ownTlsSecretName } from './names';
import type { ApiContext } from './values';

export const KEYS = ['secretDecryptionKey', 'jwtKey'] as const;

/** Where the two keys come from. */
export function keySource({ values: { secret } }: ApiContext): 'given' | 'existing' | 'made' | 'none' {
  if (!secret.enabled) return 'none';
  if (isTrue(secret.existingSecret)) return 'existing';
  return KEYS.every((key) => isTrue(secret[key])) ? 'given' : 'made';
}

/** The keys that are given, base64. */
const givenKeys = ({ values: { secret } }: ApiContext): Record<string, string> =>
  Object.fromEntries(
    KEYS.filter((key) => isTrue(secret[key])).map((key) => [key, secret.b64encoded ? text(secret[key]) : base64(text(secret[key]))]),
  );

/** A Secret of the release, when both keys are given. */
export function keysSecret(context: ApiContext) {
  if (keySource(context) !== 'given') return undefined;
  const { secret } = context.values;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: fullNameOf(context), labels: labelsOf(context), ...annotations(secret.annotations) },
    type: 'Opaque',
    data: givenKeys(context),
  } satisfies Secret;
}

/** The Job that completes the keys, when not both are given. */
export function keyMakers(context: ApiContext): KeyObject[] {
  if (keySource(context) !== 'made') return [];
  const { deployment, secret } = context.values;
  const { imagePullSecrets, nodeSelector, affinity, tolerations } = placement(context, deployment);
  return keyObjects(
    {
      release: context.release.name,
      namespace: context.release.namespace,
      name: keysSecretName(context),
      keys: KEYS,
      given: givenKeys(context),
      labels: labelsOf(context),
      annotations: textMap(secret.annotations),
      backup: keyBackup(context),
    },
    { settings: secret.job, imagePullSecrets, placement: { nodeSelector, affinity, tolerations } },
  );
}

/** The command that saves the keys. */
export const keyBackup = (context: ApiContext): string =>
  backupCommand({ namespace: context.release.namespace, name: keysSecretName(context), keys: KEYS }, [chartName(context.chart), 'secret']);

/** The certificate given, or an empty Secret for a controller to fill. */
export function tlsSecret(context: ApiContext) {
  const { tls } = context.values;
  if (!tls.enabled || tls.certManager?.enabled || isTrue(tls.existingSecret)) return undefined;
  const data = {
    ...(isTrue(tls.cert) ? { 'tls.crt': base64(text(tls.cert)) } : {}),
    ...(isTrue(tls.key) ? { 'tls.key': base64(text(tls.key)) } : {}),
  };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: ownTlsSecretName(context), labels: labelsOf(context), ...annotations(tls.annotations) },
    ...(isTrue(tls.cert) && isTrue(tls.key) ? { type: 'kubernetes.io/tls' } : {}),
    ...(isTrue(data) ? { data } : {}),
  } satisfies Secret;
}
