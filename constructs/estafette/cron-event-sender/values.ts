// Values of the sender of cron events.
import type { Context } from '../../common/context';
import { flag, group, list, number, text, type ValuesInput } from '../../../helm/schema';
import { queueHost } from '../common/neighbours';
import { cronJobPodValues, cronJobValues, imageValues, loggingValues, namingValues, plainServiceAccountValues } from '../common/values';

export const cronEventSenderValues = group({
  config: group({
    queueHosts: list<string>((context) => [queueHost(context)], 'Servers of the queue to publish to.'),
    queueSubject: text('event.cron', 'Subject to publish to.'),
  }),
  cronjob: group({
    ...cronJobValues('* * * * *'),
    concurrencyPolicy: text(
      undefined,
      'What happens when a run is due and the one before has not finished: Allow, Forbid or Replace. Wins over concurrencypolicy.',
    ),
    concurrencypolicy: text('Forbid', 'The same, in the spelling of the published defaults, which the published template does not read.'),
  }),
  ...loggingValues,
  replicaCount: number(1, 'Documented by the published chart, read by no template.', { unused: true }),
  image: imageValues('estafette/estafette-ci-cron-event-sender'),
  ...namingValues,
  serviceAccount: group(plainServiceAccountValues),
  rbac: group(
    { enable: flag(true, 'Documented by the published chart, read by no template: the job needs no rights.', { unused: true }) },
    { nullable: true },
  ),
  ...cronJobPodValues,
});

export type CronEventSenderValues = ValuesInput<typeof cronEventSenderValues>;

export type CronEventSenderContext = Context<typeof cronEventSenderValues>;
