// Secrets that are made of values.
import { Secret } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { isTrue, text } from '../../../helm/print';
import { metadataOf, secretNames, type BuildshuttleContext } from '../names';
import { givenToken, tokenSource } from '../token';

export function addSecrets(scope: Construct, context: BuildshuttleContext): void {
  const { values } = context;
  const { auth, s3 } = values;
  if (tokenSource(values) === 'given')
    new Secret(scope, 'auth', { metadata: metadataOf(context, '-auth'), stringData: { [text(auth.key)]: text(givenToken(values)) } });
  if (secretNames(context).s3 !== undefined && !isTrue(s3.existingSecret))
    new Secret(scope, 's3', {
      metadata: metadataOf(context, '-s3'),
      stringData: { S3_ACCESS_KEY: text(s3.accessKey), S3_SECRET_KEY: text(s3.secretKey) },
    });
}
