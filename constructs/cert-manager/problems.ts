// What the published templates of cert-manager refuse beyond the kinds of the values.
import { checkValues, NULL_GROUP, ValuesError, type Issue } from '../../helm/check';
import { isTrue, plainText, text } from '../../helm/print';
import { namespaceIssues } from '../common/checks';
import { globalValues, type CertManagerContext } from './values';

/** Where cert-manager publishes its custom resource definitions. */
const definitionsOf = (version: string): string =>
  `https://github.com/jetstack/cert-manager/releases/download/${version}/cert-manager.crds.yaml`;

/** @throws ValuesError with everything that Helm would refuse, too, and what we do not print */
export function checkContext({ chart, values, warn }: CertManagerContext): void {
  const {
    creator,
    fullnameOverride,
    global,
    nameOverride,
    prometheus: { enabled: watched, servicemonitor },
  } = values;
  const issues = [
    ...globalIssues(global),
    ...(global.rbac?.create ? namespaceIssues(plainText(global.leaderElection?.namespace), 'global', 'leaderElection', 'namespace') : []),
    ...(watched && servicemonitor?.enabled
      ? namespaceIssues(plainText(servicemonitor.namespace), 'prometheus', 'servicemonitor', 'namespace')
      : []),
    ...Object.entries({ nameOverride, fullnameOverride, creator })
      .filter(([, value]) => isTrue(value) && typeof value !== 'string')
      .map(([key, value]): Issue => ({ path: [key], message: `must be text, not ${text(value)}: put it in quotes` })),
  ];
  if (values.installCRDs) {
    issues.push({
      path: ['installCRDs'],
      message: `the custom resource definitions are installed apart: leave this false and run kubectl apply -f ${definitionsOf(chart.appVersion)}`,
    });
  }
  if (issues.length) throw new ValuesError(issues);
  if (global.podSecurityPolicy.enabled)
    warn('global.podSecurityPolicy.enabled', 'has no effect: Kubernetes has no PodSecurityPolicies since 1.25; use Pod Security admission');
}

/** `global` of a release around us is nobody's: only here is it known what must be in it. */
function globalIssues(global: CertManagerContext['values']['global']): Issue[] {
  const missing = (['rbac', 'podSecurityPolicy'] as const).filter((key) => !global[key]);
  return [
    ...checkValues(globalValues, { ...global }, { unknown: 'ignore' }).issues.map(({ path, message }) => ({
      path: ['global', ...path],
      message,
    })),
    ...missing.map((key) => ({ path: ['global', key], message: NULL_GROUP })),
  ];
}
