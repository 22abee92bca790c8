// Values of the web interface.
import type { Context } from '../../common/context';
import { group, text, type ValuesInput } from '../../../helm/schema';
import {
  autoscalingValues,
  deploymentValues,
  disruptionBudgetValues,
  environment,
  extensiblePodValues,
  extrasValues,
  imagePullSecrets,
  imageValues,
  namingValues,
  proxyValues,
  publishedSecurityContext,
  serviceAccountValues,
  serviceValues,
} from '../common/values';

export const webValues = group({
  image: imageValues('estafette/estafette-ci-web'),
  deployment: group({ ...deploymentValues, env: environment('Environment variables of the container.'), ...extensiblePodValues() }),
  securityContext: publishedSecurityContext('deployment'),
  imagePullSecrets,
  ...namingValues,
  jobNamespaceOverride: text('', 'Documented by the published chart, read by no template.', { unused: true }),
  ...extrasValues,
  serviceAccount: group(serviceAccountValues),
  service: serviceValues,
  autoscaling: autoscalingValues,
  pdb: disruptionBudgetValues,
  ...proxyValues,
});

export type WebValues = ValuesInput<typeof webValues>;

export type WebContext = Context<typeof webValues>;
