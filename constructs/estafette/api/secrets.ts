// Secrets of the API server: its two keys, and the certificate of its hosts.
import type { Secret } from 'kubernetes-types/core/v1';
import { isTrue, text } from '../../../helm/print';
import { base64 } from '../../common/encode';
import { annotations } from '../../common/metadata';
import { fullNameOf, labelsOf } from '../common/identity';
import { ownTlsSecretName } from './names';
import type { ApiContext } from './index';

export const KEYS = ['secretDecryptionKey', 'jwtKey'] as const;

/** True when the release is to have a Secret of its own and both keys are given. No key is ever made up: what reads secrets today must read them tomorrow. */
export const hasKeys = ({ values: { secret } }: ApiContext): boolean =>
  secret.enabled === true && !isTrue(secret.existingSecret) && KEYS.every((key) => isTrue(secret[key]));

export function keysSecret(context: ApiContext) {
  if (!hasKeys(context)) return undefined;
  const { secret } = context.values;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: fullNameOf(context), labels: labelsOf(context), ...annotations(secret.annotations) },
    type: 'Opaque',
    data: Object.fromEntries(KEYS.map((key) => [key, secret.b64encoded ? text(secret[key]) : base64(text(secret[key]))])),
  } satisfies Secret;
}

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
