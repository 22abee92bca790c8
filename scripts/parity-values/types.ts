// What the parts of `npm run parity:values` hand to each other.
import type { PublishedChart } from '../support/places';

export type Path = readonly string[];
export type Values = Readonly<Record<string, unknown>>;

/** How a template uses a value. */
export type Hint = 'range' | 'keys' | 'yaml' | 'test' | 'with' | 'text';

/** A value that templates read. */
export interface Reference {
  readonly path: Path;
  readonly hints: ReadonlySet<Hint>;
}

/** One surrounding in which every value of a component is changed. */
export interface Context {
  readonly name: string;
  readonly values: Values;
  /** APIs of the cluster, besides those that every render is told. */
  readonly apiVersions: readonly string[];
  readonly kubeVersion?: string;
  /** Keys below which values are changed; all by default. */
  readonly only?: readonly string[];
  /** The umbrella chart by default. */
  readonly chart?: PublishedChart;
}

export interface Component {
  readonly name: string;
  /** Where its values are in the umbrella chart's. */
  readonly path: Path;
  readonly defaults: unknown;
  readonly references: readonly Reference[];
  /** What the comments of its values.yaml would add. */
  readonly comments: unknown;
  readonly contexts: readonly [Context, ...Context[]];
  /** Keys of values that are another component's. */
  readonly foreign: readonly string[];
}

export type ChangeKind = 'other' | 'null' | 'empty';

export interface Change {
  readonly kind: ChangeKind;
  readonly value: unknown;
}

/** A change of one value in one context. */
export interface Case {
  readonly component: string;
  /** The context's name. */
  readonly context: string;
  readonly path: Path;
  /** The path as people write it. */
  readonly shown: string;
  readonly kind: ChangeKind;
  readonly change: unknown;
  /** The layer on top of the context's. */
  readonly values: Values;
}

/** What is rendered by both sides. */
export interface Trial {
  readonly component: string;
  readonly context: Context;
  readonly shown: string;
  readonly kind: ChangeKind | 'base' | 'random';
  readonly change?: unknown;
  /** Nothing is changed without them. */
  readonly values?: Values;
}

export interface Job {
  readonly id: number;
  readonly context: Context;
  readonly values?: Values;
}

/** What one side makes of a context and its layers of values. */
export interface Render {
  readonly ok: boolean;
  /** The manifests, or the reason why there are none. */
  readonly text: string;
  /** What a user would see as a fault of the program. */
  readonly crashed?: boolean;
  /** Warnings, or errors. */
  readonly said?: readonly string[];
}

export interface Verdict {
  readonly status: 'equal' | 'refused' | 'different';
  /** Whether the change did anything to Helm's output. */
  readonly reached: boolean;
  readonly details: readonly string[];
}

export interface Result extends Omit<Trial, 'context'>, Omit<Verdict, 'status'> {
  readonly context: string;
  status: Verdict['status'] | 'known';
  /** Whether Helm's render was kept from an earlier run. */
  readonly cached?: boolean;
}

/** What the worker threads are started with. */
export interface Setup {
  readonly helm: string;
  /** As Helm says it. */
  readonly version: string;
  readonly charts: Readonly<Record<PublishedChart, { folder: string; hash: string }>>;
  readonly helmOnly?: boolean;
}

/** One difference that compare.mjs finds. */
export interface Difference {
  readonly id: string;
  readonly path: string;
  readonly type: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
}

export type Compare = (
  expected: string,
  actual: string,
  options: { readonly namespace?: string; readonly chart?: string },
) => { readonly open: readonly Difference[] };
