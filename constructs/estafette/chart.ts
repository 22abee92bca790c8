// Estafette CI as one release: what the published umbrella chart installs.
import { certManager } from '../cert-manager/chart';
import { cockroachDb } from '../cockroachdb/chart';
import { defineChart, type ChartDefinition } from '../common/chart';
import { imageIssues, imageWarnings } from '../common/global';
import { secretModeIssues } from '../common/secret-settings';
import { externalDns } from '../external-dns/chart';
import { nats } from '../nats/chart';
import { prometheus } from '../prometheus/chart';
import { api } from './api/chart';
import { cronEventSender } from './cron-event-sender/chart';
import { dbClient } from './db-client/chart';
import { dbMigrator } from './db-migrator/chart';
import { hangingJobCleaner } from './hanging-job-cleaner/chart';
import { buildLoginIssues } from './image-login';
import { recoveryIssues, recoveryObjects, recoverySql, recoveryWarnings, standStill } from './recovery';
import { renamedWarnings } from './renamed';
import { databaseDefaults, estafetteValues, metricsDefaults, queueDefaults } from './values';
import { web } from './web/chart';

export const estafetteCi: ChartDefinition<typeof estafetteValues> = defineChart({
  chart: { name: 'estafette-ci', version: '1.5.14', appVersion: '1.5.14' },
  description: 'Estafette CI with its database, queue and metrics',
  takesOver: { name: 'estafette-ci', version: '1.5.14' },
  values: estafetteValues,
  parts: {
    api: { chart: api },
    web: { chart: web },
    'cron-event-sender': { chart: cronEventSender },
    'hanging-job-cleaner': { chart: hangingJobCleaner },
    'db-migrator': { chart: dbMigrator },
    'db-client': { chart: dbClient },
    db: { chart: cockroachDb, defaults: databaseDefaults },
    metrics: { chart: prometheus, defaults: metricsDefaults },
    queue: { chart: nats, defaults: queueDefaults },
    'cert-manager': { chart: certManager },
    'external-dns': { chart: externalDns },
  },
  issues: (context) => [...imageIssues(context), ...secretModeIssues(context), ...buildLoginIssues(context), ...recoveryIssues(context)],
  warnings: (context) => [...imageWarnings(context), ...recoveryWarnings(context)],
  objects: recoveryObjects,
  sql: recoverySql,
  arrange: standStill,
  review: renamedWarnings,
});
