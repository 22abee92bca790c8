// The two CronJobs: cron-event-sender and hanging-job-cleaner.
import type { CronJob } from 'kubernetes-types/batch/v1';
import type { EnvVar, SecurityContext } from 'kubernetes-types/core/v1';
import { plain, plainText, text } from '../../../helm/print';
import type { Group, Scalar, Values } from '../../../helm/schema';
import { podTemplate } from '../../common/pod';
import { listOf } from '../../common/lists';
import { bareLabels, fullNameOf, labelsOf, selectorLabels, serviceAccountNameOf, versionLabel } from './identity';
import { loggingEnvironment, mainContainer, placement, type Workload } from './pod';
import type { cronJobPodValues, cronJobValues } from './values';

export interface Scheduled extends Workload {
  readonly values: Workload['values'] &
    Values<Group<typeof cronJobPodValues>> & {
      readonly cronjob: Values<Group<ReturnType<typeof cronJobValues>>>;
      readonly logFormat: Scalar | undefined;
      readonly logLevel: Scalar | undefined;
      readonly securityContext: SecurityContext | undefined;
    };
}

export interface CronJobParts {
  readonly concurrencyPolicy: Scalar | undefined;
  /** Environment between that of the log and that of the values. */
  readonly env: readonly EnvVar[];
  readonly annotations?: object;
}

export function cronJob(context: Scheduled, { concurrencyPolicy, env, annotations }: CronJobParts) {
  const { values } = context;
  const { cronjob: own } = values;
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: fullNameOf(context), labels: labelsOf(context) },
    spec: {
      schedule: text(own.schedule),
      concurrencyPolicy: plainText(concurrencyPolicy),
      failedJobsHistoryLimit: plain(own.failedJobsHistoryLimit) as number,
      successfulJobsHistoryLimit: plain(own.successfulJobsHistoryLimit) as number,
      suspend: own.suspend,
      jobTemplate: {
        spec: {
          completions: plain(own.completions) as number,
          parallelism: plain(own.parallelism) as number,
          backoffLimit: plain(own.backoffLimit) as number,
          template: podTemplate(
            { labels: { ...selectorLabels(context), ...versionLabel(context), ...bareLabels(values.extraPodLabels) }, annotations },
            {
              ...placement(context, values),
              serviceAccountName: serviceAccountNameOf(context),
              restartPolicy: plainText(own.restartPolicy),
              containers: [
                mainContainer(context, values, {
                  securityContext: values.securityContext,
                  args: listOf(values.extraArgs) as string[],
                  env: [...loggingEnvironment(values), ...env, ...listOf(values.extraEnv)],
                }),
              ],
              terminationGracePeriodSeconds: 300,
            },
          ),
        },
      },
    },
  } satisfies CronJob;
}
