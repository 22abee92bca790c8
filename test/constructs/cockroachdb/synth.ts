// Renders the database alone, for the tests of this folder.
import { Chart, Testing } from 'cdk8s';
import { CockroachDb } from '../../../constructs/components';
import type { CockroachDbValues } from '../../../constructs/cockroachdb/values';
import type { Release } from '../../../constructs/common/release';
import { issuesOf as issuesIn, synthesized, type Synthesized } from '../../support/rendered';

export { decoded, type Rendered } from '../../support/rendered';

export function synth(values: CockroachDbValues = {}, release: Partial<Release> = {}): Synthesized {
  const chart = new Chart(Testing.app(), 'test');
  const component = new CockroachDb(chart, 'db', { release: { name: 'estafette-ci', namespace: 'estafette-ci', ...release }, values });
  return synthesized(chart, component);
}

/** What the values get wrong, by path. */
export const issuesOf = (values: CockroachDbValues, release: Partial<Release> = {}): Record<string, string> =>
  issuesIn(() => synth(values, release));
