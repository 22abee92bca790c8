// Names and labels of Estafette's own components: all of them follow Helm's starter chart.
import type { Issue } from '../../../helm/check';
import { isTrue, text } from '../../../helm/print';
import type { Scalar, Table } from '../../../helm/schema';
import { chartLabel, trimName } from '../../common/names';
import { chartName, fullName, type ChartInfo, type Release } from '../../common/release';
import { textOnly } from '../../common/checks';

/** What a component must know to name its objects. */
export interface Named {
  readonly release: Release;
  readonly chart: ChartInfo;
  readonly values: {
    readonly nameOverride: Scalar | undefined;
    readonly fullnameOverride: Scalar | undefined;
    readonly extraLabels: Table | undefined;
    readonly serviceAccount?: { readonly create: boolean | undefined; readonly name: Scalar | undefined };
  };
  /** Version in the labels; empty for none. @default the chart's version */
  readonly versionLabel?: string;
}

/** `default`: the value as text, or another text when the value is empty to Go. */
export const textOr = (value: unknown, other: string): string => (isTrue(value) ? text(value) : other);

const baseName = ({ chart, values }: Named): string => textOr(values.nameOverride, chartName(chart));

/** `app.kubernetes.io/name`. */
export const nameOf = (named: Named): string => trimName(baseName(named));

/** The prefix of all object names of the component. */
export const fullNameOf = (named: Named): string => fullName(named.release, baseName(named), textOr(named.values.fullnameOverride, ''));

export const nameIssues = ({ values }: Named): Issue[] => [
  ...textOnly(values.nameOverride, 'nameOverride'),
  ...textOnly(values.fullnameOverride, 'fullnameOverride'),
];

export const selectorLabels = (named: Named): Record<string, string> => ({
  'app.kubernetes.io/name': nameOf(named),
  'app.kubernetes.io/instance': named.release.name,
});

/** The version in the labels, where there is one. */
export function versionLabel({ chart, versionLabel: version = chart.version }: Named): Record<string, string> {
  return version === '' ? {} : { 'app.kubernetes.io/version': version };
}

/** Labels of a values table that the chart prints bare: what is empty there is no label at all. */
export const bareLabels = (table: Table | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(table ?? {})
      .map(([key, value]) => [key, text(value)])
      .filter(([, value]) => value !== ''),
  );

/** Labels of every object. */
export const labelsOf = (named: Named): Record<string, string> => ({
  'helm.sh/chart': chartLabel(chartName(named.chart), named.chart.version),
  ...selectorLabels(named),
  ...versionLabel(named),
  'app.kubernetes.io/managed-by': 'Helm',
  ...bareLabels(named.values.extraLabels),
});

export function serviceAccountNameOf(named: Named): string {
  const { create, name } = named.values.serviceAccount ?? { create: false, name: undefined };
  return textOr(name, create ? fullNameOf(named) : 'default');
}

/** Namespace in which builds and releases run. */
export const jobNamespaceOf = (release: Release, override: unknown): string => textOr(override, `${release.namespace}-jobs`);

const lines = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    .join('\n');

/** Helpers that values may include, under the names of the published chart. */
export const identityHelpers = (prefix: string): Record<string, (context: Named) => string> => ({
  [`${prefix}.name`]: nameOf,
  [`${prefix}.fullname`]: fullNameOf,
  [`${prefix}.chart`]: (named) => chartLabel(chartName(named.chart), named.chart.version),
  [`${prefix}.labels`]: (named) => lines(labelsOf(named)),
  [`${prefix}.selectorLabels`]: (named) => lines(selectorLabels(named)),
  [`${prefix}.serviceAccountName`]: serviceAccountNameOf,
});
