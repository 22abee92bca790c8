// Values of the cleaner of jobs that hang.
import type { Context } from '../../common/context';
import { flag, group, text, type ValuesInput } from '../../../helm/schema';
import { apiName } from '../common/neighbours';
import {
  cronJobPodValues,
  cronJobValues,
  imagePullSecrets,
  imageValues,
  loggingValues,
  namingValues,
  plainServiceAccountValues,
} from '../common/values';

export const hangingJobCleanerValues = group({
  config: group({
    apiBaseURL: text(
      (context) => `http://${apiName(context)}.{{ .Release.Namespace }}.svc.cluster.local`,
      'Address of the API server; Go templates in it are evaluated.',
      { templated: true },
    ),
    clientID: text('', 'Id of the client that was made for the cleaner in the web interface.'),
    jobNamespace: text('{{ .Release.Namespace }}-jobs', 'Namespace of the build and release jobs; Go templates in it are evaluated.', {
      templated: true,
    }),
  }),
  secret: group({
    existingSecret: text(undefined, 'Secret with the key clientSecret that exists already; then none is made.'),
    valuesAreBase64Encoded: flag(false, 'clientSecret is base64 already.'),
    clientSecret: text('', 'Secret of that client.', { secret: 'needed' }),
  }),
  cronjob: group({
    ...cronJobValues('*/5 * * * *'),
    concurrencyPolicy: text('Forbid', 'What happens when a run is due and the one before has not finished: Allow, Forbid or Replace.'),
  }),
  image: imageValues('estafette/estafette-ci-hanging-job-cleaner'),
  ...loggingValues,
  imagePullSecrets,
  ...namingValues,
  jobNamespaceOverride: text(
    '',
    "Namespace in which the cleaner may list and delete jobs. Empty means the release's namespace with -jobs after it.",
  ),
  serviceAccount: group(plainServiceAccountValues),
  rbac: group({ enable: flag(true, 'Makes the role of the cleaner in the namespace of the jobs.') }),
  ...cronJobPodValues,
});

export type HangingJobCleanerValues = ValuesInput<typeof hangingJobCleanerValues>;

/** The labels have the chart's appVersion, of which there is none, where those of the other components have its version. */
export type HangingJobCleanerContext = Context<typeof hangingJobCleanerValues> & { readonly versionLabel: string };
