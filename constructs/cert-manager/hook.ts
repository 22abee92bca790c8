// Helm's hook annotations, read off values: targets print them in their own way.
import type { Table } from '../../helm/schema';
import { textMap } from '../common/metadata';
import type { Hook, HookEvent, Lifecycle } from '../common/stages';
import type { CertManagerContext } from './values';

type DeletePolicy = NonNullable<Hook['deletePolicy']>[number];

const EVENTS: ReadonlyMap<string, HookEvent> = new Map([
  ...(
    [
      'pre-install',
      'post-install',
      'pre-upgrade',
      'post-upgrade',
      'pre-delete',
      'post-delete',
      'pre-rollback',
      'post-rollback',
      'test',
    ] as const
  ).map((event) => [event, event] as const),
  ['test-success', 'test'],
]);
const POLICIES: ReadonlySet<string> = new Set<DeletePolicy>(['before-hook-creation', 'hook-succeeded', 'hook-failed']);
const isPolicy = (word: string): word is DeletePolicy => POLICIES.has(word);

export interface Hooked {
  /** Annotations to print. */
  readonly annotations: Record<string, string>;
  readonly lifecycle: Lifecycle;
}

/**
 * The annotations without `helm.sh/hook…`, and what those say. Undefined, with a warning, for an event that Helm does not
 * know: it leaves such an object out without a word.
 */
export function hooked({ warn }: CertManagerContext, given: Table | undefined, ...path: string[]): Hooked | undefined {
  const all = textMap(given);
  const { 'helm.sh/hook': hook, 'helm.sh/hook-weight': weight, 'helm.sh/hook-delete-policy': policies, ...annotations } = all;
  // A map or a list is no text: it is told of the annotations of the object.
  if ([hook, weight, policies].some((one) => typeof one === 'object')) return { annotations: all, lifecycle: {} };
  if (hook === undefined) return { annotations, lifecycle: {} };
  const complain = (key: string, sentence: string): void => warn([...path, key].join('.'), sentence);
  const events = hook
    .split(',')
    .map((word) => EVENTS.get(word.trim().toLowerCase()))
    .filter((event) => event !== undefined);
  if (events.length < hook.split(',').length) {
    complain(
      'helm.sh/hook',
      `"${hook}" is not an event that Helm knows, and the object is left out, as in the published chart; use ` +
        `${[...EVENTS.values()].slice(0, -1).join(', ')}`,
    );
    return undefined;
  }
  const words = wordsOf(policies);
  const unknown = words.filter((word) => !isPolicy(word));
  if (unknown.length) complain('helm.sh/hook-delete-policy', `${unknown.join(', ')} has no effect; use ${[...POLICIES].join(', ')}`);
  return {
    annotations,
    lifecycle: { hook: { events, weight: /^[-+]?\d+$/.test(weight ?? '') ? Number(weight) : 0, deletePolicy: words.filter(isPolicy) } },
  };
}

const wordsOf = (text = ''): string[] =>
  text
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '');
