// Values of the migrator of the database schema.
import type { Context } from '../../common/context';
import { group, type ValuesInput } from '../../../helm/schema';
import { CLIENT_CERTIFICATE_MOUNT, clientCertificateVolume } from '../common/neighbours';
import {
  environment,
  extensiblePodValues,
  extrasValues,
  imagePullSecrets,
  imageValues,
  loggingValues,
  namingValues,
  serviceAccountValues,
} from '../common/values';

export const dbMigratorValues = group({
  image: imageValues('estafette/estafette-ci-db-migrator'),
  ...loggingValues,
  job: group({ ...extensiblePodValues(clientCertificateVolume, CLIENT_CERTIFICATE_MOUNT), extraEnv: environment() }),
  imagePullSecrets,
  ...namingValues,
  ...extrasValues,
  serviceAccount: group(serviceAccountValues),
});

export type DbMigratorValues = ValuesInput<typeof dbMigratorValues>;

export type DbMigratorContext = Context<typeof dbMigratorValues>;
