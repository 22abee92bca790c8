// The migrator of the database schema: a Job that runs once the database is up.
import type { Construct } from 'constructs';
import { Component, type ComponentProps } from '../../common/component';
import type { Definition } from '../../common/chart';
import { refuse } from '../../common/checks';
import { extraConfigmapObjects, extrasIssues, extraSecretObjects } from '../common/extras';
import { identityHelpers, nameIssues } from '../common/identity';
import { extensiblePodIssues } from '../common/pod';
import { pullSecret, serviceAccount } from '../common/resources';
import { job } from './job';
import { dbMigratorValues } from './values';

export const dbMigrator: Definition<typeof dbMigratorValues> = {
  chart: { name: 'estafette-ci-db-migrator', alias: 'db-migrator', version: '1.4.0', appVersion: '' },
  values: dbMigratorValues,
  helpers: identityHelpers('estafette-ci-db-migrator'),
};

/** Job, account and pull secret; and the extra Secrets and ConfigMaps, which the published chart mounts and never makes. */
export class DbMigrator extends Component<typeof dbMigratorValues> {
  protected readonly stage = 'migrate';

  constructor(scope: Construct, id: string, props: ComponentProps<typeof dbMigratorValues>) {
    super(scope, id, dbMigrator, props);
    const { context } = this;
    const { values } = context;
    refuse([...nameIssues(context), ...extrasIssues(values), ...extensiblePodIssues(values.job, 'job')]);
    this.add(serviceAccount(context));
    this.add(pullSecret(context));
    extraSecretObjects(context, values).forEach((secret) => this.add(secret));
    extraConfigmapObjects(context, values).forEach((configMap) => this.add(configMap));
    this.add(job(context), {
      hook: { events: ['post-install', 'post-upgrade'], deletePolicy: ['hook-succeeded', 'before-hook-creation'] },
    });
  }
}

export { dbMigratorValues, type DbMigratorValues } from './values';
