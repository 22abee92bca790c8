// Secrets that are made of values, and the names of those that exist already.
import { Secret } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { isTrue, plainText, text } from '../../helm/print';
import { metadataOf, nameOf, type BuildshuttleContext } from './names';

/** Names of the Secrets that the pod reads; undefined for what it does without. */
export function secretNames({ release, values }: Pick<BuildshuttleContext, 'release' | 'values'>): {
  readonly auth: string | undefined;
  readonly s3: string | undefined;
} {
  const { auth, s3 } = values;
  const name = nameOf({ release, values });
  return {
    auth: auth.mode === 'none' ? undefined : (plainText(auth.existingSecret) ?? `${name}-auth`),
    s3: isTrue(s3.existingConfigMap) ? undefined : (plainText(s3.existingSecret) ?? (isTrue(s3.accessKey) ? `${name}-s3` : undefined)),
  };
}

export function addSecrets(scope: Construct, context: BuildshuttleContext): void {
  const { auth, s3 } = context.values;
  if (auth.mode !== 'none' && !isTrue(auth.existingSecret))
    new Secret(scope, 'auth', { metadata: metadataOf(context, '-auth'), stringData: { [text(auth.key)]: text(auth.token) } });
  if (secretNames(context).s3 !== undefined && !isTrue(s3.existingSecret))
    new Secret(scope, 's3', {
      metadata: metadataOf(context, '-s3'),
      stringData: { S3_ACCESS_KEY: text(s3.accessKey), S3_SECRET_KEY: text(s3.secretKey) },
    });
}
