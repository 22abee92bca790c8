// A Secret that exists already, in the place of each that a chart makes.
import { renderRelease } from '../../../cli/render';
import type { ChartName } from '../../../constructs/charts';
import { ValuesError } from '../../../helm/check';

type Plain = Record<string, unknown>;

const at = (path: string, value: unknown): Plain =>
  path.split('.').reduceRight<unknown>((inner, key) => (key === '0' ? [inner] : { [key]: inner }), value) as Plain;

function printed(chart: ChartName, ...values: Plain[]) {
  const { plan } = renderRelease({ release: 'ci', chart, namespace: 'builds', values });
  const secrets = plan.filter(({ object }) => object.kind === 'Secret' && 'data' in object).map(({ object }) => object.metadata.name);
  return { secrets, text: JSON.stringify(plan.map(({ object }) => object)) };
}

function mistakes(chart: ChartName, ...values: Plain[]): string {
  try {
    printed(chart, ...values);
  } catch (error) {
    if (error instanceof ValuesError) return error.message;
    throw error;
  }
  return '';
}

const login = { registry: 'r.example.com', username: 'joe', password: 'secret' };
const proxy = { clientId: 'id', clientSecret: 'secret' };
const keys = { secretDecryptionKey: 'k'.repeat(32), jwtKey: 'j'.repeat(32) };

/** Chart, what is needed around, where existingSecret goes, the values in its place, and the Secret that is made of those. */
const CASES: readonly [chart: ChartName, around: Plain, path: string, given: Plain, secret: string][] = [
  ['estafette-ci', {}, 'api.secret', keys, 'ci-api'],
  ['estafette-ci', {}, 'api.tls', { cert: 'cert', key: 'key' }, 'ci-api.tls'],
  ...['api', 'web', 'cron-event-sender', 'hanging-job-cleaner', 'db-migrator', 'db-client'].map(
    (part) =>
      ['estafette-ci', at(`${part}.enabled`, true), `${part}.image.credentials`, login, `ci-${part}.registry`] as [
        ChartName,
        Plain,
        string,
        Plain,
        string,
      ],
  ),
  ['estafette-ci', {}, 'db.image.credentials', login, 'ci-db.db.registry'],
  ['estafette-ci', {}, 'db.tls.selfSigner.image.credentials', login, 'ci-db.init-certs.registry'],
  ['estafette-ci', at('api.iap.enabled', true), 'api.iap', proxy, 'ci-api.backendconfig'],
  ['estafette-ci', at('web.iap.enabled', true), 'web.iap', proxy, 'ci-web.backendconfig'],
  ['estafette-ci', { db: { iap: { enabled: true }, ingress: { enabled: true, paths: ['/*'] } } }, 'db.iap', proxy, 'ci-db.iap'],
  ['estafette-ci', at('db.conf.log.enabled', true), 'db.conf.log', { config: { sinks: {} } }, 'ci-db-log-config'],
  ['estafette-ci', at('hanging-job-cleaner.enabled', true), 'hanging-job-cleaner.secret', { clientSecret: 's' }, 'ci-hanging-job-cleaner'],
  [
    'estafette-ci',
    { metrics: { kubeStateMetrics: { enabled: true }, 'kube-state-metrics': { kubeconfig: { enabled: true } } } },
    'metrics.kube-state-metrics.kubeconfig',
    { secret: 'a3ViZQ==' },
    'ci-kube-state-metrics-kubeconfig',
  ],
  ['estafette-ci', {}, 'global.imageCredentials', { username: 'joe', password: 'secret' }, 'ci.registry'],
  ['devstats', { skipSecrets: 1 }, 'global.imageCredentials', { username: 'joe', password: 'secret' }, 'ci.registry'],
];

describe.each(CASES)('%s %j %s', (chart, around, path, given, secret) => {
  it('takes the place of what is made of values, and what reads it follows', () => {
    expect(printed(chart, around, at(path, given)).secrets).toContain(secret);
    const { secrets, text } = printed(chart, around, at(path, { existingSecret: 'exists-already' }));
    expect(secrets).not.toContain(secret);
    // Nothing makes an Ingress read the certificate in this case but its hosts.
    if (path !== 'api.tls') expect(text).toContain('exists-already');
  });

  it('says so where those values stand beside it', () => {
    const key = Object.keys(given).at(-1);
    const both = at(path, { ...given, existingSecret: 'exists-already' });
    // A file below may hold the keys that people have had.
    if (path === 'api.secret') {
      expect(printed(chart, around, both).secrets).not.toContain(secret);
      return;
    }
    expect(mistakes(chart, around, both)).toContain(
      `${path}.${key}: would go nowhere beside existingSecret: put it into that Secret, or take existingSecret away`,
    );
  });
});

it('stands in the place of the data of an extra Secret', () => {
  const extra = (more: Plain): Plain => ({ api: { extraSecrets: [{ key: 'iam', mountPath: '/iam', ...more }] } });
  const { secrets, text } = printed('estafette-ci', extra({ existingSecret: 'exists-already' }));
  expect(secrets).not.toContain('ci-api.iam');
  expect(text).toContain('{"name":"secrets-iam","secret":{"secretName":"exists-already"}}');
  expect(mistakes('estafette-ci', extra({ existingSecret: 'x', data: { a: 'b' } }))).toContain(
    'api.extraSecrets[0].data: would go nowhere',
  );
});

it('has the password of a database user', () => {
  const users = (user: Plain): Plain => ({ db: { init: { provisioning: { enabled: true, users: [{ name: 'bob', ...user }] } } } });
  const { text } = printed('estafette-ci', users({ existingSecret: 'exists-already' }));
  expect(text).toContain('{"name":"bob_PASSWORD","valueFrom":{"secretKeyRef":{"name":"exists-already","key":"password"}}}');
  expect(text).toContain("PASSWORD '${bob_PASSWORD//$quote/$quote$quote}'");
  expect(mistakes('estafette-ci', users({ existingSecret: 'x', password: 'y' }))).toContain('users[0].password: would go nowhere');
});

it('takes the place of what the two keys of S3 and the token of buildshuttle are', () => {
  const s3 = { bucket: 'logs', existingSecret: 'exists-already' };
  expect(printed('buildshuttle', { s3, auth: { existingSecret: 'token-exists' } }).text).toMatch(
    /exists-already.*token-exists|token-exists.*exists-already/,
  );
  expect(mistakes('buildshuttle', { s3: { ...s3, accessKey: 'a', secretKey: 'b' } })).toContain('s3.secretKey: would go nowhere');
});
