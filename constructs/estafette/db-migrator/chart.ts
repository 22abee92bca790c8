// The migrator of the database schema: a Job that runs once the database is up.
import { defineChart, placed, type ChartDefinition } from '../../common/chart';
import { extraConfigmapObjects, extrasIssues, extraSecretObjects } from '../common/extras';
import { identityHelpers, nameIssues } from '../common/identity';
import { extensiblePodIssues } from '../common/pod';
import { BUILT_IN } from '../common/neighbours';
import { pullSecret, serviceAccount } from '../common/resources';
import { job } from './job';
import { dbMigratorValues } from './values';

/** Job, account and pull secret; and the extra Secrets and ConfigMaps, which the published chart mounts and never makes. */
export const dbMigrator: ChartDefinition<typeof dbMigratorValues> = defineChart({
  chart: { name: 'estafette-ci-db-migrator', alias: 'db-migrator', version: '1.4.0', appVersion: '' },
  values: dbMigratorValues,
  helpers: identityHelpers('estafette-ci-db-migrator'),
  stage: 'migrate',
  issues: (context) => [...nameIssues(context), ...extrasIssues(context.values), ...extensiblePodIssues(context.values.job, 'job')],
  objects: (context) => [
    serviceAccount(context),
    pullSecret(context),
    extraSecretObjects(context, context.values),
    extraConfigmapObjects(context, context.values),
    placed(job(context), {
      calls: [BUILT_IN.databaseHost],
      hook: { events: ['post-install', 'post-upgrade'], deletePolicy: ['hook-succeeded', 'before-hook-creation'] },
    }),
  ],
});
