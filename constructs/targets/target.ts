// What a target is, and what it is given.
import type { SqlScript } from '../common/chart';
import type { Entry, NeededSecret, Planned } from '../common/entry';
import type { Release } from '../common/release';
import type { KubeObject } from '../../kubernetes/object';
import type { ApplicationOptions } from './application-options';
import type { CrdMode, Marks } from './plan';
import type { Fields, Group } from '../../helm/schema';

export interface Target {
  /** A stream of manifests, each of which can be applied; or files that are something only together, so that they need a folder. */
  readonly prints: 'stream' | 'folder';
  /** Whether an object is for this target at all. */
  takes(planned: Planned): boolean;
  /** Annotations that tell the one who applies an object what it is for. Patches can change them. */
  marks(planned: Planned): Marks;
  /**
   * The objects that are printed, in the order in which they can be applied, under
   * their final names. What else an entry carries stays with it.
   */
  plan<P extends Planned>(objects: readonly P[], options: TargetOptions): P[];
  /** What is printed as a stream: the objects, and what has them applied. */
  stream(render: Render): readonly Planned[];
  /** Texts by file name, relative to the folder of all releases. */
  files(render: Render): Record<string, string>;
}

export interface TargetOptions {
  readonly crds: CrdMode;
  /** Of Argo CD. @default none */
  readonly application?: ApplicationOptions;
  /** Of Helm. @default the chart follows no value */
  readonly live?: LiveWishes;
}

/** Which values a chart is to follow, by their paths; `.` is all of them. */
export interface LiveWishes {
  readonly live: readonly string[];
  /** Stronger than `live`. */
  readonly fix: readonly string[];
  /** Nobody asked: what is not known beforehand is fixed, since to learn it takes its time. @default false */
  readonly isDefault?: boolean;
}

/** Name, versions and sentence of the chart. */
export interface ChartFacts {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
  readonly description: string;
}

/** A release as its chart makes it, changed by all passes. */
export interface Render {
  readonly release: Pick<Release, 'name' | 'namespace'>;
  readonly chart: ChartFacts;
  readonly options: TargetOptions;
  /** The objects that the target prints. */
  readonly plan: readonly Entry[];
  /** What users should know about their values, one sentence each. */
  readonly warnings: readonly string[];
  /** Secrets that must exist before the release is applied; none while secrets are printed. */
  readonly needed: readonly NeededSecret[];
  /** What the chart tells after an installation, line by line. */
  readonly notes: readonly string[];
  /** The SQL that the release runs. */
  sql(): readonly SqlScript[];
  /** The release as it would be in another namespace. */
  movedTo(namespace: string): Moved;
  /** Its values, to be rendered again with others; without what was added. */
  source(): Source;
  /** The same of what was added, with values of its own. @default nothing was */
  additions?(): Source;
}

/** What becomes of a value in a chart whose values live. */
export interface ValueStanding {
  /** As people write it. */
  readonly path: string;
  /** `idle`: it has no effect, whatever the live values are. */
  readonly standing: 'live' | 'fixed' | 'idle';
  /** Why it is fixed. */
  readonly reason?: string;
}

/** What a release is made of. */
export interface Source {
  readonly schema: Group<Fields, boolean>;
  /** Merged with the defaults; templates in them are not evaluated. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Whether secrets are printed. */
  readonly hasSecrets: boolean;
  /** Whether its values alone make it: no patch, nothing that was added, no word on the cluster. */
  readonly isPlain: boolean;
  /** Keys of the values whose parts can be made by themselves, from their own values and those for all. */
  readonly parts: readonly string[];
  /**
   * The objects that the target prints, with other values over those of the release. Texts are taken where only some of them make sense.
   * @throws ValuesError
   */
  again(change: SourceChange): readonly Entry[];
}

export interface SourceChange {
  readonly name: string;
  readonly namespace: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Makes the objects of this part alone. @default all objects */
  readonly part?: string;
}

export interface Moved extends Pick<Render, 'warnings' | 'notes'> {
  /**
   * By the key of the entry, which is that of the release's own namespace; none for what was added and for what is another object there.
   */
  readonly objects: ReadonlyMap<string, KubeObject>;
}
