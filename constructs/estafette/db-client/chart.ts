// A pod with the database client, for people: `kubectl exec` into it to run queries.
import { isTrue } from '../../../helm/print';
import { defineChart, type ChartDefinition } from '../../common/chart';
import { identityHelpers, nameIssues } from '../common/identity';
import { pullSecret } from '../common/resources';
import { pod } from './pod';
import { dbClientValues } from './values';

/** Pod and pull secret. */
export const dbClient: ChartDefinition<typeof dbClientValues> = defineChart({
  chart: { name: 'estafette-ci-db-client', alias: 'db-client', version: '1.0.0', appVersion: '' },
  values: dbClientValues,
  helpers: identityHelpers('estafette-ci-db-client'),
  issues: nameIssues,
  warnings: ({ values }) =>
    isTrue(values.imagePullSecrets)
      ? [{ path: 'imagePullSecrets', message: 'has no effect here, as in the published chart: give image.credentials' }]
      : [],
  objects: (context) => [pullSecret(context), pod(context)],
});
