// Renders the queue alone, for the tests of this folder.
import { Chart, Testing } from 'cdk8s';
import type { ChartDefinition } from '../../../constructs/common/chart';
import { resolve } from '../../../constructs/common/resolve';
import { nats } from '../../../constructs/nats/chart';
import { Nats } from '../../../constructs/components';
import type { NatsValues } from '../../../constructs/nats/values';
import type { NatsContext } from '../../../constructs/nats/values';
import type { Release } from '../../../constructs/common/release';
import { ValuesError } from '../../../helm/check';

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

export function synth(values: NatsValues = {}, release: Partial<Release> = {}) {
  const chart = new Chart(Testing.app(), 'test');
  const component = new Nats(chart, 'queue', { release: { name: 'estafette-ci', namespace: 'estafette-ci', ...release }, values });
  const objects = chart.toJson() as Rendered[];
  const find = (kind: string): Rendered => {
    const found = objects.filter((object) => object.kind === kind);
    if (found.length !== 1) throw new Error(`${found.length} objects are a ${kind}`);
    return found[0] as Rendered;
  };
  return {
    objects,
    find,
    context: resolve(nats as unknown as ChartDefinition, { name: 'estafette-ci', namespace: 'estafette-ci', ...release }, values).root
      .context as NatsContext,
    /** `Kind name` of all objects, sorted. */
    ids: objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).toSorted(),
    warnings: component.warnings,
  };
}

/** Lines of the server's configuration, without indentation, comments and blank lines. */
export const config = (values: NatsValues): string[] => {
  const { data } = synth(values).find('ConfigMap') as unknown as { data: Record<string, string> };
  return (data['nats.conf'] ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith('#'));
};

/** What the values get wrong, by path. */
export function issuesOf(values: NatsValues): Record<string, string> {
  try {
    synth(values);
  } catch (error) {
    if (!(error instanceof ValuesError)) throw error;
    return Object.fromEntries(error.issues.map(({ message, path }) => [path.join('.'), message]));
  }
  return {};
}
