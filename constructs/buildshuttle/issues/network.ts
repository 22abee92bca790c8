// Networks: of the worker's own check, and of the NetworkPolicy.
import { isIP } from 'node:net';
import type { Issue } from '../../../helm/check';
import { listOf } from '../../common/lists';
import { isDnsLabel } from '../../../kubernetes/names';
import { contains, neverReached, parseCidr } from '../cidr';
import { text } from '../../../helm/print';
import type { Settings } from '../values';

export function networkIssues(values: Settings): Issue[] {
  const { egress, networkPolicy } = values;
  const never = neverReached(values);
  return [
    ...(['allow', 'deny'] as const).flatMap((key) =>
      listOf(egress[key]).flatMap((network, index) =>
        isIP(text(network)) !== 0 || parseCidr(text(network)) ? [] : [noNetwork(network, 'egress', key, index)],
      ),
    ),
    ...(['allow', 'apiServer'] as const).flatMap((key) =>
      listOf(networkPolicy.egress[key]).flatMap((network, index) =>
        parseCidr(text(network)) ? [] : [noNetwork(network, 'networkPolicy', 'egress', key, index)],
      ),
    ),
    ...listOf(networkPolicy.egress.allow).flatMap((network, index): Issue[] => {
      const around = never.find((other) => contains(other, text(network)));
      return around === undefined
        ? []
        : [
            {
              path: ['networkPolicy', 'egress', 'allow', index],
              message:
                `${text(network)} lies in ${around}, which the pod never reaches: it holds the node's ` +
                `metadata or the API server; take it away`,
            },
          ];
    }),
    ...listOf(networkPolicy.namespaces).flatMap((name, index) =>
      isDnsLabel(text(name))
        ? []
        : [{ path: ['networkPolicy', 'namespaces', index], message: `no namespace can be called "${text(name)}"` }],
    ),
  ];
}

const noNetwork = (network: unknown, ...path: Issue['path']): Issue => ({
  path,
  message: `"${text(network)}" is not a network: write it as 10.0.0.0/8 or fd00::/8`,
});
