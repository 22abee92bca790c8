// What stands in the values of the provisioning reaches the database as a name or a text, and ends no statement.
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import type { CockroachDbValues } from '../../../constructs/cockroachdb/values';
import { identifier, literal } from '../../../constructs/cockroachdb/sql';
import { issuesOf, synth } from './synth';
import { describeWithBash } from '../../support/bash';

/** As the chart says it: what the library hides of values is tested for itself. */
jest.mock('../../../constructs/common/hide/library', () => ({
  hidingValues: (_chart: unknown, _values: unknown, run: () => unknown) => run(),
}));

type Provisioning = NonNullable<NonNullable<CockroachDbValues['init']>['provisioning']>;

/** The script's statements as a shell hands them to the client. */
function statements(provisioning: Provisioning): { text: string; warnings: readonly string[] } {
  const { find, warnings } = synth({ init: { provisioning: { enabled: true, ...provisioning } } });
  const { env = [], command } = (
    find('Job', 'estafette-ci-db-init') as unknown as {
      spec: {
        template: { spec: { containers: [{ env?: { name: string; valueFrom: { secretKeyRef: { key: string } } }[]; command: string[] }] } };
      };
    }
  ).spec.template.spec.containers[0];
  const { data = {} } = find('Secret', 'estafette-ci-db-init') as unknown as { data?: Record<string, string> };
  const variables = env.map(({ name, valueFrom }) => [name, Buffer.from(data[valueFrom.secretKeyRef.key] ?? '', 'base64').toString()]);
  const script = (command[2] ?? '')
    .replace(/initCluster;/, '')
    .replace('&>/dev/null;', '')
    .replaceAll('/cockroach/cockroach sql', 'printf "%s\\0"');
  const { stdout, status, stderr } = spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...Object.fromEntries(variables) },
  });
  if (status !== 0) throw new Error(stderr);
  const text = stdout.split('\0').find((argument) => argument.startsWith('--execute=')) ?? '';
  return { text: text.slice('--execute='.length).replaceAll(/\s+/g, ' ').trim(), warnings };
}

const withBash = describeWithBash();

withBash('provisioning', () => {
  it('stands as the published chart prints it where no name or text is odd', () => {
    expect(statements({ users: [{ name: 'Alice', password: 's3cret' }], databases: [{ name: 'ci', owners: ['Alice'] }] }).text).toBe(
      `CREATE USER IF NOT EXISTS Alice WITH PASSWORD 's3cret' ; CREATE DATABASE IF NOT EXISTS ci ; GRANT ALL ON DATABASE ci TO Alice;`,
    );
  });

  it('quotes names that are not names, and gives each user the password that is meant', () => {
    const users = [
      { name: 'my-user', password: 'one' },
      { name: 'user', password: 'two' },
    ];
    expect(
      statements({ users, databases: [{ name: 'order', owners: ['my-user'], backup: { into: 's3://b', recurring: '@daily' } }] }).text,
    ).toBe(
      `CREATE USER IF NOT EXISTS "my-user" WITH PASSWORD 'one' ; CREATE USER IF NOT EXISTS "user" WITH PASSWORD 'two' ; ` +
        `CREATE DATABASE IF NOT EXISTS "order" ; GRANT ALL ON DATABASE "order" TO "my-user"; ` +
        `CREATE SCHEDULE IF NOT EXISTS order_scheduled_backup FOR BACKUP DATABASE "order" INTO 's3://b' RECURRING '@daily' FULL BACKUP ALWAYS ;`,
    );
  });

  it('keeps a setting with quotes of its own as the chart has it, and says that no database takes it', () => {
    const { text, warnings } = statements({ clusterSettings: { 'cluster.organization': "'Example'" } });
    expect(text).toBe(`SET CLUSTER SETTING cluster.organization = ''Example'';`);
    expect(warnings).toContainEqual(
      expect.stringContaining('init.provisioning.clusterSettings.cluster.organization: has quotes around it'),
    );
  });

  const odd = fc
    .string({ unit: fc.constantFrom("'", '"', '\\', '$', '`', '(', ')', ';', '-', '#', 'a', '{', '%', 'ä'), minLength: 1, maxLength: 12 })
    .filter((value) => !/^'[^';]*'$/.test(value));

  it('ends no statement with any name, password, setting or place', () => {
    fc.assert(
      fc.property(odd, odd, odd, odd, (name, password, setting, into) => {
        const { text } = statements({
          clusterSettings: { 'a.b': `x${setting}` },
          users: [{ name: `u${name}`, password: `x${password}` }],
          databases: [{ name: `d${name}`, owners: [`u${name}`], backup: { into, recurring: `@${setting}` } }],
        });
        const database = identifier(`d${name}`);
        expect(text).toBe(
          `SET CLUSTER SETTING a.b = ${literal(`x${setting}`)}; CREATE USER IF NOT EXISTS ${identifier(`u${name}`)} WITH PASSWORD ${literal(`x${password}`)} ; ` +
            `CREATE DATABASE IF NOT EXISTS ${database} ; GRANT ALL ON DATABASE ${database} TO ${identifier(`u${name}`)}; ` +
            `CREATE SCHEDULE IF NOT EXISTS ${identifier(`d${name}_scheduled_backup`)} FOR BACKUP DATABASE ${database} INTO ${literal(into)} ` +
            `RECURRING ${literal(`@${setting}`)} FULL BACKUP ALWAYS ;`,
        );
      }),
      { numRuns: 30, seed: 3 },
    );
  }, 60_000);
});

it.each<[string, Provisioning, string]>([
  ['an option with a semicolon', { users: [{ name: 'a', options: ['LOGIN; DROP DATABASE ci'] }] }, 'init.provisioning.users.0.options.0'],
  ['an option with a comment', { databases: [{ name: 'a', options: ["encoding='utf-8' --"] }] }, 'init.provisioning.databases.0.options.0'],
  ['an open quote', { databases: [{ name: 'a', options: ["encoding='utf-8"] }] }, 'init.provisioning.databases.0.options.0'],
  [
    'a substitution',
    { databases: [{ name: 'a', backup: { into: 's', options: ['$(id)'] } }] },
    'init.provisioning.databases.0.backup.options.0',
  ],
  ['a setting that is none', { clusterSettings: { 'a = 1; SET b': 1 } }, 'init.provisioning.clusterSettings.a = 1; SET b'],
])('%s is refused', (_what, provisioning, path) => {
  expect(Object.keys(issuesOf({ init: { provisioning: { enabled: true, ...provisioning } } }))).toEqual([path]);
});
