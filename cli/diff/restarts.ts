// Whose pods are replaced when a change is applied.
import { at, type Thing } from './objects';
import type { FieldChange } from './compare';

const CONTROLLERS = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** Any change of the template replaces the pods, unless they wait to be deleted by hand; a Pod of its own has to be made anew. */
export function restartOf({ after, fields }: { readonly after: Thing; readonly fields: readonly FieldChange[] }): boolean {
  if (after.kind === 'Pod') return fields.some(({ path }) => path[0] === 'spec');
  if (!CONTROLLERS.has(after.kind) || at(after, 'spec', 'updateStrategy', 'type') === 'OnDelete') return false;
  return fields.some(({ path }) => path[0] === 'spec' && path[1] === 'template');
}
