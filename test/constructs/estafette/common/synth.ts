// Renders one of Estafette's components alone, for the tests of these folders.
import { Chart, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Component, ComponentProps } from '../../../../constructs/common/component';
import { Manifest } from '../../../../constructs/common/manifest';
import type { Release } from '../../../../constructs/common/release';
import { ValuesError } from '../../../../helm/check';
import { isGroup, type Fields, type Group, type ValuesInput } from '../../../../helm/schema';

/** A manifest, loosely: tests look into it by path. */
export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly [key: string]: unknown;
}

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
      find(id) {
        const found = objects.filter((object) => idOf(object) === id);
        if (found.length !== 1) throw new Error(`${found.length} objects are ${id}; there are ${objects.map(idOf).join(', ')}`);
        return found[0] as Rendered;
      },
    };
  };

/** What the values get wrong, by path. */
export function issuesOf(render: () => unknown): Record<string, string> {
  try {
    render();
  } catch (error) {
    if (!(error instanceof ValuesError)) throw error;
    return Object.fromEntries(error.issues.map(({ message, path }) => [path.join('.'), message]));
  }
  return {};
}

/** The data of a Secret, decoded. */
export const decoded = (secret: Rendered): Record<string, string> =>
  Object.fromEntries(
    Object.entries(secret.data as Record<string, string>).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );

/** Paths of the schema at which the values say nothing: a test of all values must leave none out. */
export function unset(schema: Group<Fields, boolean>, values: object, at = ''): string[] {
  return Object.entries(schema.fields).flatMap(([key, field]) => {
    const value: unknown = (values as Record<string, unknown>)[key];
    if (value === undefined) return [`${at}${key}`];
    return isGroup(field) ? unset(field, value as object, `${at}${key}.`) : [];
  });
}

export const POD = 'spec.template.spec';
export const CONTAINER = `${POD}.containers.0`;
export const CRON_POD = `spec.jobTemplate.spec.template.spec`;
export const CRON_CONTAINER = `${CRON_POD}.containers.0`;
