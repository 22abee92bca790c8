// Renders DevStats for the tests of this folder.
import { App } from 'cdk8s';
import { DevStats, type DevStatsProps } from '../../../constructs/releases';
import type { DevStatsValues } from '../../../constructs/devstats/values';
import { ValuesError } from '../../../helm/check';

/** A manifest, loosely: tests look into it by path. */
export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly [key: string]: unknown;
}

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
  return {
    objects,
    plan,
    warnings: release.warnings,
    /** `Kind/name`, Jobs without their hash. */
    ids: objects.map((object) => `${object.kind}/${base(object)}`),
    names: (kind: string): string[] => objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name),
    find(kind: string, name: string): Rendered {
      const found = objects.filter((object) => object.kind === kind && base(object) === name);
      if (found.length !== 1)
        throw new Error(
          `${found.length} objects are ${kind}/${name}; there are ${objects.map((object) => `${object.kind}/${base(object)}`).join(', ')}`,
        );
      return found[0] as Rendered;
    },
  };
}

/** What the values get wrong, by path. */
export function issuesOf(values: DevStatsValues | Record<string, unknown>): Record<string, string> {
  try {
    render(values as DevStatsValues);
  } catch (error) {
    if (!(error instanceof ValuesError)) throw error;
    return Object.fromEntries(error.issues.map(({ message, path }) => [path.join('.'), message]));
  }
  return {};
}

export const POD = 'spec.template.spec';
export const CONTAINER = `${POD}.containers.0`;
export const CRON_CONTAINER = 'spec.jobTemplate.spec.template.spec.containers.0';

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
