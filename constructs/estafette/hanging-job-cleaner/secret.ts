// Secret with which the cleaner signs in to the API server.
import type { Secret } from 'kubernetes-types/core/v1';
import { isTrue } from '../../../helm/print';
import { base64 } from '../../../kubernetes/encode';
import { goText } from '../common/extras';
import { fullNameOf, labelsOf, textOr } from '../common/identity';
import type { HangingJobCleanerContext } from './values';

export const secretName = (context: HangingJobCleanerContext): string => textOr(context.values.secret.existingSecret, fullNameOf(context));

export function clientSecret(context: HangingJobCleanerContext) {
  const { secret } = context.values;
  if (isTrue(secret.existingSecret)) return undefined;
  const printed = goText(secret.clientSecret);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: fullNameOf(context), labels: labelsOf(context) },
    type: 'Opaque',
    data: { clientSecret: secret.valuesAreBase64Encoded ? printed : base64(printed) },
  } satisfies Secret;
}
