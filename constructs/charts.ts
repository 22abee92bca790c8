// The one list of charts: command line, schema, documentation and releases read it. A chart is loaded when it is asked for.
import type { ChartDefinition } from './common/chart';

const LOADERS = {
  'estafette-ci': () => (require('./estafette/chart') as typeof import('./estafette/chart')).estafetteCi,
  devstats: () => (require('./devstats/chart') as typeof import('./devstats/chart')).devStats,
  buildshuttle: () => (require('./buildshuttle/chart') as typeof import('./buildshuttle/chart')).buildshuttle,
} satisfies Record<string, () => unknown>;

export type ChartName = keyof typeof LOADERS;

export const CHART_NAMES = Object.keys(LOADERS) as ChartName[];
export const isChartName = (name: string): name is ChartName => Object.hasOwn(LOADERS, name);

/** The chart, loaded. */
export const chartOf = (name: ChartName): ChartDefinition => LOADERS[name]() as ChartDefinition;
