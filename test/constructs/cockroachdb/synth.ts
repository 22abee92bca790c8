// Renders the database alone, for the tests of this folder.
import { Chart, Testing } from 'cdk8s';
import { CockroachDb } from '../../../constructs/components';
import type { CockroachDbValues } from '../../../constructs/cockroachdb/values';
import type { Release } from '../../../constructs/common/release';
import { ValuesError, type Issue } from '../../../helm/check';

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
  readonly warnings: readonly string[];
  /** `Kind name` of all objects, sorted. */
  readonly ids: readonly string[];
  /** The object of this kind, and of this name when there are several. */
  find(kind: string, name?: string): Rendered;
}

export function synth(values: CockroachDbValues = {}, release: Partial<Release> = {}): Synthesized {
  const chart = new Chart(Testing.app(), 'test');
  const component = new CockroachDb(chart, 'db', { release: { name: 'estafette-ci', namespace: 'estafette-ci', ...release }, values });
  const objects = chart.toJson() as Rendered[];
  return {
    objects,
    warnings: component.warnings,
    ids: objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).toSorted(),
    find(kind, name) {
      const found = objects.filter((object) => object.kind === kind && (name === undefined || object.metadata.name === name));
      if (found.length !== 1) throw new Error(`${found.length} objects are ${kind} ${name ?? ''}`);
      return found[0] as Rendered;
    },
  };
}

/** What the values get wrong, by path. */
export function issuesOf(values: CockroachDbValues, release: Partial<Release> = {}): Record<string, string> {
  try {
    synth(values, release);
  } catch (error) {
    if (!(error instanceof ValuesError)) throw error;
    return Object.fromEntries(error.issues.map(({ message, path }: Issue) => [path.join('.'), message]));
  }
  return {};
}

/** The data of a Secret, decoded. */
export const decoded = (secret: Rendered): Record<string, string> =>
  Object.fromEntries(
    Object.entries(secret.data as Record<string, string>).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
