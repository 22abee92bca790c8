// Which values of a release have an effect by themselves.
import { renderRelease } from '../../cli/render';
import { chartOf } from '../../constructs/charts';
import { ValuesError } from '../../helm/check';
import { changesOf } from './changes';
import type { LiveRelease } from './releases';

/** Paths of the values of which some change is taken, and comes out in some object. */
export function effective({ options }: LiveRelease, paths: readonly string[]): ReadonlySet<string> {
  const printed = (values: Readonly<Record<string, unknown>>): string | undefined => {
    try {
      const { plan } = renderRelease({ ...options, target: 'helm', values: [...(options.values ?? []), values] });
      return JSON.stringify(plan.map(({ object }) => object));
    } catch (error) {
      if (error instanceof ValuesError) return undefined;
      throw error;
    }
  };
  const own = printed({});
  const { values: schema } = chartOf(options.chart);
  return new Set(
    paths.filter((path) =>
      changesOf(schema, path, options).some(({ values }) => {
        const other = printed(values);
        return other !== undefined && other !== own;
      }),
    ),
  );
}
