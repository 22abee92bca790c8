// What the values must not say: a server would refuse it, or it could not work.
import type { Issue } from '../../../helm/check';
import { isTrue } from '../../../helm/print';
import { DNS_NAME, LABEL_RULE } from '../../../kubernetes/names';
import { secretNames } from '../names';
import { secretIssues } from '../secrets';
import type { Settings } from '../values';
import { amountIssues } from './amounts';
import { ingressIssues } from './ingress';
import { nameIssues } from './names';
import { numberIssues } from './numbers';
import { podIssues } from './pods';
import { projectIssues } from './projects';

/** At most one issue a value: the first one found. */
export function issues(values: Settings): Issue[] {
  const found = [
    ...secretIssues(values),
    ...secretNameIssues(values),
    ...numberIssues(values),
    ...podIssues(values),
    ...nameIssues(values),
    ...amountIssues(values),
    ...ingressIssues(values),
    ...projectIssues(values),
  ];
  const seen = new Set<string>();
  return found.filter(({ path }) => {
    const key = JSON.stringify(path);
    return !seen.has(key) && seen.add(key);
  });
}

/** Parts that read Secrets, or make them. */
const READERS = ['skipSecrets', 'skipPostgres', 'skipBootstrap', 'skipProvisions', 'skipCrons', 'skipGrafanas'] as const;

function secretNameIssues(values: Settings): Issue[] {
  if (READERS.every((skip) => isTrue(values[skip]))) return [];
  const path = { pg: ['pgSecret'], oauth: ['oauthSecret'], grafana: ['grafanaSecret'] } as const;
  return (['pg', 'oauth', 'grafana'] as const)
    .filter((secret) => !DNS_NAME.test(secretNames(values)[secret]))
    .map((secret) => ({
      path: isTrue(values.existingSecret?.[secret]) ? ['existingSecret', secret] : path[secret],
      message: `must be the name of a Secret: ${LABEL_RULE}`,
    }));
}
