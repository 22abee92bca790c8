// The one list of charts: command line, schema, documentation and releases read it. A chart is loaded when it is asked for.
import type { ChartDefinition } from './common/chart';

/** Their types stand in the charts' own files: written out here, they would be a large part of the package. */
const loader =
  (load: () => unknown): (() => ChartDefinition) =>
  () =>
    load() as ChartDefinition;

const LOADERS = {
  'estafette-ci': loader(() => (require('./estafette/chart') as typeof import('./estafette/chart')).estafetteCi),
  devstats: loader(() => (require('./devstats/chart') as typeof import('./devstats/chart')).devStats),
  buildshuttle: loader(() => (require('./buildshuttle/chart') as typeof import('./buildshuttle/chart')).buildshuttle),
};

export type ChartName = keyof typeof LOADERS;

export const CHART_NAMES = Object.keys(LOADERS) as ChartName[];
export const isChartName = (name: string): name is ChartName => Object.hasOwn(LOADERS, name);

/** The chart, loaded. */
export const chartOf = (name: ChartName): ChartDefinition => LOADERS[name]();
