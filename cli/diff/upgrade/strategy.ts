// Strategies without rolling updates: the server's own defaults for rolling ones stay behind and are refused.
import { at, isPlain, kubectlName, referenceTo } from '../objects';
import type { Change, Found } from './finding';

/** By kind: where the strategy stands, and which type allows no `rollingUpdate`. */
const STRATEGIES: Readonly<Record<string, readonly [field: string, type: string]>> = {
  Deployment: ['strategy', 'Recreate'],
  StatefulSet: ['updateStrategy', 'OnDelete'],
};

/** A leftover is there when the strategy was a rolling one, said or unsaid, and the new one does not say more than its type. */
export function leftoverStrategy({ before, after }: Change): Found[] {
  const [field, type] = STRATEGIES[after.kind] ?? [];
  if (field === undefined || type === undefined) return [];
  const [was, is] = [at(before, 'spec', field), at(after, 'spec', field)];
  if (at(is, 'type') !== type || at(was, 'type') === type || isPlain(at(is, 'rollingUpdate'))) return [];
  const patch = JSON.stringify({ spec: { [field]: { type, rollingUpdate: null } } });
  return [
    {
      rule: 'strategy-leftover',
      path: `spec.${field}`,
      reason: `rollingUpdate, which the server filled in itself, stays behind and is refused with ${type}`,
      wayOut: 'take it away first',
      commands: [`kubectl patch ${kubectlName(referenceTo(after))} --type merge --patch '${patch}'`],
    },
  ];
}
