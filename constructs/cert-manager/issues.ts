// What the published templates of cert-manager refuse beyond the kinds of the values.
import { NULL_GROUP, type Issue, type Warning } from '../../helm/check';
import { plainText } from '../../helm/print';
import { namespaceIssues, textOnly } from '../common/checks';
import type { CertManagerContext } from './values';

/** Where cert-manager publishes its custom resource definitions. */
const definitionsOf = (version: string): string =>
  `https://github.com/jetstack/cert-manager/releases/download/${version}/cert-manager.crds.yaml`;

/** Everything that Helm would refuse, too, and what we do not print. */
export function issues({ chart, values }: CertManagerContext): Issue[] {
  const {
    creator,
    fullnameOverride,
    global,
    installCRDs,
    nameOverride,
    prometheus: { enabled: watched, servicemonitor },
  } = values;
  return [
    ...globalIssues(global),
    ...(global.rbac?.create ? namespaceIssues(plainText(global.leaderElection?.namespace), 'global', 'leaderElection', 'namespace') : []),
    ...(watched && servicemonitor?.enabled
      ? namespaceIssues(plainText(servicemonitor.namespace), 'prometheus', 'servicemonitor', 'namespace')
      : []),
    ...Object.entries({ nameOverride, fullnameOverride, creator }).flatMap(([key, value]) => textOnly(value, key)),
    ...(installCRDs
      ? [
          {
            path: ['installCRDs'],
            message:
              `the custom resource definitions are installed apart: leave this false and run kubectl apply ` +
              `-f ${definitionsOf(chart.appVersion)}`,
          },
        ]
      : []),
  ];
}

export const warnings = ({ values: { global } }: CertManagerContext): Warning[] =>
  global.podSecurityPolicy.enabled
    ? [
        {
          path: 'global.podSecurityPolicy.enabled',
          message: 'has no effect: Kubernetes has no PodSecurityPolicies since 1.25; use Pod Security admission',
        },
      ]
    : [];

/** A release around this chart may take groups of `global` away. */
const globalIssues = (global: CertManagerContext['values']['global']): Issue[] =>
  (['rbac', 'podSecurityPolicy'] as const).filter((key) => !global[key]).map((key) => ({ path: ['global', key], message: NULL_GROUP }));
