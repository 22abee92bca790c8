// Job that brings the schema of the database up to date.
import type { Job } from 'kubernetes-types/batch/v1';
import type { EnvVar } from 'kubernetes-types/core/v1';
import { listOf } from '../../common/lists';
import { fullNameOf, labelsOf, selectorLabels, serviceAccountNameOf } from '../common/identity';
import { BUILT_IN, databaseHost, namesIn } from '../common/neighbours';
import { extensiblePod, loggingEnvironment } from '../common/pod';
import type { DbMigratorContext } from './values';

export function job(context: DbMigratorContext) {
  const { values } = context;
  const { job: settings } = values;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: fullNameOf(context), labels: labelsOf(context) },
    spec: {
      template: extensiblePod(context, {
        section: 'job',
        settings,
        labels: selectorLabels(context),
        container: {
          securityContext: settings.securityContext,
          env: [...loggingEnvironment(values), ...databaseEnvironment(context), ...listOf(settings.extraEnv)],
        },
        pod: { restartPolicy: 'OnFailure', serviceAccountName: serviceAccountNameOf(context) },
      }),
    },
  } satisfies Job;
}

/** The program has the host of a release called estafette-ci built in; others must tell it, unless the user does. */
function databaseEnvironment({ release, values }: DbMigratorContext): EnvVar[] {
  const host = databaseHost(namesIn(release));
  const isTold = listOf(values.job.extraEnv).some((variable) => variable?.name === 'DB_HOST' || variable?.name === 'DB_CONNECTION_STRING');
  return host === BUILT_IN.databaseHost || isTold ? [] : [{ name: 'DB_HOST', value: host }];
}
