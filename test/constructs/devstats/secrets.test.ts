// The three Secrets: from values, from elsewhere, or an error that says what is missing.
import { environment, issuesOf, render, SECRETS, type Rendered } from './synth';

const decoded = (secret: Rendered): Record<string, string> =>
  Object.fromEntries(
    Object.entries(secret.data as Record<string, string>).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );

describe('Secrets', () => {
  it('hold the values under the names that the pods ask for', () => {
    const { find } = render();
    expect(decoded(find('Secret', 'pg-db'))).toEqual({
      'PG_ADMIN_USER.secret': 'postgres',
      'PG_HOST.secret': 'devstats-postgres',
      'PG_HOST_RO.secret': 'devstats-postgres-ro',
      'PG_PASS.secret': 'one',
      'PG_PASS_RO.secret': 'two',
      'PG_PASS_TEAM.secret': 'three',
      'PG_PASS_REP.secret': 'four',
      'PG_PORT.secret': '5432',
    });
    expect(decoded(find('Secret', 'github-oauth'))).toEqual({ 'GHA2DB_GITHUB_OAUTH.secret': 'aaa,bbb' });
    expect(decoded(find('Secret', 'grafana-secret'))).toEqual({
      'GF_SECURITY_ADMIN_USER.secret': 'admin',
      'GF_SECURITY_ADMIN_PASSWORD.secret': 'five',
    });
    expect(find('Secret', 'pg-db')).toMatchObject({ type: 'Opaque', metadata: { labels: { name: 'devstats', type: 'secret' } } });
  });

  it('take a number for a port', () => {
    expect(decoded(render({ pgPort: 5432 }).find('Secret', 'pg-db'))['PG_PORT.secret']).toBe('5432');
  });

  it('go by other names and another type', () => {
    const { find } = render({ pgSecret: 'db', oauthSecret: 'tokens', grafanaSecret: 'admin', secretType: 'example.com/devstats' });
    for (const name of ['db', 'tokens', 'admin']) expect(find('Secret', name).type).toBe('example.com/devstats');
    expect(environment(find('Deployment', 'devstats-grafana-graphql'))).toMatchObject({
      PG_HOST: 'db/PG_HOST_RO.secret',
      GF_SECURITY_ADMIN_USER: 'admin/GF_SECURITY_ADMIN_USER.secret',
    });
    expect(environment(find('Job', 'devstats-provision-graphql'))).toMatchObject({
      GHA2DB_GITHUB_OAUTH: 'tokens/GHA2DB_GITHUB_OAUTH.secret',
    });
  });

  it('are not printed when they exist, and the pods read the existing ones', () => {
    const none = Object.fromEntries(Object.keys(SECRETS).map((key) => [key, null]));
    const { names, find } = render({ ...none, existingSecret: { pg: 'my-db', oauth: 'my-tokens', grafana: 'my-admin' } });
    expect(names('Secret')).toEqual([]);
    expect(environment(find('StatefulSet', 'devstats-postgres'))).toMatchObject({
      PATRONI_SUPERUSER_PASSWORD: 'my-db/PG_PASS.secret',
      PATRONI_REPLICATION_PASSWORD: 'my-db/PG_PASS_REP.secret',
    });
    expect(environment(find('CronJob', 'devstats-graphql'))).toMatchObject({
      GHA2DB_GITHUB_OAUTH: 'my-tokens/GHA2DB_GITHUB_OAUTH.secret',
      PG_PASS: 'my-db/PG_PASS.secret',
    });
    expect(environment(find('Deployment', 'devstats-grafana-graphql'))).toMatchObject({
      GF_SECURITY_ADMIN_PASSWORD: 'my-admin/GF_SECURITY_ADMIN_PASSWORD.secret',
    });
  });

  it('missing are errors with the name of the value and of the file, all at once', () => {
    const none = Object.fromEntries(Object.keys(SECRETS).map((key) => [key, null]));
    expect(Object.keys(issuesOf(none)).toSorted()).toEqual(Object.keys(SECRETS).toSorted());
    expect(issuesOf({ pgPassRep: '' })).toEqual({
      pgPassRep:
        'is needed for the Secret pg-db: set pgPassRep, or write it to secrets/PG_PASS_REP.secret next to the values file; when the Secret exists already, name it in existingSecret.pg',
    });
    expect(issuesOf({ githubOAuth: null })).toEqual({ githubOAuth: expect.stringContaining('secrets/GHA2DB_GITHUB_OAUTH.secret') });
    expect(issuesOf({ ...none, skipSecrets: true })).toEqual({});
  });

  it('need names that a server takes', () => {
    expect(issuesOf({ pgSecret: 'My DB' })).toEqual({ pgSecret: expect.stringContaining('must be the name of a Secret') });
    expect(issuesOf({ existingSecret: { oauth: 'a_b' } })).toEqual({
      'existingSecret.oauth': expect.stringContaining('must be the name of a Secret'),
    });
  });
});
