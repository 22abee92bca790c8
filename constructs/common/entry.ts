// An object of a release on its way from the chart that makes it to the target that prints it.
import type { Issue } from '../../helm/check';
import type { KubeObject } from '../../kubernetes/object';
import type { Lifecycle, Stage } from './stages';

/** An object with what it is for. */
export interface Planned {
  readonly object: KubeObject;
  readonly stage: Stage;
  readonly lifecycle: Lifecycle;
}

export interface Entry extends Planned {
  /** What it is known by in the release, whatever passes and targets make of its name. */
  readonly key: string;
  /** Who makes it: keys of the values, or the path of a construct that was added. Empty for the chart itself. */
  readonly owner: readonly string[];
  /** Where its name comes from. @default only its owner is known */
  readonly origin?: Origin;
  /** Of a Secret that is not printed but must exist: its type and keys. @default it is printed */
  readonly needed?: Pick<NeededSecret, 'type' | 'keys'>;
  /** Added to the constructs of a release: no chart makes it. @default false */
  readonly isAdded?: boolean;
  /** What was added to it through its construct, for the same object in another namespace. @default nothing */
  readonly change?: (object: KubeObject) => KubeObject;
  /** Of an object in another namespace: the name and namespace by which people know it. @default its own */
  readonly knownAs?: Pick<KubeObject['metadata'], 'name' | 'namespace'>;
}

/** A Secret that must exist before the release is applied. */
export interface NeededSecret {
  readonly namespace: string;
  readonly name: string;
  /** Such as `Opaque` or `kubernetes.io/tls`. */
  readonly type: string;
  readonly keys: readonly string[];
}

/** Where a name comes from. */
export interface Origin {
  /** As people call it. */
  readonly name: string;
  /** The value to change. */
  readonly value: Issue['path'];
  /** A value to change that the user gave. @default none */
  readonly path?: Issue['path'];
}
