// What every resource file gets.
import type { Fields, Group, Values } from '../../helm/schema';
import type { TemplateContext } from '../../helm/template';
import type { ChartInfo, Release } from './release';

/** The release, the chart's facts and the values, ready to use. */
export interface Context<S extends Group<Fields, boolean>> {
  readonly release: Release;
  readonly chart: ChartInfo;
  readonly values: Values<S>;
  /** What the user gave of them: not merged, not evaluated, nulls and all. */
  readonly given: Readonly<Record<string, unknown>>;
  /** What Go templates in the values see. */
  readonly templates: TemplateContext;
  /** Says something on stderr about a value that works as in the chart, but hardly as meant. */
  warn(path: string, message: string): void;
}
