// A chart as a construct that can be used alone, in any chart of cdk8s.
import { Construct } from 'constructs';
import type { Issue } from '../../helm/check';
import type { Fields, Group, ValuesInput } from '../../helm/schema';
import { isTable } from '../../helm/yaml/values';
import type { ChartDefinition } from './chart';
import { refuse } from './checks';
import type { Entry } from './entry';
import { hidingValues } from './hide/library';
import { make } from './make';
import { Manifest } from './manifest';
import { plainValues, refuseBytes, type Bytes } from './plain-values';
import { completeVersion, releaseIssues, type Release } from './release';
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

  constructor(scope: Construct, id: string, chart: ChartDefinition<S>, given: ComponentProps<S>) {
    const definition = chart as ChartDefinition;
    const { release, values, global, bytes } = hidingValues(definition, {}, () => plainComponent(given));
    refuse(wholeReleaseOnly({ ...(values as { readonly global?: object }).global, ...global }));
    const { entries, warnings } = hidingValues(definition, values, () => make(definition, release, values, global));
    const made = entries.filter(({ lifecycle }) => !onlyForHelm(lifecycle.hook));
    refuseBytes(
      bytes,
      made.map(({ object }) => object),
    );
    super(scope, id);
    this.warnings = warnings;
    addManifests(this, made);
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

interface PlainComponent {
  readonly release: Release;
  readonly values: Record<string, unknown>;
  readonly global: Record<string, unknown> | undefined;
  readonly bytes: readonly Bytes[];
}

/** @throws ValuesError with all that is wrong, but for what only the chart knows of its values */
function plainComponent({ release, values, global }: ComponentProps<never>): PlainComponent {
  const plain = { release: plainValues(release, ['release']), values: plainValues(values), global: plainValues(global, ['global']) };
  const known = plain.release.data ?? {};
  const tables = (
    [
      ['release', known],
      ['values', plain.values.data ?? {}],
      ['global', plain.global.data ?? {}],
    ] as const
  ).filter(([, data]) => !isTable(data));
  refuse(tables.map(([prop]) => ({ path: [prop], message: 'must be a map' })));
  refuse(releaseIssues(known));
  const { kubeVersion } = known as Release;
  return {
    release: { ...(known as Release), ...(kubeVersion === undefined ? {} : { kubeVersion: completeVersion(kubeVersion) }) },
    values: (plain.values.data ?? {}) as Record<string, unknown>,
    global: (plain.global.data ?? undefined) as Record<string, unknown> | undefined,
    bytes: plain.values.bytes,
  };
}

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
