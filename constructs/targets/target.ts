// What a target is, and what it is given.
import type { SqlScript } from '../common/chart';
import type { Entry, NeededSecret, Planned } from '../common/entry';
import type { Release } from '../common/release';
import type { KubeObject } from '../../kubernetes/object';
import type { ApplicationOptions } from './application-options';
import type { CrdMode, Marks } from './plan';

export interface Target {
  /** A stream of manifests, each of which can be applied; or files that are something only together, so that they need a folder. */
  readonly prints: 'stream' | 'folder';
  /** Whether an object is for this target at all. */
  takes(planned: Planned): boolean;
  /** Annotations that tell the one who applies an object what it is for. Patches can change them. */
  marks(planned: Planned): Marks;
  /** The objects that are printed, in the order in which they can be applied, under their final names. What else an entry carries stays with it. */
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
}

export interface Moved extends Pick<Render, 'warnings' | 'notes'> {
  /** By the key of the entry, which is that of the release's own namespace; none for what was added and for what is another object there. */
  readonly objects: ReadonlyMap<string, KubeObject>;
}
