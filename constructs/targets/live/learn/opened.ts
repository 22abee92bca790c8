// Larger parts that are switched off, looked at as if they were on: while they are off, their values show nothing.
import { showPath, ValuesError } from '../../../../helm/check';
import { mergeValues } from '../../../../helm/merge';
import { isGroup, type Fields, type Group } from '../../../../helm/schema';
import type { LiveWishes } from '../../target';
import { asValues, valueAt } from '../values/leaves';
import { isBelow, type Subject } from './renders';

/** Values that make a part a larger one. Where the switch of a small one is on, values beside it often show nothing. */
const LARGE_PART = 30;

/**
 * The release with the switches of such parts on, but for those that are refused, or fixed.
 * @returns undefined where there is none
 */
export function opened(subject: Subject, wishes: LiveWishes): Subject | undefined {
  // What is known of a release is right for one that its values alone make.
  if (!subject.isPlain || !subject.hasSecrets) return undefined;
  let open: Subject | undefined;
  for (const path of switchesOff(subject)) {
    const name = showPath(path);
    const other = isBelow(wishes.live, name) && !isBelow(wishes.fix, name) ? withOn(open ?? subject, path) : undefined;
    if (other && isTaken(other)) open = other;
  }
  return open;
}

function withOn(subject: Subject, path: readonly string[]): Subject {
  const on = asValues([[path, true]]);
  const merged = (...layers: Subject['values'][]): Subject['values'] => mergeValues(layers) as Subject['values'];
  return {
    ...subject,
    values: merged(subject.values, on),
    again: (change) => subject.again({ ...change, values: merged(on, change.values) }),
  };
}

function isTaken({ again, release, part }: Subject): boolean {
  try {
    again({ ...release, ...(part === undefined ? {} : { part }), values: {} });
    return true;
  } catch (error) {
    if (!(error instanceof ValuesError)) throw error;
    return false;
  }
}

/** Paths of switches of larger parts that are off, those around others first. */
function switchesOff({ schema, values, part }: Subject): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  const walk = (group: Group<Fields, boolean>, above: readonly string[]): void => {
    for (const [key, field] of Object.entries(group.fields)) {
      if (!isGroup(field) || (!above.length && part !== undefined && key !== part)) continue;
      const at = [...above, key];
      const path = [...at, 'enabled'];
      if (sizeOf(field) > LARGE_PART && valueAt(values, path) === false) found.push(path);
      walk(field, at);
    }
  };
  walk(schema, []);
  return found;
}

const sizeOf = ({ fields }: Group<Fields, boolean>): number =>
  Object.values(fields).reduce((sum, field) => sum + (isGroup(field) ? sizeOf(field) : 1), 0);
