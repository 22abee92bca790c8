// The cleaner of build and release jobs that hang: a CronJob that asks the API server and deletes what is left over.
import type { Construct } from 'constructs';
import { isTrue, text } from '../../../helm/print';
import { Component, type ComponentProps } from '../../common/component';
import type { Definition, Helpers } from '../../common/chart';
import type { Context } from '../../common/context';
import { digest } from '../../../kubernetes/encode';
import { refuse, textNeeded } from '../../common/checks';
import { cronJob } from '../common/cron-job';
import { identityHelpers, jobNamespaceOf, nameIssues, textOr } from '../common/identity';
import { pullSecret, serviceAccount } from '../common/resources';
import { role, roleBinding } from './access';
import { clientSecret, secretName } from './secret';
import { hangingJobCleanerValues, type HangingJobCleanerContext } from './values';

const withVersion = (context: Context<typeof hangingJobCleanerValues>): HangingJobCleanerContext => ({
  ...context,
  versionLabel: context.chart.appVersion,
});

const PREFIX = 'estafette-ci-hanging-job-cleaner';
const helpers: Helpers<typeof hangingJobCleanerValues> = {
  ...Object.fromEntries(
    Object.entries(identityHelpers(PREFIX)).map(([name, helper]) => [
      name,
      (context: Context<typeof hangingJobCleanerValues>) => helper(withVersion(context)),
    ]),
  ),
  [`${PREFIX}.imageTag`]: ({ chart, values }) => textOr(values.image.tag, chart.appVersion),
  [`${PREFIX}.jobNamespace`]: ({ release, values }) => jobNamespaceOf(release, values.jobNamespaceOverride),
};

export const hangingJobCleaner: Definition<typeof hangingJobCleanerValues> = {
  chart: { name: PREFIX, alias: 'hanging-job-cleaner', version: '1.0.42', appVersion: '' },
  values: hangingJobCleanerValues,
  helpers,
};

/** CronJob, account with its role, client secret and pull secret. */
export class HangingJobCleaner extends Component<typeof hangingJobCleanerValues> {
  protected readonly stage = 'apps';

  constructor(scope: Construct, id: string, props: ComponentProps<typeof hangingJobCleanerValues>) {
    super(scope, id, hangingJobCleaner, props);
    const context = withVersion(this.context);
    const { config, cronjob } = context.values;
    refuse([
      ...nameIssues(context),
      ...textNeeded(config.apiBaseURL, 'config', 'apiBaseURL'),
      ...textNeeded(config.jobNamespace, 'config', 'jobNamespace'),
    ]);
    warnOfLogin(context);
    warnOfNamespace(context);
    const secret = clientSecret(context);
    this.add(serviceAccount(context));
    this.add(role(context));
    this.add(roleBinding(context));
    this.add(pullSecret(context));
    this.add(secret);
    this.add(
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
    );
  }
}

function warnOfLogin({ values: { config, secret }, warn }: HangingJobCleanerContext): void {
  if (!isTrue(config.clientID))
    warn(
      'config.clientID',
      'is empty: the API server lets nobody in without it. Make a client in the web interface, below Admin, Clients, and give its id',
    );
  if (!isTrue(secret.clientSecret) && !isTrue(secret.existingSecret))
    warn('secret.clientSecret', 'is empty: give the secret of the client, or name a Secret that has it as secret.existingSecret');
}

/** The published default does not follow the override: the cleaner would look where it has no rights. */
function warnOfNamespace({ release, values: { config, jobNamespaceOverride, rbac }, warn }: HangingJobCleanerContext): void {
  const allowed = jobNamespaceOf(release, jobNamespaceOverride);
  const used = text(config.jobNamespace);
  if (rbac.enable && used !== allowed)
    warn('config.jobNamespace', `is ${used}, and the cleaner has its rights in ${allowed}: give both the same namespace`);
}

export { hangingJobCleanerValues, type HangingJobCleanerValues } from './values';
