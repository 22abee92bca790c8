// Services of the database: the master's, the replicas', and the place that Patroni keeps its settings in.
import type { Endpoints, Service } from 'kubernetes-types/core/v1';
import { plain, plainText, text } from '../../../helm/print';
import { postgresLabels, type DevStatsContext } from '../names';
import { PATRONI_PORT } from './patroni';

const portOf = ({ values }: DevStatsContext): number => Number(plain(values.postgresPort));
const nameOf = ({ values }: DevStatsContext, suffix = ''): string => `${text(values.postgresSvcName)}${suffix}`;

function headless(context: DevStatsContext, suffix: string, spec: Service['spec']) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: nameOf(context, suffix), labels: postgresLabels(context.values) },
    spec: { clusterIP: 'None', ...spec },
  } satisfies Service;
}

const selector = ({ values }: DevStatsContext, role: string): Record<string, string> => {
  const { 'cluster-name': cluster = '', ...who } = postgresLabels(values);
  return { ...who, role, 'cluster-name': cluster };
};

/** Connections that write: to the pod that Patroni has labelled as the leader. */
export const masterService = (context: DevStatsContext) =>
  headless(context, '', {
    ports: [{ name: 'psql', port: portOf(context) }],
    selector: selector(context, plainText(context.values.postgresLeaderLabel) ?? 'master'),
  });

/** Connections that only read, and Patroni's REST API. */
export const replicaService = (context: DevStatsContext) =>
  headless(context, '-ro', {
    ports: [
      { name: 'psql', port: portOf(context) },
      { name: 'patronictl', port: PATRONI_PORT },
    ],
    selector: selector(context, 'replica'),
  });

/** Keeps the Endpoints of that name, Patroni's settings, from being cleaned away; nobody connects to it. */
export const configService = (context: DevStatsContext) => headless(context, '-config', {});

/** Patroni writes its settings into it. */
export function configEndpoints(context: DevStatsContext) {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: nameOf(context, '-config'), labels: postgresLabels(context.values) },
    subsets: [],
  } satisfies Endpoints;
}
