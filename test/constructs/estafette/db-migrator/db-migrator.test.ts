// The migrator of the database schema with the least and with all of its values.
import { DbMigrator } from '../../../../constructs/components';
import { dbMigratorValues, type DbMigratorValues } from '../../../../constructs/estafette/db-migrator/values';
import { CONTAINER, decoded, issuesOf, POD, renderer, unset } from '../common/synth';
import { extensiblePod, extras, image, naming } from '../common/values';

const render = renderer(DbMigrator);
const NAME = 'estafette-ci-db-migrator';

describe('with the published defaults', () => {
  const { find, ids, manifests, warnings } = render();

  it('makes a Job and its account', () => {
    expect(ids).toEqual([`Job ${NAME}`, `ServiceAccount ${NAME}`]);
    expect(warnings).toEqual([]);
  });

  it('runs after the database, and as Helm knows it after installs and upgrades', () => {
    const job = manifests.find(({ kind }) => kind === 'Job');
    expect(job?.stage).toBe('migrate');
    expect(job?.lifecycle.hook).toEqual({
      events: ['post-install', 'post-upgrade'],
      deletePolicy: ['hook-succeeded', 'before-hook-creation'],
    });
    expect(find(`Job ${NAME}`).metadata).not.toHaveProperty('annotations');
  });

  it('shows the database its certificate', () => {
    const job = find(`Job ${NAME}`);
    expect(job).not.toHaveProperty('spec.ttlSecondsAfterFinished');
    expect(job).toHaveProperty(`${POD}.restartPolicy`, 'OnFailure');
    expect(job).toHaveProperty(`${CONTAINER}.image`, 'estafette/estafette-ci-db-migrator:1.4.0');
    expect(job).toHaveProperty(`${CONTAINER}.env`, [
      { name: 'ESTAFETTE_LOG_FORMAT', value: 'json' },
      { name: 'ESTAFETTE_LOG_LEVEL', value: 'debug' },
    ]);
    expect(job).toHaveProperty(`${CONTAINER}.volumeMounts`, [{ name: 'client-certificate', mountPath: '/cockroach-certs' }]);
    expect(job).toHaveProperty(`${POD}.volumes.0.projected.sources.0.secret.name`, 'estafette-ci-db-client-secret');
  });
});

const everything: DbMigratorValues = {
  image,
  logFormat: 'console',
  logLevel: 'warn',
  job: { ...extensiblePod, extraEnv: [{ name: 'A', value: 'a' }] },
  imagePullSecrets: [{ name: 'shared' }],
  ...naming,
  ...extras,
  serviceAccount: { create: true, name: 'runner', annotations: { role: 'migrator' } },
};

describe('with every value set', () => {
  const { find, ids } = render(everything);

  it('has a fixture that leaves no value out', () => {
    expect(unset(dbMigratorValues, everything)).toEqual([]);
  });

  it('makes the Secrets and ConfigMaps that it mounts', () => {
    expect(ids).toEqual([
      'ConfigMap whole.idle',
      'ConfigMap whole.templates',
      'Job whole',
      'Secret whole.encoded',
      'Secret whole.gcp',
      'Secret whole.registry',
      'ServiceAccount runner',
    ]);
    expect(decoded(find('Secret whole.gcp'))).toEqual({ 'key.json': '{}', number: '5' });
    expect(find('Job whole')).toHaveProperty(`${POD}.volumes`, [
      { name: 'configs-templates', configMap: { name: 'whole.templates' } },
      { name: 'secrets-gcp', secret: { secretName: 'whole.gcp' } },
      { name: 'cache', emptyDir: {} },
    ]);
  });

  it('builds the pod as the values say', () => {
    const job = find('Job whole');
    expect(job).toHaveProperty('spec.template.metadata', {
      labels: { 'app.kubernetes.io/name': 'part', 'app.kubernetes.io/instance': 'estafette-ci' },
      annotations: { scraped: 'true' },
    });
    expect(job).toHaveProperty(`${POD}.imagePullSecrets`, [{ name: 'whole.registry' }, { name: 'shared' }]);
    expect(job).toHaveProperty(`${CONTAINER}.securityContext`, { runAsNonRoot: true, later: true });
    expect(job).toHaveProperty(`${CONTAINER}.env`, [
      { name: 'ESTAFETTE_LOG_FORMAT', value: 'console' },
      { name: 'ESTAFETTE_LOG_LEVEL', value: 'warn' },
      { name: 'A', value: 'a' },
    ]);
    expect(job).toHaveProperty(`${POD}.containers.1`, { name: 'db-migrator-sidecar', image: 'sidecar:1', stdin: true });
  });
});

describe('under another release name', () => {
  const envOf = (job: DbMigratorValues['job']) =>
    (
      render({ job }, { name: 'ci' }).find('Job ci-db-migrator') as unknown as {
        spec: { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
      }
    ).spec.template.spec.containers[0]?.env.slice(2);

  it('finds the database of its own release, unless it is told another', () => {
    expect(envOf({})).toEqual([{ name: 'DB_HOST', value: 'ci-db-public' }]);
    expect(envOf({ extraEnv: [{ name: 'A', value: 'a' }] })).toEqual([
      { name: 'DB_HOST', value: 'ci-db-public' },
      { name: 'A', value: 'a' },
    ]);
    expect(envOf({ extraEnv: [{ name: 'DB_HOST', value: 'elsewhere' }] })).toEqual([{ name: 'DB_HOST', value: 'elsewhere' }]);
    expect(envOf({ extraEnv: [{ name: 'DB_CONNECTION_STRING', value: 'postgres://' }] })).toEqual([
      { name: 'DB_CONNECTION_STRING', value: 'postgres://' },
    ]);
  });
});

describe('values that are refused', () => {
  it.each<[string, DbMigratorValues, string, RegExp]>([
    ['volumes that are not a list', { job: { extraVolumes: 'a: b' } }, 'job.extraVolumes', /begin each item with "- "/],
    ['a flag for containers', { job: { extraContainers: true } }, 'job.extraContainers', /must be text, not the flag true/],
    ['no secret', { extraSecrets: [null as never] }, 'extraSecrets.0', /take the item away/],
    ['a number for a name', { nameOverride: 7 }, 'nameOverride', /put it in quotes/],
    ['no Job', { job: null as never }, 'job', /must not be null/],
  ])('%s', (_what, values, path, message) => {
    expect(issuesOf(() => render(values))).toEqual({ [path]: expect.stringMatching(message) });
  });
});
