// What Helm installs: hooks with their weights and delete policies, and the mark of what stays.
import type { Hook } from '../common/stages';
import { withJobNames } from './jobs';
import { helmKeep } from './kubectl';
import { inOrder, selectCrds, type Marks, type Target } from './plan';

export const helm: Target = {
  installedByHelm: true,
  marks: (planned) => ({ ...hookMarks(planned.lifecycle.hook), ...helmKeep(planned) }),
  // Helm deletes a hook before it makes it again: only a Job that is an ordinary object needs another name to run again.
  plan: (objects, { crds }) => {
    const chosen = selectCrds(objects, crds);
    const named = withJobNames(chosen, objects);
    return inOrder(chosen.map((planned, index) => (planned.lifecycle.hook ? planned : (named[index] ?? planned))));
  },
};

function hookMarks(hook: Hook | undefined): Marks {
  if (!hook) return {};
  return {
    'helm.sh/hook': hook.events.join(','),
    ...(hook.weight === undefined ? {} : { 'helm.sh/hook-weight': String(hook.weight) }),
    ...(hook.deletePolicy?.length ? { 'helm.sh/hook-delete-policy': hook.deletePolicy.join(',') } : {}),
  };
}
