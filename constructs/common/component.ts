// A chart as a construct that can be used alone, in any chart of cdk8s.
import { Construct } from 'constructs';
import type { Issue } from '../../helm/check';
import type { Fields, Group, ValuesInput } from '../../helm/schema';
import type { ChartDefinition } from './chart';
import { refuse } from './checks';
import type { Entry } from './entry';
import { make } from './make';
import { Manifest } from './manifest';
import type { Release } from './release';
import { onlyForHelm } from './stages';

export interface ComponentProps<S extends Group<Fields, boolean>> {
  readonly release: Release;
  /** The user's values for this component, below its own name. @default the published defaults */
  readonly values?: ValuesInput<S>;
  /** `global` of the umbrella chart. @default none */
  readonly global?: Readonly<Record<string, unknown>>;
}

/**
 * A part of a release that can be used alone: `new CockroachDb(chart, 'db', { release, values })`. What only Helm's hooks run is not
 * among its objects.
 * @throws ValuesError when the values do not fit, all mistakes at once.
 */
export abstract class Component<S extends Group<Fields, boolean>> extends Construct {
  /** What users should know about their values, one sentence each, with the path of the value in front. */
  readonly warnings: readonly string[];

  constructor(
    scope: Construct,
    id: string,
    chart: ChartDefinition<S>,
    { release, values = {} as ValuesInput<S>, global }: ComponentProps<S>,
  ) {
    super(scope, id);
    refuse(wholeReleaseOnly({ ...(values as { readonly global?: object }).global, ...global }));
    const { entries, warnings } = make(chart as ChartDefinition, release, values as Record<string, unknown>, global);
    this.warnings = warnings;
    addManifests(
      this,
      entries.filter(({ lifecycle }) => !onlyForHelm(lifecycle.hook)),
    );
  }
}

/** What only a release does to all its pods together. */
const wholeReleaseOnly = (global: object): Issue[] =>
  ['imageCredentials', 'imageRegistry']
    .filter((key) => Object.hasOwn(global, key))
    .map((key) => ({
      path: ['global', key],
      message: 'is for whole releases: for a part that is used alone, name the image and its pull secret in values of its own',
    }));

/** Adds objects below a construct, those of a part below a construct of its own that has the part's key. */
export function addManifests(root: Construct, entries: readonly Entry[]): void {
  for (const entry of entries) {
    const scope = entry.owner.reduce<Construct>(
      (above, key) => (above.node.tryFindChild(key) as Construct | undefined) ?? new Construct(above, key),
      root,
    );
    const { kind, metadata } = entry.object;
    new Manifest(scope, `${kind}-${metadata.namespace ?? ''}-${metadata.name}`, entry);
  }
}
