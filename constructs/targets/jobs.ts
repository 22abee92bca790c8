// Jobs of a plan, under names that tell their content.
import { configurationIn, hashedJob } from '../../kubernetes/jobs';
import type { Planned } from '../common/entry';

/** The objects, Jobs under names that change with their content. What they read is looked for in `all`. */
export function withJobNames<P extends Planned>(objects: readonly P[], all: readonly Planned[]): P[] {
  const configuration = configurationIn(all.map(({ object }) => object));
  return objects.map((planned) => ({ ...planned, object: hashedJob(planned.object, configuration, planned.lifecycle.identity) }));
}
