// What Patroni is told through its environment.
import type { EnvVar } from 'kubernetes-types/core/v1';
import { isTrue, text } from '../../../helm/print';
import { fromSecret, variable } from '../environment';
import { postgresLabels } from '../names';
import type { Settings } from '../values';

/** Port of Patroni's REST API. */
export const PATRONI_PORT = 8008;
export const DATA_MOUNT = '/home/postgres/pgdata';

export const usesEndpoints = ({ postgresLeaderElection }: Settings): boolean => postgresLeaderElection !== 'configmaps';

const fromField = (name: string, fieldPath: string): EnvVar => ({ name, valueFrom: { fieldRef: { fieldPath } } });

/** JSON with a space after colons and commas, as the chart has it in the environment: other text would restart the database. */
const json = (pairs: readonly (readonly [key: string, value: string])[]): string =>
  `{${pairs.map(([key, value]) => `"${key}": ${value}`).join(', ')}}`;

export function patroniEnvironment(values: Settings): EnvVar[] {
  const port = text(values.postgresPort);
  const scope = values.postgresSvcName;
  return [
    fromField('PATRONI_KUBERNETES_POD_IP', 'status.podIP'),
    fromField('POD_IP', 'status.podIP'),
    fromField('PATRONI_KUBERNETES_NAMESPACE', 'metadata.namespace'),
    variable('PATRONI_KUBERNETES_LABELS', json(Object.entries(postgresLabels(values)).map(([key, value]) => [key, `"${value}"`]))),
    variable(
      'PATRONI_KUBERNETES_PORTS',
      `[${json([
        ['name', '"postgresql"'],
        ['port', port],
      ])}]`,
    ),
    fromSecret(values, 'PATRONI_SUPERUSER_USERNAME', 'pg', 'PG_ADMIN_USER'),
    fromSecret(values, 'PATRONI_SUPERUSER_PASSWORD', 'pg', 'PG_PASS'),
    variable('PATRONI_REPLICATION_USERNAME', 'standby'),
    fromSecret(values, 'PATRONI_REPLICATION_PASSWORD', 'pg', 'PG_PASS_REP'),
    variable('PATRONI_SCOPE', scope),
    variable('PATRONI_KUBERNETES_USE_ENDPOINTS', String(usesEndpoints(values))),
    fromField('PATRONI_NAME', 'metadata.name'),
    variable('PATRONI_POSTGRESQL_DATA_DIR', `${DATA_MOUNT}/pgroot/data`),
    variable('PATRONI_POSTGRESQL_PGPASS', '/tmp/pgpass'),
    variable('PATRONI_POSTGRESQL_LISTEN', `0.0.0.0:${port}`),
    variable('PATRONI_RESTAPI_LISTEN', `0.0.0.0:${PATRONI_PORT}`),
    ...(isTrue(values.postgresLeaderLabel)
      ? ['LEADER', 'STANDBY_LEADER'].map((role) => variable(`PATRONI_KUBERNETES_${role}_LABEL_VALUE`, values.postgresLeaderLabel))
      : []),
  ];
}
