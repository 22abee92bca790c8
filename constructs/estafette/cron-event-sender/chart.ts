// The sender of cron events: a CronJob that publishes one event a minute to the queue.
import { isTrue, text } from '../../../helm/print';
import { defineChart, type ChartDefinition } from '../../common/chart';
import { listOf } from '../../common/lists';
import { cronJob } from '../common/cron-job';
import { identityHelpers, nameIssues, textOr } from '../common/identity';
import { pullSecret, serviceAccount } from '../common/resources';
import { cronEventSenderValues, type CronEventSenderContext } from './values';

/** CronJob, account and pull secret. */
export const cronEventSender: ChartDefinition<typeof cronEventSenderValues> = defineChart({
  chart: { name: 'estafette-ci-cron-event-sender', alias: 'cron-event-sender', version: '1.0.90', appVersion: '' },
  values: cronEventSenderValues,
  helpers: {
    ...identityHelpers('estafette-ci-cron-event-sender'),
    'estafette-ci-cron-event-sender.imageTag': ({ chart, values }: CronEventSenderContext) => textOr(values.image.tag, chart.version),
  },
  issues: nameIssues,
  objects: (context) => [serviceAccount(context), pullSecret(context), sender(context)],
});

function sender(context: CronEventSenderContext) {
  const { config, cronjob } = context.values;
  return cronJob(context, {
    concurrencyPolicy: isTrue(cronjob.concurrencyPolicy) ? cronjob.concurrencyPolicy : cronjob.concurrencypolicy,
    env: [
      { name: 'QUEUE_HOSTS', value: listOf(config.queueHosts).map(text).join(',') },
      { name: 'QUEUE_SUBJECT', value: text(config.queueSubject) },
    ],
  });
}
