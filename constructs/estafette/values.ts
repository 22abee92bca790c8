// Values of the Estafette CI release: each component's below its key, with the defaults that the release sets for them.
import { flag, group, table, withDefaults, type ValuesInput } from '../../helm/schema';
import { certManagerValues } from '../cert-manager';
import { cockroachDbValues } from '../cockroachdb';
import { externalDnsValues } from '../external-dns';
import { natsValues } from '../nats';
import { prometheusValues } from '../prometheus';
import { apiValues } from './api/values';
import { cronEventSenderValues } from './cron-event-sender/values';
import { dbClientValues } from './db-client/values';
import { dbMigratorValues } from './db-migrator/values';
import { hangingJobCleanerValues } from './hanging-job-cleaner/values';
import { jobMetrics } from './job-metrics';
import { webValues } from './web/values';

const switched = (on: boolean, what: string) => ({ enabled: flag(on, `Installs ${what}.`) });

export const estafetteValues = group({
  global: table({}, 'Values that every component sees.'),
  api: group({ ...switched(true, 'the API server'), ...apiValues.fields }),
  web: group({ ...switched(true, 'the web interface'), ...webValues.fields }),
  'cron-event-sender': group({ ...switched(true, 'the sender of cron events'), ...cronEventSenderValues.fields }),
  'hanging-job-cleaner': group({ ...switched(false, 'the cleaner of builds that hang'), ...hangingJobCleanerValues.fields }),
  'db-migrator': group({ ...switched(true, 'the migrator of the database schema'), ...dbMigratorValues.fields }),
  'db-client': group({ ...switched(false, 'a pod with the database client'), ...dbClientValues.fields }),
  db: withDefaults(group({ ...switched(true, 'CockroachDB'), ...cockroachDbValues.fields }), {
    statefulset: { env: [{ name: 'COCKROACH_SKIP_ENABLING_DIAGNOSTIC_REPORTING', value: 'true' }] },
    service: { public: { annotations: { 'service.alpha.kubernetes.io/app-protocols': '{"http":"HTTPS"}' } } },
    ingress: { annotations: { 'nginx.ingress.kubernetes.io/backend-protocol': 'HTTPS' } },
    tls: { certs: { selfSigner: { readinessWait: '1m', podUpdateTimeout: '5m' } }, selfSigner: { image: { tag: '1.3' } } },
  }),
  metrics: withDefaults(group({ ...switched(true, 'Prometheus'), ...prometheusValues.fields }), jobMetrics),
  queue: withDefaults(group({ ...switched(true, 'NATS'), ...natsValues.fields }), { natsbox: { enabled: false } }),
  'cert-manager': group({ ...switched(false, 'cert-manager'), ...certManagerValues.fields }),
  'external-dns': group({ ...switched(false, 'external-dns'), ...externalDnsValues.fields }),
});

export type EstafetteValues = ValuesInput<typeof estafetteValues>;
