// A pod with the database client, for people: `kubectl exec` into it to run queries.
import type { Construct } from 'constructs';
import { isTrue } from '../../../helm/print';
import { Component, type ComponentProps } from '../../common/component';
import type { Definition } from '../../common/chart';
import { refuse } from '../../common/checks';
import { identityHelpers, nameIssues } from '../common/identity';
import { pullSecret } from '../common/resources';
import { pod } from './pod';
import { dbClientValues } from './values';

export const dbClient: Definition<typeof dbClientValues> = {
  chart: { name: 'estafette-ci-db-client', alias: 'db-client', version: '1.0.0', appVersion: '' },
  values: dbClientValues,
  helpers: identityHelpers('estafette-ci-db-client'),
};

/** Pod and pull secret. */
export class DbClient extends Component<typeof dbClientValues> {
  protected readonly stage = 'apps';

  constructor(scope: Construct, id: string, props: ComponentProps<typeof dbClientValues>) {
    super(scope, id, dbClient, props);
    const { context } = this;
    refuse(nameIssues(context));
    if (isTrue(context.values.imagePullSecrets))
      context.warn('imagePullSecrets', 'has no effect here, as in the published chart: give image.credentials');
    this.add(pullSecret(context));
    this.add(pod(context));
  }
}

export { dbClientValues, type DbClientValues } from './values';
