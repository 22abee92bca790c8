// A component as data.
import type { Fields, Group } from '../../helm/schema';
import type { Context } from './context';
import type { ChartInfo } from './release';

/** Named templates of a chart, for `include` in values. Each gets the chart's context and returns its text. */
export type Helpers<S extends Group<Fields, boolean>> = Readonly<Record<string, (context: Context<S>) => string>>;

/** A component as data: one constant a component, beside its values. */
export interface Definition<S extends Group<Fields, boolean>> {
  readonly chart: ChartInfo;
  readonly values: S;
  /** Names that values may `include`, such as `cockroachdb.fullname`. */
  readonly helpers?: Helpers<S>;
}
