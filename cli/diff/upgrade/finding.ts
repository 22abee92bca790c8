// What the rules look at, and what they find.
import type { FieldChange } from '../compare';
import type { Reference, Thing } from '../objects';

/** Which rule found it. */
export type Rule =
  | 'immutable-field'
  | 'job-template'
  | 'pod-spec'
  | 'cluster-ip'
  | 'secret-type'
  | 'immutable-data'
  | 'role-ref'
  | 'claim'
  | 'strategy-leftover'
  | 'choice-leftover'
  | 'database-version'
  | 'scaled-down'
  | 'autoscaled-replicas';

export interface Finding extends Reference {
  readonly rule: Rule;
  /** The field it is about. */
  readonly path: string;
  /** What happens, one sentence. */
  readonly reason: string;
  /** What to do about it, one sentence. */
  readonly wayOut: string;
  /** To be run before the new manifests are applied, in this order. None when only the values can mend it. */
  readonly commands: readonly string[];
}

export type Found = Omit<Finding, keyof Reference>;

export interface Change {
  readonly before: Thing;
  readonly after: Thing;
  readonly fields: readonly FieldChange[];
}

export interface Upgrade {
  readonly all: readonly Change[];
  readonly added: readonly Thing[];
  readonly before: readonly Thing[];
  readonly after: readonly Thing[];
  /** A value of an object, safe to be told in a reason. */
  readonly show: (value: string) => string;
}
