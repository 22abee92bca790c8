// The sender of cron events: a CronJob that publishes one event a minute to the queue.
import type { Construct } from 'constructs';
import { isTrue, text } from '../../../helm/print';
import { Component, type ComponentProps } from '../../common/component';
import type { Definition } from '../../common/chart';
import { refuse } from '../../common/checks';
import { listOf } from '../../common/lists';
import { cronJob } from '../common/cron-job';
import { identityHelpers, nameIssues, textOr } from '../common/identity';
import { pullSecret, serviceAccount } from '../common/resources';
import { cronEventSenderValues } from './values';

export const cronEventSender: Definition<typeof cronEventSenderValues> = {
  chart: { name: 'estafette-ci-cron-event-sender', alias: 'cron-event-sender', version: '1.0.90', appVersion: '' },
  values: cronEventSenderValues,
  helpers: {
    ...identityHelpers('estafette-ci-cron-event-sender'),
    'estafette-ci-cron-event-sender.imageTag': ({ chart, values }) => textOr(values.image.tag, chart.version),
  },
};

/** CronJob, account and pull secret. */
export class CronEventSender extends Component<typeof cronEventSenderValues> {
  protected readonly stage = 'apps';

  constructor(scope: Construct, id: string, props: ComponentProps<typeof cronEventSenderValues>) {
    super(scope, id, cronEventSender, props);
    const { context } = this;
    const { config, cronjob } = context.values;
    refuse(nameIssues(context));
    this.add(serviceAccount(context));
    this.add(pullSecret(context));
    this.add(
      cronJob(context, {
        concurrencyPolicy: isTrue(cronjob.concurrencyPolicy) ? cronjob.concurrencyPolicy : cronjob.concurrencypolicy,
        env: [
          { name: 'QUEUE_HOSTS', value: listOf(config.queueHosts).map(text).join(',') },
          { name: 'QUEUE_SUBJECT', value: text(config.queueSubject) },
        ],
      }),
    );
  }
}

export { cronEventSenderValues, type CronEventSenderValues } from './values';
