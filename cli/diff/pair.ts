// Which object of before is which of now: by group, kind, namespace and name; Jobs by their name without the hash.
import { keyOf, type Thing } from './objects';

export interface Pairs {
  readonly both: readonly (readonly [before: Thing, after: Thing])[];
  readonly added: readonly Thing[];
  readonly removed: readonly Thing[];
  /** Jobs that another one of another name has taken the place of. */
  readonly superseded: readonly Thing[];
}

const HASH = /-[0-9a-f]{8}$/;
/** What the hash and its dash leave of the longest name of a Job. */
const LONGEST_BASE = 48;

const isJob = ({ kind }: Thing): boolean => kind === 'Job';
const isHashed = ({ metadata }: Thing): boolean => HASH.test(metadata.name);
/** The key without a hash, and as short as a hash makes it. */
const baseOf = (object: Thing): string =>
  keyOf({ ...object, metadata: { ...object.metadata, name: object.metadata.name.replace(HASH, '').slice(0, LONGEST_BASE) } });

export function pair(before: readonly Thing[], after: readonly Thing[]): Pairs {
  const old = new Map(before.map((object) => [keyOf(object), object]));
  const both: (readonly [Thing, Thing])[] = [];
  const left: Thing[] = [];
  for (const object of after) {
    const same = old.get(keyOf(object));
    if (same) both.push([same, object]);
    else left.push(object);
    old.delete(keyOf(object));
  }
  const added: Thing[] = [];
  const bases = new Set(after.filter(isJob).map(baseOf));
  const superseded: Thing[] = [];
  for (const object of left) {
    const earlier = isJob(object)
      ? latest([...old.values()].filter((other) => isJob(other) && baseOf(other) === baseOf(object)))
      : undefined;
    if (earlier) {
      both.push([earlier, object]);
      superseded.push(earlier);
      old.delete(keyOf(earlier));
    } else added.push(object);
  }
  const rest = [...old.values()];
  const olderJobs = rest.filter((object) => isJob(object) && isHashed(object) && bases.has(baseOf(object)));
  return { both, added, removed: rest.filter((object) => !olderJobs.includes(object)), superseded: [...superseded, ...olderJobs] };
}

/** Of several Jobs of one base name the youngest is the one to compare with. */
function latest(jobs: readonly Thing[]): Thing | undefined {
  const bornAt = ({ metadata }: Thing): string => String((metadata as { creationTimestamp?: unknown }).creationTimestamp ?? '');
  return jobs.toSorted((a, b) => bornAt(b).localeCompare(bornAt(a)))[0];
}

/** A Job that runs again under another hash, though it looks the same: what it reads has changed. */
export const runsAgain = (before: Thing, after: Thing): boolean =>
  isJob(after) && isHashed(before) && isHashed(after) && before.metadata.name !== after.metadata.name;
