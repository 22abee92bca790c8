// The cleaner of build and release jobs that hang: a CronJob that asks the API server and deletes what is left over.
import type { Warning } from '../../../helm/check';
import { isTrue, text } from '../../../helm/print';
import { digest } from '../../../kubernetes/encode';
import { defineChart, type ChartDefinition, type Making } from '../../common/chart';
import { textNeeded } from '../../common/checks';
import type { Context } from '../../common/context';
import { cronJob } from '../common/cron-job';
import { identityHelpers, jobNamespaceOf, nameIssues, textOr } from '../common/identity';
import { pullSecret, serviceAccount } from '../common/resources';
import { role, roleBinding } from './access';
import { clientSecret, secretName } from './secret';
import { hangingJobCleanerValues, type HangingJobCleanerContext } from './values';

type Plain = Context<typeof hangingJobCleanerValues>;

const withVersion = (context: Plain): HangingJobCleanerContext => ({ ...context, versionLabel: context.chart.appVersion });

const PREFIX = 'estafette-ci-hanging-job-cleaner';
const helpers = {
  ...Object.fromEntries(
    Object.entries(identityHelpers(PREFIX)).map(([name, helper]) => [name, (context: Plain) => helper(withVersion(context))]),
  ),
  [`${PREFIX}.imageTag`]: ({ chart, values }: Plain) => textOr(values.image.tag, chart.appVersion),
  [`${PREFIX}.jobNamespace`]: ({ release, values }: Plain) => jobNamespaceOf(release, values.jobNamespaceOverride),
};

/** CronJob, account with its role, client secret and pull secret. */
export const hangingJobCleaner: ChartDefinition<typeof hangingJobCleanerValues> = defineChart({
  chart: { name: PREFIX, alias: 'hanging-job-cleaner', version: '1.0.42', appVersion: '' },
  values: hangingJobCleanerValues,
  helpers,
  issues: (context) => [
    ...nameIssues(context),
    ...textNeeded(context.values.config.apiBaseURL, 'config', 'apiBaseURL'),
    ...textNeeded(context.values.config.jobNamespace, 'config', 'jobNamespace'),
  ],
  warnings: (context) => [...loginWarnings(context), ...namespaceWarnings(context)],
  objects: (context) => objects(withVersion(context)),
});

function objects(context: HangingJobCleanerContext): Making {
  const { config, cronjob } = context.values;
  const secret = clientSecret(context);
  return [
    serviceAccount(context),
    role(context),
    roleBinding(context),
    pullSecret(context),
    secret,
    cronJob(context, {
      concurrencyPolicy: cronjob.concurrencyPolicy,
      env: [
        { name: 'API_BASE_URL', value: text(config.apiBaseURL) },
        { name: 'CLIENT_ID', value: text(config.clientID) },
        { name: 'CLIENT_SECRET', valueFrom: { secretKeyRef: { name: secretName(context), key: 'clientSecret' } } },
        { name: 'JOB_NAMESPACE', value: text(config.jobNamespace) },
      ],
      // Of a Secret that is not part of the release only the name is known.
      annotations: { 'checksum/secrets': digest(secret?.data ?? { secretName: secretName(context) }) },
    }),
  ];
}

const loginWarnings = ({ values: { config, secret } }: Plain): Warning[] => [
  ...(isTrue(config.clientID)
    ? []
    : [
        {
          path: 'config.clientID',
          message:
            'is empty: the API server lets nobody in without it. Make a client in the web interface, below Admin, Clients, and give its id',
        },
      ]),
  ...(isTrue(secret.clientSecret) || isTrue(secret.existingSecret)
    ? []
    : [
        {
          path: 'secret.clientSecret',
          message: 'is empty: give the secret of the client, or name a Secret that has it as secret.existingSecret',
        },
      ]),
];

/** The published default does not follow the override: the cleaner would look where it has no rights. */
function namespaceWarnings({ release, values: { config, jobNamespaceOverride, rbac } }: Plain): Warning[] {
  const allowed = jobNamespaceOf(release, jobNamespaceOverride);
  const used = text(config.jobNamespace);
  return rbac.enable && used !== allowed
    ? [
        {
          path: 'config.jobNamespace',
          message: `is ${used === '' ? 'empty' : used}, and the cleaner has its rights in ${allowed}: give both the same namespace`,
        },
      ]
    : [];
}
