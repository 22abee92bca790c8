// The CA injector: Deployment.
import { text } from '../../helm/print';
import { deployment, leaderElection, logLevel, namespaceVariable, template } from './workload';
import type { CertManagerContext } from './index';

export const cainjector = (context: CertManagerContext) => deployment(context, 'cainjector', template(context, 'cainjector', {
  args: [...logLevel(context), ...leaderElection(context), ...(context.values.cainjector.extraArgs ?? []).map(text)],
  env: [namespaceVariable],
}, { securityContext: context.values.cainjector.securityContext }));
