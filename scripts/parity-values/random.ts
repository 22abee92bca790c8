// Random combinations of changes, reproducible from their seed: what single changes cannot show.
import { generator } from '../../constructs/targets/live/values/random';
import { isMap, layer } from './paths';
import type { Case, Component, Trial, Values } from './types';

/**
 * @param cases single changes, of all components
 * @returns cases with two to six changes each, over one to three components
 */
export function randomCases(
  cases: readonly Case[],
  components: readonly Component[],
  { count, seed }: { count: number; seed: number },
): Trial[] {
  const pick = generator(seed);
  const one = <T>(list: readonly T[]): T => {
    const found = list[pick(list.length)];
    if (found === undefined) throw new Error('there is nothing to choose from');
    return found;
  };
  const byComponent = new Map(components.map(({ name }) => [name, cases.filter((item) => item.component === name)]));
  return Array.from({ length: count }, (_, i) => {
    const first = one(components);
    // Values of one chart only: the others know them not.
    const chart = components.filter(({ contexts }) => contexts[0].chart === first.contexts[0].chart);
    const chosen = [first, ...Array.from({ length: pick(3) }, () => one(chart))];
    const contexts = chosen.map((component) => one(component.contexts));
    const changes = Array.from({ length: 2 + pick(5) }, () => {
      const at = pick(chosen.length);
      return one(byComponent.get(chosen[at]?.name ?? '')?.filter((item) => item.context === contexts[at]?.name) ?? []);
    });
    const values = changes.reduce<Values>((all, { values: more }) => layer(all, more), {});
    // Each context switches off what it does not need; what one of them needs stays on.
    const needed = contexts.flatMap((context) =>
      Object.entries(context.values)
        .filter(([, item]) => isMap(item) && item['enabled'] === true)
        .map(([alias]) => [alias, { enabled: true }]),
    );
    const enabled: Values = Object.fromEntries(needed);
    return {
      component: 'random',
      kind: 'random',
      shown: `#${i + 1} ${changes
        .map((item) => `${item.shown}=${JSON.stringify(item.change)}`)
        .join(' ')
        .slice(0, 400)}`,
      values,
      context: {
        name: contexts.map(({ name }, at) => `${chosen[at]?.name}/${name}`).join('+'),
        values: layer(
          contexts.reduce<Values>((all, context) => layer(all, context.values), {}),
          enabled,
        ),
        apiVersions: [...new Set(contexts.flatMap((context) => context.apiVersions))],
        chart: first.contexts[0].chart,
        kubeVersion: contexts.find((context) => context.kubeVersion)?.kubeVersion,
      },
    };
  });
}
