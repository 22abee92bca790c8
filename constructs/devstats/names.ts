// Names and labels of the release's objects, as the published chart writes them.
import { isTrue, text } from '../../helm/print';
import type { Context } from '../common/context';
import type { devstatsValues, Project, Settings } from './values';

export type DevStatsContext = Context<typeof devstatsValues>;

/** Labels of everything: what it is, and whose. */
export const labels = (type: string, proj?: unknown): Record<string, string> => ({
  name: 'devstats',
  type,
  ...(proj === undefined ? {} : { proj: text(proj) }),
});

/** Labels of the database, by which Patroni knows its members. */
export const postgresLabels = ({ postgresSvcName }: Settings): Record<string, string> => ({
  ...labels('postgres'),
  'cluster-name': text(postgresSvcName),
});

/** `PREFIX-PROJECT`, the name of nearly every object of a project. */
export const projectName = (prefix: unknown, { proj }: Project): string => `${text(prefix)}-${text(proj)}`;

/** The names of the three Secrets: the user's own where one exists already. */
export function secretNames({ existingSecret, pgSecret, oauthSecret, grafanaSecret }: Settings): {
  readonly pg: string;
  readonly oauth: string;
  readonly grafana: string;
} {
  const nameOf = (existing: unknown, made: unknown): string => text(isTrue(existing) ? existing : made);
  return {
    pg: nameOf(existingSecret?.pg, pgSecret),
    oauth: nameOf(existingSecret?.oauth, oauthSecret),
    grafana: nameOf(existingSecret?.grafana, grafanaSecret),
  };
}
