// What Helm installs: hooks with their weights and delete policies, and the mark of what stays.
import type { Hook } from '../common/stages';
import { withJobNames } from './jobs';
import { helmKeep } from './kubectl';
import { chartFiles } from './helm-chart';
import { inOrder, selectCrds, type Marks } from './plan';
import type { Render, Target } from './target';

export const helm: Target = {
  prints: 'folder',
  // Helm makes the namespace of a release for its own record.
  takes: ({ lifecycle }) => !lifecycle.madeByHelm,
  marks: (planned) => ({ ...hookMarks(planned.lifecycle.hook), ...helmKeep(planned) }),
  // Helm deletes a hook before it makes it again: only a Job that is an ordinary object needs another name to run again.
  plan: (objects, { crds }) => {
    const chosen = selectCrds(objects, crds);
    const named = withJobNames(chosen, objects);
    return inOrder(chosen.map((planned, index) => (planned.lifecycle.hook ? planned : (named[index] ?? planned))));
  },
  stream: ({ plan }) => plan,
  files: (render) => Object.fromEntries(Object.entries(filesOf(render)).map(([file, text]) => [`${render.release.name}/${file}`, text])),
};

/** What it takes to follow values is loaded only then. */
function filesOf(render: Render): Record<string, string> {
  const { live } = render.options;
  if (!live) return chartFiles(render);
  const { liveChartFiles, CannotFollow } = require('./helm-live') as typeof import('./helm-live');
  try {
    return liveChartFiles(render, live);
  } catch (error) {
    if (live.isDefault && error instanceof CannotFollow) return chartFiles(render);
    throw error;
  }
}

function hookMarks(hook: Hook | undefined): Marks {
  if (!hook) return {};
  return {
    'helm.sh/hook': hook.events.join(','),
    ...(hook.weight === undefined ? {} : { 'helm.sh/hook-weight': String(hook.weight) }),
    ...(hook.deletePolicy?.length ? { 'helm.sh/hook-delete-policy': hook.deletePolicy.join(',') } : {}),
  };
}
