// Names of the other components of a release, under the aliases they have in the umbrella chart. The published defaults
// have them as literals, which fit the release name `estafette-ci` only.
import type { DefaultContext } from '../../../helm/schema';
import { trimName } from '../../common/names';
import { fullName } from '../../common/release';
import { knownYaml } from './yaml-text';

const named =
  (alias: string) =>
  ({ release }: DefaultContext): string =>
    fullName({ name: release }, alias);

export const apiName = named('api');
export const webName = named('web');
const queueName = named('queue');
/** The database's chart cuts its name shorter than the others. */
const databaseName = (context: DefaultContext): string => trimName(named('db')(context), 56);

/** Service through which clients reach the database. */
export const databaseHost = (context: DefaultContext): string => `${databaseName(context)}-public`;
/** Secret with the certificate that clients of the database show. */
export const databaseClientSecret = (context: DefaultContext): string => `${databaseName(context)}-client-secret`;
/** First server of the queue. */
export const queueHost = (context: DefaultContext): string => `${queueName(context)}-0.${queueName(context)}`;

/** Names that the programs themselves fall back to. */
export const BUILT_IN = {
  builderServiceAccount: 'estafette-ci-builder',
  databaseHost: 'estafette-ci-db-public',
  queueHost: 'estafette-ci-queue-0.estafette-ci-queue',
} as const;

/** What names are derived from. */
export const namesIn = ({ name, namespace }: { readonly name: string; readonly namespace: string }): DefaultContext => ({
  release: name,
  namespace,
});

const CERTIFICATE_FILES = ['ca.crt', 'tls.crt', 'tls.key'];

/** Volume with the certificate of a database client, as text for `extraVolumes`. */
export const clientCertificateVolume = (context: DefaultContext): string =>
  knownYaml([
    {
      name: 'client-certificate',
      // 256 is 0400: the database's programs refuse a key that others may read.
      projected: {
        sources: [
          {
            secret: { name: databaseClientSecret(context), items: CERTIFICATE_FILES.map((file) => ({ key: file, path: file, mode: 256 })) },
          },
        ],
      },
    },
  ]);

/** Where it is mounted, as text for `extraVolumeMounts`. */
export const CLIENT_CERTIFICATE_MOUNT = knownYaml([{ name: 'client-certificate', mountPath: '/cockroach-certs' }]);
