// Environment variables that DevStats' programs read.
import type { EnvVar } from 'kubernetes-types/core/v1';
import { plainText, text } from '../../helm/print';
import { secretNames } from './names';
import type { Settings } from './values';

export type SecretName = 'pg' | 'oauth' | 'grafana';

/** A variable whose value is quoted in the chart: an empty text stays one. */
export const variable = (name: string, value: unknown): EnvVar => ({ name, value: text(value) });
/** A variable that the chart prints bare: without a value when there is none. */
export const bare = (name: string, value: unknown): EnvVar => ({ name, value: plainText(value) });
/** Switches that the chart sets to 1. */
export const ones = (...names: readonly string[]): EnvVar[] => names.map((name) => ({ name, value: '1' }));

/** A variable from one of the release's Secrets. */
export const fromSecret = (values: Settings, name: string, secret: SecretName, key: string): EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: secretNames(values)[secret], key: `${key}.secret` } },
});

export function processing(values: Settings): EnvVar[] {
  return [
    variable('GHA2DB_NCPUS', values.nCPUs),
    variable('GHA2DB_DEBUG', values.debug),
    variable('GHA2DB_CMDDEBUG', values.cmdDebug),
    variable('GHA2DB_GITHUB_DEBUG', values.githubDebug),
    variable('GHA2DB_QOUT', values.queryOut),
    variable('GHA2DB_REPOS_DIR', values.reposDir),
    variable('GHA2DB_COMPANY_ACQ_YAML', values.companyAcq),
  ];
}

export function selection(values: Settings): EnvVar[] {
  return [
    variable('GHA2DB_AFFILIATIONS_JSON', values.affiliations),
    variable('GHA2DB_COMPUTE_ALL', values.forceComputeAll),
    variable('GHA2DB_SKIP_METRICS', values.skipMetrics),
    variable('GHA2DB_EXCLUDE_VARS', values.excludeVars),
    variable('GHA2DB_ONLY_METRICS', values.onlyMetrics),
    variable('GHA2DB_FORCE_PERIODS', values.periods),
  ];
}

export const projectsFile = (values: Settings): EnvVar => bare('GHA2DB_PROJECTS_YAML', values.projectsFile);

/** GitHub's tokens and the keys of the database's Secret that a pod needs. */
export const credentials = (values: Settings, ...keys: readonly string[]): EnvVar[] => [
  fromSecret(values, 'GHA2DB_GITHUB_OAUTH', 'oauth', 'GHA2DB_GITHUB_OAUTH'),
  ...keys.map((key) => fromSecret(values, key, 'pg', key)),
];

/** What bootstrap and provisioning connect with. */
export const ADMINISTRATION = ['PG_HOST', 'PG_PORT', 'PG_PASS', 'PG_PASS_RO', 'PG_PASS_TEAM', 'PG_ADMIN_USER'] as const;
