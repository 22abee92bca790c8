// Values of the pod with the database client.
import type { Context } from '../../common/context';
import { group, text, type ValuesInput } from '../../../helm/schema';
import { databaseClientSecret } from '../common/neighbours';
import {
  containerSecurityContext,
  imagePullSecrets,
  imageValues,
  namingValues,
  publishedSecurityContext,
  schedulingValues,
} from '../common/values';

export const dbClientValues = group({
  image: imageValues('cockroachdb/cockroach', 'v22.2.6'),
  dbClientSecretName: text(databaseClientSecret, 'Secret with the certificate that the client shows.'),
  dbClientUsername: text('root', 'User of the database to whom the certificate belongs.'),
  securityContext: publishedSecurityContext('pod'),
  imagePullSecrets: {
    ...imagePullSecrets,
    doc: 'Documented by the published chart, read by no template: give image.credentials.',
    unused: true,
  },
  ...namingValues,
  pod: group({ ...schedulingValues, securityContext: containerSecurityContext() }),
});

export type DbClientValues = ValuesInput<typeof dbClientValues>;

export type DbClientContext = Context<typeof dbClientValues>;
