// Renders one of Estafette's components alone, for the tests of these folders.
import { Chart, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Component, ComponentProps } from '../../../../constructs/common/component';
import { Manifest } from '../../../../constructs/common/manifest';
import type { Release } from '../../../../constructs/common/release';
import { isGroup, type Fields, type Group, type ValuesInput } from '../../../../helm/schema';
import { only, type Rendered } from '../../../support/rendered';

export { CONTAINER, CRON_CONTAINER, CRON_POD, decoded, issuesOf, POD, type Rendered } from '../../../support/rendered';

export interface Synthesized {
  readonly objects: readonly Rendered[];
  readonly manifests: readonly Manifest[];
  readonly warnings: readonly string[];
  /** `Kind namespace/name` of all objects, sorted; without the namespace where it is the release's. */
  readonly ids: readonly string[];
  /** The one object of this id. */
  find(id: string): Rendered;
}

type ComponentClass<S extends Group<Fields, boolean>> = new (scope: Construct, id: string, props: ComponentProps<S>) => Component<S>;

const RELEASE = { name: 'estafette-ci', namespace: 'estafette-ci' };

/** A function that renders the component with values of its own. */
export const renderer =
  <S extends Group<Fields, boolean>>(Part: ComponentClass<S>) =>
  (values?: ValuesInput<S>, release: Partial<Release> = {}): Synthesized => {
    const chart = new Chart(Testing.app(), 'test');
    const component = new Part(chart, 'part', { release: { ...RELEASE, ...release }, values });
    const objects = chart.toJson() as Rendered[];
    const namespace = release.namespace ?? RELEASE.namespace;
    const idOf = ({ kind, metadata }: Rendered): string =>
      metadata.namespace === undefined || metadata.namespace === namespace
        ? `${kind} ${metadata.name}`
        : `${kind} ${metadata.namespace}/${metadata.name}`;
    return {
      objects,
      manifests: chart.node.findAll().filter((construct): construct is Manifest => construct instanceof Manifest),
      warnings: component.warnings,
      ids: objects.map(idOf).toSorted(),
      find: (id) => only(objects, idOf, id),
    };
  };

/** Paths of the schema at which the values say nothing: a test of all values must leave none out. */
export function unset(schema: Group<Fields, boolean>, values: object, at = ''): string[] {
  return Object.entries(schema.fields).flatMap(([key, field]) => {
    const value: unknown = (values as Record<string, unknown>)[key];
    if (value === undefined) return [`${at}${key}`];
    return isGroup(field) ? unset(field, value as object, `${at}${key}.`) : [];
  });
}
