// What the containers of all parts have in common: command, resources, nodes.
import type { Container, ResourceRequirements } from 'kubernetes-types/core/v1';
import { filled, integer, isTrue, plainText, text, yamlScalar } from '../../helm/print';
import { textMap } from '../common/metadata';
import type { Part, Settings } from './values';

/** Program and arguments as the texts that Kubernetes takes. */
export function commandOf(program: unknown, args: readonly unknown[] | undefined): Pick<Container, 'command' | 'args'> {
  const printed = plainText(program);
  return { command: printed === undefined ? undefined : [printed], args: filled(args)?.map((argument) => yamlScalar(argument)) };
}

/** Requests and limits of a part. An empty one is left out: a server refuses an empty quantity. */
export function resourcesOf(values: Settings, part: Part): ResourceRequirements | undefined {
  if (!isTrue(values[`use${part}ResourcesLimits`])) return undefined;
  const amounts = (kind: 'requests' | 'limits'): Record<string, string> =>
    Object.fromEntries(
      (
        [
          ['memory', values[`${kind}${part}Memory`]],
          ['cpu', values[`${kind}${part}CPU`]],
        ] as const
      )
        .map(([name, amount]) => [name, text(amount)] as const)
        .filter(([, amount]) => amount !== ''),
    );
  const all = { requests: amounts('requests'), limits: amounts('limits') };
  return { ...(isTrue(all.requests) ? { requests: all.requests } : {}), ...(isTrue(all.limits) ? { limits: all.limits } : {}) };
}

/** Nothing given leaves the number to the server. */
export const replicasOf = (value: unknown): number | undefined => (plainText(value) === undefined ? undefined : integer(value));

export const appNodes = (values: Settings): Record<string, string> => textMap(values.appNodeSelector);
