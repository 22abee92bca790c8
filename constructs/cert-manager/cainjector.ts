// The CA injector: Deployment.
import { filled, text } from '../../helm/print';
import { listOf } from '../common/lists';
import { deployment, leaderElection, logLevel, namespaceVariable, template } from './workload';
import type { CertManagerContext } from './values';

export const cainjector = (context: CertManagerContext) =>
  deployment(
    context,
    'cainjector',
    template(
      context,
      'cainjector',
      {
        args: [...logLevel(context), ...leaderElection(context), ...listOf(context.values.cainjector.extraArgs).map(text)],
        env: [namespaceVariable],
      },
      { securityContext: filled(context.values.cainjector.securityContext) },
    ),
  );
