// What tests of constructs look at: objects as they are written, and what values get wrong.
import type { Chart } from 'cdk8s';
import { ValuesError } from '../../helm/check';

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

export const POD = 'spec.template.spec';
export const CONTAINER = `${POD}.containers.0`;
export const CRON_POD = 'spec.jobTemplate.spec.template.spec';
export const CRON_CONTAINER = `${CRON_POD}.containers.0`;

/** The one object with this id. @throws Error that names all there are. */
export function only<T extends Rendered>(objects: readonly T[], idOf: (object: T) => string, id: string): T {
  const found = objects.filter((object) => idOf(object) === id);
  if (found.length !== 1) throw new Error(`${found.length} objects are ${id}; there are ${objects.map(idOf).join(', ')}`);
  return found[0] as T;
}

export interface Synthesized {
  readonly objects: readonly Rendered[];
  readonly warnings: readonly string[];
  /** `Kind name` of all objects, sorted. */
  readonly ids: readonly string[];
  /** The object of this kind, and of this name when there are several. */
  find(kind: string, name?: string): Rendered;
}

/** A component alone in its chart. */
export function synthesized(chart: Chart, { warnings }: { readonly warnings: readonly string[] }): Synthesized {
  const objects = chart.toJson() as Rendered[];
  const idOf = ({ kind, metadata }: Rendered): string => `${kind} ${metadata.name}`;
  return {
    objects,
    warnings,
    ids: objects.map(idOf).toSorted(),
    find: (kind, name) => (name === undefined ? only(objects, (object) => object.kind, kind) : only(objects, idOf, `${kind} ${name}`)),
  };
}

/** What the values get wrong, by path. */
export function issuesOf(make: () => unknown): Record<string, string> {
  try {
    make();
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
