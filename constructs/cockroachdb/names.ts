// Names, labels and selectors of CockroachDB's objects.
import { text } from '../../helm/print';
import type { Scalar, Table } from '../../helm/schema';
import { textMap } from '../common/metadata';
import { trimName } from '../common/names';
import { chartName, type ChartInfo, type Release } from '../common/release';
import type { CockroachDbContext } from './values';

/** This chart leaves room for a suffix in its names. */
const LENGTH = 56;
const cut = (name: string): string => trimName(name, LENGTH);

/** The values that names are made of. */
export interface CockroachDbNaming {
  readonly nameOverride?: Scalar | null;
  readonly fullnameOverride?: Scalar | null;
}

const baseName = (chart: ChartInfo, values: CockroachDbNaming): string => text(values.nameOverride) || chartName(chart);

/** `app.kubernetes.io/name`. */
export const cockroachDbName = (chart: ChartInfo, values: CockroachDbNaming): string => cut(baseName(chart, values));

/** The prefix of all object names; also the name of the StatefulSet and of the Service by which the pods find each other. */
export function cockroachDbFullName(release: Pick<Release, 'name'>, chart: ChartInfo, values: CockroachDbNaming): string {
  const override = text(values.fullnameOverride);
  if (override) return cut(override);
  const name = baseName(chart, values);
  return cut(release.name.includes(name) ? release.name : `${release.name}-${name}`);
}

/** The Service for clients. */
export const cockroachDbPublicName = (release: Pick<Release, 'name'>, chart: ChartInfo, values: CockroachDbNaming): string =>
  `${cockroachDbFullName(release, chart, values)}-public`;

/** The Secret with the root user's client certificate that the self-signer makes. */
export const cockroachDbClientSecretName = (release: Pick<Release, 'name'>, chart: ChartInfo, values: CockroachDbNaming): string =>
  `${cockroachDbFullName(release, chart, values)}-client-secret`;

export const cockroachDbChartLabel = (chart: ChartInfo): string => cut(`${chartName(chart)}-${chart.version}`.replaceAll('+', '_'));

export const fullNameOf = ({ release, chart, values }: CockroachDbContext): string => cockroachDbFullName(release, chart, values);
export const publicNameOf = ({ release, chart, values }: CockroachDbContext): string => cockroachDbPublicName(release, chart, values);
export const clientSecretOf = ({ release, chart, values }: CockroachDbContext): string =>
  cockroachDbClientSecretName(release, chart, values);
export const nodeSecretOf = (context: CockroachDbContext): string => `${fullNameOf(context)}-node-secret`;

/** Name of the self-signer's objects. */
export const selfSignerNameOf = (context: CockroachDbContext): string => cut(`${fullNameOf(context)}-self-signer`);
/** Name of the objects that renew its certificates. */
export const rotationNameOf = (context: CockroachDbContext): string => cut(`${fullNameOf(context)}-rotate-self-signer`);

/** ServiceAccount of the pods. */
export function serviceAccountNameOf(context: CockroachDbContext): string {
  const account = context.values.tls.serviceAccount;
  return text(account?.name) || (account?.create ? fullNameOf(context) : 'default');
}

/** The two labels that tell this component's pods from others. */
export const selectorLabels = ({ release, chart, values }: CockroachDbContext): Record<string, string> => ({
  'app.kubernetes.io/name': cockroachDbName(chart, values),
  'app.kubernetes.io/instance': release.name,
});

/** Labels of the database's pods. */
export const podLabels = (context: CockroachDbContext): Record<string, string> => ({
  ...selectorLabels(context),
  ...textMap(context.values.statefulset.labels),
});

/** Labels of an object, its own ones last. */
export const labelsWith = (context: CockroachDbContext, ...more: readonly (Table | undefined)[]): Record<string, string> => ({
  'helm.sh/chart': cockroachDbChartLabel(context.chart),
  ...selectorLabels(context),
  'app.kubernetes.io/managed-by': 'Helm',
  ...Object.fromEntries(more.flatMap((map) => Object.entries(textMap(map)))),
});

/** Labels of an object without any of its own. */
export const labelsOf = (context: CockroachDbContext): Record<string, string> => labelsWith(context, context.values.labels);

/** The Job that initializes and provisions the cluster, and its Secret. */
export const initJobName = (context: CockroachDbContext): string => `${fullNameOf(context)}-init`;
