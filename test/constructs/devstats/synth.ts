// Renders DevStats for the tests of this folder.
import { App } from 'cdk8s';
import { DevStats, type DevStatsProps } from '../../../constructs/releases';
import type { DevStatsValues } from '../../../constructs/devstats/values';
import { issuesOf as issuesIn, only, type Rendered } from '../../support/rendered';

export { CONTAINER, CRON_CONTAINER, POD, type Rendered } from '../../support/rendered';

export const SECRETS = {
  pgAdminUser: 'postgres',
  pgHost: 'devstats-postgres',
  pgHostRO: 'devstats-postgres-ro',
  pgPort: '5432',
  pgPass: 'one',
  pgPassRO: 'two',
  pgPassTeam: 'three',
  pgPassRep: 'four',
  githubOAuth: 'aaa,bbb',
  grafanaUser: 'admin',
  grafanaPassword: 'five',
} satisfies DevStatsValues;

/** Everything off, for tests of one part. */
export const NOTHING = {
  skipSecrets: 1,
  skipPostgres: 1,
  skipBootstrap: 1,
  skipPVs: 1,
  skipProvisions: 1,
  skipCrons: 1,
  skipGrafanas: 1,
  skipServices: 1,
  skipIngress: 1,
} satisfies DevStatsValues;

export const project = (proj: string, minute = 7) => ({
  proj,
  db: proj,
  icon: proj,
  org: proj,
  repo: `${proj}/core`,
  cron: `${minute} * * * *`,
  disk: '1Gi',
});

/** Job names without their hash. */
const base = ({ kind, metadata }: Rendered): string => (kind === 'Job' ? metadata.name.replace(/-[0-9a-f]{8}$/, '') : metadata.name);

export function render(values: DevStatsValues = {}, props: Omit<DevStatsProps, 'values'> = {}) {
  const release = new DevStats(new App(), 'devstats', { namespace: 'devstats', ...props, values: { ...SECRETS, ...values } });
  const plan = release.plan();
  const objects = plan.map(({ object }) => object as Rendered);
  const idOf = (object: Rendered): string => `${object.kind}/${base(object)}`;
  return {
    objects,
    plan,
    warnings: release.warnings,
    /** `Kind/name`, Jobs without their hash. */
    ids: objects.map(idOf),
    names: (kind: string): string[] => objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name),
    find: (kind: string, name: string): Rendered => only(objects, idOf, `${kind}/${name}`),
  };
}

/** What the values get wrong, by path. */
export const issuesOf = (values: DevStatsValues | Record<string, unknown>): Record<string, string> =>
  issuesIn(() => render(values as DevStatsValues));

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
}
/** Environment of the one container of a workload: values, and `SECRET/KEY` for what comes from a Secret. */
export function environment(object: Rendered): Record<string, string | undefined> {
  const { template, jobTemplate } = object.spec as { template?: Pod; jobTemplate?: { spec: { template: Pod } } };
  const containers = (template ?? jobTemplate?.spec.template)?.spec.containers ?? [];
  return Object.fromEntries(
    (containers[0]?.env ?? []).map(({ name, value, valueFrom }) => [
      name,
      valueFrom?.secretKeyRef ? `${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}` : value,
    ]),
  );
}
interface Pod {
  readonly spec: { readonly containers: readonly { readonly env?: readonly Variable[] }[] };
}
