// Renders the queue alone, for the tests of this folder.
import { Chart, Testing } from 'cdk8s';
import type { ChartDefinition } from '../../../constructs/common/chart';
import { resolve } from '../../../constructs/common/resolve';
import { nats } from '../../../constructs/nats/chart';
import { Nats } from '../../../constructs/components';
import type { NatsValues } from '../../../constructs/nats/values';
import type { NatsContext } from '../../../constructs/nats/values';
import type { Release } from '../../../constructs/common/release';
import { issuesOf as issuesIn, synthesized } from '../../support/rendered';

export { type Rendered } from '../../support/rendered';

export function synth(values: NatsValues = {}, release: Partial<Release> = {}) {
  const chart = new Chart(Testing.app(), 'test');
  const component = new Nats(chart, 'queue', { release: { name: 'estafette-ci', namespace: 'estafette-ci', ...release }, values });
  return {
    ...synthesized(chart, component),
    context: resolve(nats as unknown as ChartDefinition, { name: 'estafette-ci', namespace: 'estafette-ci', ...release }, values).root
      .context as NatsContext,
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
export const issuesOf = (values: NatsValues): Record<string, string> => issuesIn(() => synth(values));
