// Values of the Estafette CI release: each component's below its key, with the defaults that the release sets for them.
import { flag, group, withDefaults, type Fields, type ValuesInput } from '../../helm/schema';
import { certManagerValues } from '../cert-manager/values';
import { disasterRecoveryValues } from '../cockroachdb/backup/values';
import { cockroachDbValues } from '../cockroachdb/values';
import { globalValuesWithBuilds } from '../common/global';
import { secretsValues } from '../common/secret-settings';
import { externalDnsValues } from '../external-dns/values';
import { natsValues } from '../nats/values';
import { prometheusValues } from '../prometheus/values';
import { apiValues } from './api/values';
import { cronEventSenderValues } from './cron-event-sender/values';
import { dbClientValues } from './db-client/values';
import { dbMigratorValues } from './db-migrator/values';
import { hangingJobCleanerValues } from './hanging-job-cleaner/values';
import { jobMetrics } from './job-metrics';
import { webValues } from './web/values';

/** What the release sets for its parts, beside their own defaults. */
export const databaseDefaults = {
  statefulset: { env: [{ name: 'COCKROACH_SKIP_ENABLING_DIAGNOSTIC_REPORTING', value: 'true' }] },
  service: { public: { annotations: { 'service.alpha.kubernetes.io/app-protocols': '{"http":"HTTPS"}' } } },
  ingress: { annotations: { 'nginx.ingress.kubernetes.io/backend-protocol': 'HTTPS' } },
  tls: { certs: { selfSigner: { readinessWait: '1m', podUpdateTimeout: '5m' } }, selfSigner: { image: { tag: '1.3' } } },
};
export const metricsDefaults = jobMetrics;
export const queueDefaults = { natsbox: { enabled: false } };

/** As Helm has it, a null takes away what the release sets for a part, and leaves the part. */
const part = <F extends Fields>(fields: F) => group(fields, { nullable: true });
const switched = (on: boolean, what: string) => ({ enabled: flag(on, `Installs ${what}.`) });

export const estafetteValues = group({
  global: globalValuesWithBuilds,
  secrets: secretsValues,
  api: part({ ...switched(true, 'the API server'), ...apiValues.fields }),
  web: part({ ...switched(true, 'the web interface'), ...webValues.fields }),
  'cron-event-sender': part({ ...switched(true, 'the sender of cron events'), ...cronEventSenderValues.fields }),
  'hanging-job-cleaner': part({ ...switched(false, 'the cleaner of builds that hang'), ...hangingJobCleanerValues.fields }),
  'db-migrator': part({ ...switched(true, 'the migrator of the database schema'), ...dbMigratorValues.fields }),
  'db-client': part({ ...switched(false, 'a pod with the database client'), ...dbClientValues.fields }),
  db: withDefaults(part({ ...switched(true, 'CockroachDB'), ...cockroachDbValues.fields }), databaseDefaults),
  metrics: withDefaults(part({ ...switched(true, 'Prometheus'), ...prometheusValues.fields }), metricsDefaults),
  queue: withDefaults(part({ ...switched(true, 'NATS'), ...natsValues.fields }), queueDefaults),
  'cert-manager': part({ ...switched(false, 'cert-manager with the release'), ...certManagerValues.fields }),
  'external-dns': part({ ...switched(false, 'external-dns with the release'), ...externalDnsValues.fields }),
  disasterRecovery: disasterRecoveryValues,
});

export type EstafetteValues = ValuesInput<typeof estafetteValues>;
