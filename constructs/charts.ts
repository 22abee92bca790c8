// The one list of charts: command line, schema, documentation and releases read it.
import type { Construct } from 'constructs';
import type { Fields, Group } from '../helm/schema';
import type { ReleaseChart, ReleaseProps } from './release/release-chart';
import { Buildshuttle, buildshuttleChart, buildshuttleValues } from './buildshuttle';
import { DevStats, devstatsChart, devstatsValues, secretFiles } from './devstats';
import { EstafetteCi, estafetteChart, estafetteValues } from './estafette';

export interface ChartEntry {
  /** One sentence for people. */
  readonly summary: string;
  readonly values: Group<Fields>;
  /** The published chart whose values files and releases this one takes over. */
  readonly published: { readonly name: string; readonly version: string };
  /** Files in `secrets/` next to a values file that stand for values which are not given, by value. @default none */
  readonly secretFiles?: Readonly<Record<string, string>>;
  /** What stands for secrets that are not given, where what they are does not matter. @default nothing */
  readonly placeholders?: Readonly<Record<string, unknown>>;
  create(scope: Construct, release: string, props: ReleaseProps<Readonly<Record<string, unknown>>>): ReleaseChart;
}

export const charts = {
  'estafette-ci': {
    summary: estafetteChart.description,
    values: estafetteValues as unknown as Group<Fields>,
    published: estafetteChart,
    create: (scope, release, props) => new EstafetteCi(scope, release, props as ConstructorParameters<typeof EstafetteCi>[2]),
  },
  devstats: {
    summary: devstatsChart.description,
    values: devstatsValues as unknown as Group<Fields>,
    published: devstatsChart,
    secretFiles,
    create: (scope, release, props) => new DevStats(scope, release, props as ConstructorParameters<typeof DevStats>[2]),
  },
  buildshuttle: {
    summary: buildshuttleChart.description,
    values: buildshuttleValues as unknown as Group<Fields>,
    published: buildshuttleChart,
    placeholders: { auth: { token: '0'.repeat(32) } },
    create: (scope, release, props) => new Buildshuttle(scope, release, props as ConstructorParameters<typeof Buildshuttle>[2]),
  },
} satisfies Record<string, ChartEntry>;

export type ChartName = keyof typeof charts;
export const chartEntry = (name: ChartName): ChartEntry => charts[name];
export const isChartName = (name: string): name is ChartName => Object.hasOwn(charts, name);
