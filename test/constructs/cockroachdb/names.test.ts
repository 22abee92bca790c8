// Names of objects, helpers under their published names, and the pod of `helm test`.
import { cockroachDb } from '../../../constructs/cockroachdb/chart';
import {
  cockroachDbChartLabel,
  cockroachDbClientSecretName,
  cockroachDbFullName,
  cockroachDbName,
  cockroachDbPublicName,
} from '../../../constructs/cockroachdb/names';
import type { CockroachDbValues } from '../../../constructs/cockroachdb/values';
import type { CockroachDbContext } from '../../../constructs/cockroachdb/values';
import { testPod } from '../../../constructs/cockroachdb/test-pod';
import type { ChartDefinition } from '../../../constructs/common/chart';
import { resolve } from '../../../constructs/common/resolve';
import { synth } from './synth';

const release = { name: 'ci', namespace: 'builds' };
const contextOf = (values: CockroachDbValues = {}): CockroachDbContext =>
  resolve(cockroachDb as unknown as ChartDefinition, release, values as Record<string, unknown>).root.context as CockroachDbContext;

it.each([
  ['ci', {}, 'ci-db'],
  ['my-db', {}, 'my-db'],
  ['ci', { nameOverride: 'roach' }, 'ci-roach'],
  ['ci', { fullnameOverride: 'roach' }, 'roach'],
  ['ci', { fullnameOverride: `${'x'.repeat(55)}-more` }, 'x'.repeat(55)],
  ['a'.repeat(53), {}, `${'a'.repeat(53)}-db`],
])('release %s with %j is called %s', (name, values, fullName) => {
  expect(cockroachDbFullName({ name }, cockroachDb.chart, values)).toBe(fullName);
});

it('names what other components refer to', () => {
  expect(cockroachDbName(cockroachDb.chart, {})).toBe('db');
  expect(cockroachDbPublicName(release, cockroachDb.chart, {})).toBe('ci-db-public');
  expect(cockroachDbClientSecretName(release, cockroachDb.chart, {})).toBe('ci-db-client-secret');
  expect(cockroachDbChartLabel({ ...cockroachDb.chart, version: '10.0.6+build' })).toBe('db-10.0.6_build');
  expect(cockroachDbFullName(release, { ...cockroachDb.chart, alias: undefined }, {})).toBe('ci-cockroachdb');
});

it('names the objects of any release after it', () => {
  expect(synth({}, { name: 'prod' }).ids.filter((id) => !id.includes('prod-db'))).toEqual([]);
});

it.each([
  ['cockroachdb.name', 'db'],
  ['cockroachdb.fullname', 'ci-db'],
  ['cockroachdb.chart', 'db-10.0.6'],
  ['cockroachdb.tls.serviceAccount.name', 'ci-db'],
  ['cockroachdb.networkPolicy.apiVersion', 'networking.k8s.io/v1'],
  ['cockroachdb.statefulset.apiVersion', 'apps/v1'],
  ['cockroachdb.conf.store', 'path=cockroach-data,size=100Gi'],
  ['cockroachdb.securityContext.versionValidation', 'true'],
  ['selfcerts.fullname', 'ci-db-self-signer'],
  ['rotatecerts.fullname', 'ci-db-rotate-self-signer'],
  ['selfcerts.minimumCertDuration', '624'],
  ['selfcerts.caRotateSchedule', '0 0 1 */11 *'],
  ['selfcerts.clientRotateSchedule', '0 0 */26 * *'],
])('%s gives %s', (name, result) => {
  expect(cockroachDb.helpers?.[name]?.(contextOf())).toBe(result);
});

describe('the pod of helm test', () => {
  it('shows a certificate under TLS, whoever made it', () => {
    const pod = testPod(contextOf({ networkPolicy: { enabled: true } }));
    expect(pod.metadata.labels).toEqual({ 'ci-db-client': 'true' });
    expect(pod).toHaveProperty('spec.containers.0.command', [
      '/cockroach/cockroach',
      'sql',
      '--certs-dir',
      '/cockroach-certs',
      '--host',
      'ci-db-public.builds',
      '--port',
      '26257',
      '-e',
      'SHOW DATABASES;',
    ]);
    expect(pod).toHaveProperty('spec.volumes.0.projected.sources.0.secret.name', 'ci-db-client-secret');
  });

  it('goes without TLS when the database does', () => {
    const pod = testPod(contextOf({ tls: { enabled: false } }));
    expect(pod).toHaveProperty('spec.containers.0.command.2', '--insecure');
    expect(pod).not.toHaveProperty('spec.volumes');
  });

  it('is for Helm alone', () => {
    expect(synth().ids.filter((id) => /test|cleaner/.test(id))).toEqual([]);
  });
});
