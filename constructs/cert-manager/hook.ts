// Helm's hook annotations, read off values: targets print them in their own way.
import { ValuesError } from '../../helm/check';
import { isTrue } from '../../helm/print';
import type { Table } from '../../helm/schema';
import { textMap } from '../common/metadata';
import type { Hook, HookEvent, Lifecycle } from '../common/stages';

const EVENTS: ReadonlySet<string> = new Set<HookEvent>(['pre-install', 'post-install', 'pre-upgrade', 'post-upgrade', 'pre-delete', 'post-delete', 'pre-rollback', 'post-rollback', 'test']);
const POLICIES: ReadonlySet<string> = new Set<DeletePolicy>(['before-hook-creation', 'hook-succeeded', 'hook-failed']);
type DeletePolicy = NonNullable<Hook['deletePolicy']>[number];

const isEvent = (word: string): word is HookEvent => EVENTS.has(word);
const isPolicy = (word: string): word is DeletePolicy => POLICIES.has(word);

/**
 * The annotations without `helm.sh/hook…`, and what those say.
 * @throws ValuesError when they name an event or a policy that Helm does not know
 */
export function splitHook(given: Table | undefined, ...path: string[]): { annotations: Record<string, string>; lifecycle: Lifecycle } {
  const { 'helm.sh/hook': events, 'helm.sh/hook-weight': weight, 'helm.sh/hook-delete-policy': policies, ...annotations } = textMap(given);
  if (!isTrue(events)) return { annotations, lifecycle: {} };
  const read = <T extends string>(key: string, printed: string | undefined, known: ReadonlySet<string>, isKnown: (word: string) => word is T): T[] => {
    const words = (printed ?? '').split(',').map((word) => word.trim()).filter((word) => word !== '');
    const wrong = words.find((word) => !isKnown(word));
    if (wrong !== undefined) throw new ValuesError([{ path: [...path, key], message: `"${wrong}" is nothing that Helm knows: use ${[...known].join(', ')}` }]);
    return words.filter(isKnown);
  };
  return {
    annotations,
    lifecycle: {
      hook: {
        events: read('helm.sh/hook', events, EVENTS, isEvent),
        weight: Math.trunc(Number(weight ?? 0)) || 0,
        deletePolicy: read('helm.sh/hook-delete-policy', policies, POLICIES, isPolicy),
      },
    },
  };
}
