// The scripts around backups, run by a shell with a stand-in for the client: which statements arrive, and what is decided on the answers.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { CockroachDbContext } from '../../../../constructs/cockroachdb/values';
import { pauseScript, restoreScript, scheduleScript, verificationScript } from '../../../../constructs/cockroachdb/backup/script';
import { backupValues, restoreValues, type BackupSettings, type RestoreSettings } from '../../../../constructs/cockroachdb/backup/values';
import { defaultsOf } from '../../../../helm/schema';
import { describeWithBash } from '../../../support/bash';

const context = {
  release: { name: 'ci', namespace: 'ci' },
  chart: { name: 'cockroachdb', alias: 'db', version: '1', appVersion: '' },
  values: { tls: { enabled: true }, service: { ports: { grpc: { external: { port: 26257 } } } } },
} as unknown as CockroachDbContext;

const names = { release: 'ci', namespace: 'ci' };
const backup = (values: object = {}): BackupSettings =>
  ({ ...defaultsOf(backupValues, names), enabled: true, url: 'gs://bucket/db', ...values }) as unknown as BackupSettings;
const restore = (values: object = {}): RestoreSettings =>
  ({ ...defaultsOf(restoreValues, names), enabled: true, url: 'gs://bucket/db', ...values }) as unknown as RestoreSettings;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'backup-scripts-'));
  for (const name of ['bin', 'credentials']) mkdirSync(join(folder, name));
  // Answers with the first line of `answers` whose pattern, before the tab, is in the statement.
  writeFileSync(
    join(folder, 'bin/cockroach'),
    `#!/bin/sh
statement=$(cat; printf x); statement=\${statement%?}
printf '%s\\0' "$statement" >>${folder}/statements
printf '%s\\n' "$*" >>${folder}/arguments
echo header
while IFS="$(printf '\\t')" read -r pattern answer; do
  case $statement in *"$pattern"*) [ "$answer" = fails ] && exit 1; [ -z "$answer" ] || printf '%b\\n' "$answer"; break ;; esac
done <${folder}/answers
`,
  );
  chmodSync(join(folder, 'bin/cockroach'), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const withBash = describeWithBash();

/** Runs a script. @returns how it ended, and the statements that arrived, the question whether the database answers left out */
function run(script: string, answers: Readonly<Record<string, string>> = {}) {
  for (const name of ['statements', 'arguments']) rmSync(join(folder, name), { force: true });
  writeFileSync(
    join(folder, 'answers'),
    Object.entries(answers)
      .map(([pattern, answer]) => `${pattern}\t${answer}\n`)
      .join(''),
  );
  const placed = script
    .replaceAll('/cockroach/cockroach', join(folder, 'bin/cockroach'))
    .replaceAll('/credentials/', `${folder}/credentials/`);
  const { status, stdout, stderr } = spawnSync('bash', ['-c', placed], { encoding: 'utf8' });
  const read = (name: string): string => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '');
  const statements = read('statements')
    .split('\0')
    .map((statement) => statement.replace(/\n$/, ''))
    .filter((statement) => statement !== '' && statement !== 'SELECT 1;');
  return { status, stdout, stderr, statements, told: `${stdout}${stderr}${read('arguments')}` };
}

withBash('the schedule', () => {
  const FIND = "SELECT id FROM [SHOW SCHEDULES FOR BACKUP] WHERE label = 'daily_backup' ORDER BY created, id;";

  it('is made where there is none', () => {
    const { status, stdout, statements } = run(scheduleScript(context, backup()));
    expect([status, stdout]).toEqual([0, 'Made the schedule daily_backup.\n']);
    expect(statements).toEqual([
      FIND,
      "CREATE SCHEDULE IF NOT EXISTS 'daily_backup' FOR BACKUP INTO 'gs://bucket/db' WITH revision_history RECURRING '@daily' WITH SCHEDULE OPTIONS first_run = 'now';",
    ]);
  });

  it('is altered and resumed where one has the label, and never made twice', () => {
    const settings = backup({ schedule: '0 4 * * *', fullBackup: 'always', revisionHistory: false });
    const { status, stdout, statements } = run(scheduleScript(context, settings), { 'SHOW SCHEDULES': '77\\n78' });
    expect([status, stdout]).toEqual([0, 'Set the schedule daily_backup, which was there already.\n']);
    expect(statements).toEqual([
      FIND,
      "ALTER BACKUP SCHEDULE 77 SET INTO 'gs://bucket/db', SET WITH revision_history = false, SET RECURRING '0 4 * * *', SET FULL BACKUP ALWAYS;",
      "RESUME SCHEDULES SELECT id FROM [SHOW PAUSED SCHEDULES FOR BACKUP] WHERE label = 'daily_backup';",
    ]);
  });

  it('has a cadence of full backups, and a time of the first', () => {
    const { statements } = run(scheduleScript(context, backup({ fullBackup: '@weekly', firstRun: '', revisionHistory: false })));
    expect(statements[1]).toBe(
      "CREATE SCHEDULE IF NOT EXISTS 'daily_backup' FOR BACKUP INTO 'gs://bucket/db' RECURRING '@daily' FULL BACKUP '@weekly';",
    );
  });

  it('is paused where backups are off', () => {
    const { stdout, statements } = run(pauseScript(context, backup({ enabled: false })));
    expect(stdout).toBe('Paused the schedule daily_backup.\n');
    expect(statements).toEqual(["PAUSE SCHEDULES SELECT id FROM [SHOW RUNNING SCHEDULES FOR BACKUP] WHERE label = 'daily_backup';"]);
  });

  it('fails with the database, and says nothing of success', () => {
    const { status, stdout } = run(scheduleScript(context, backup()), { CREATE: 'fails' });
    expect([status, stdout]).toEqual([1, '']);
  });
});

withBash('secret parameters of the URL', () => {
  const settings = (base64: string[]) => ({
    url: 's3://bucket/db?AUTH=specified',
    urlParameters: { existingSecret: 'backup', keys: { AWS_ACCESS_KEY_ID: 'id', SECRET: 'secret' }, base64 },
  });

  it('come percent-encoded from the files of a Secret, and are told nowhere', () => {
    writeFileSync(join(folder, 'credentials/id'), 'AKIA\n');
    writeFileSync(join(folder, 'credentials/secret'), `p/w+'"$(id)\`=ä`);
    const { status, statements, told } = run(scheduleScript(context, backup(settings([]))));
    expect(status).toBe(0);
    const url = new URL(/INTO '([^']*)'/.exec(statements[1] ?? '')?.[1] ?? '');
    expect(Object.fromEntries(url.searchParams)).toEqual({ AUTH: 'specified', AWS_ACCESS_KEY_ID: 'AKIA', SECRET: `p/w+'"$(id)\`=ä` });
    for (const secret of ['AKIA', 'p/w', '%70%2F']) expect(told).not.toContain(secret);
  });

  it('are encoded in base64 where the URL wants that', () => {
    const { statements } = run(scheduleScript(context, backup(settings(['SECRET']))));
    const url = new URL(/INTO '([^']*)'/.exec(statements[1] ?? '')?.[1] ?? '');
    expect(Buffer.from(url.searchParams.get('SECRET') ?? '', 'base64').toString()).toBe(`p/w+'"$(id)\`=ä`);
  });
});

withBash('the check', () => {
  it.each([
    ['t', 0, 'The newest backup can be read and is recent.\n', ''],
    ['true', 0, 'The newest backup can be read and is recent.\n', ''],
    ['f', 1, '', 'The newest backup is older than 48 hours, or there is none.\n'],
    ['fails', 1, '', ''],
  ])('answered %s ends with %d', (answer, status, stdout, stderr) => {
    const result = run(verificationScript(context, backup(), 48 * 3600), { 'SHOW BACKUP': answer });
    expect(result).toMatchObject({ status, stdout, stderr });
    expect(result.statements).toEqual([
      "SELECT coalesce(max(end_time)::TIMESTAMPTZ > now() - INTERVAL '172800 seconds', false) FROM [SHOW BACKUP FROM LATEST IN 'gs://bucket/db'];",
    ]);
  });
});

withBash('the restore', () => {
  const answered = (restored: string, tables: string, settings = restore()) =>
    run(restoreScript(context, settings, ['First empty it.']), { 'WITH COMMENT': restored, 'crdb_internal.tables': tables });
  const kinds = (statements: readonly string[]) => statements.map((statement) => statement.split(' ').slice(0, 2).join(' '));

  it('waits for one that runs, restores into an empty database and marks it', () => {
    const { status, stdout, statements } = answered('0', '0', restore({ time: '2030-01-31 04:00:00' }));
    expect([status, stdout]).toEqual([0, 'Restored the backup.\n']);
    expect(kinds(statements)).toEqual(['SHOW JOBS', 'SELECT (SELECT', 'SELECT count(*)', 'RESTORE FROM', 'CREATE DATABASE', 'COMMENT ON']);
    expect(statements.slice(3)).toEqual([
      "RESTORE FROM LATEST IN 'gs://bucket/db' AS OF SYSTEM TIME '2030-01-31 04:00:00';",
      'CREATE DATABASE IF NOT EXISTS defaultdb;',
      "COMMENT ON DATABASE defaultdb IS 'restored from gs://bucket/db as of 2030-01-31 04:00:00';",
    ]);
  });

  it('is content with a database that has been restored from it', () => {
    const { status, stdout, statements } = answered('1', '40');
    expect([status, stdout]).toEqual([0, 'The backup is restored already.\n']);
    expect(statements.some((statement) => statement.startsWith('RESTORE'))).toBe(false);
  });

  it('refuses a database with tables, and says how to empty it', () => {
    const { status, stderr, statements } = answered('0', '40');
    expect([status, stderr]).toEqual([1, 'First empty it.\n']);
    expect(kinds(statements)).toEqual(['SHOW JOBS', 'SELECT (SELECT', 'SELECT count(*)']);
  });
});

withBash('whatever stands in the values', () => {
  /** What a literal stands for. */
  const valueOf = (statement: string, behind: string): string | undefined => {
    const found = new RegExp(`${behind} '((?:[^']|'')*)'`).exec(statement)?.[1];
    return found?.replaceAll("''", "'");
  };
  const odd = fc.string({
    unit: fc.constantFrom("'", '"', '\\', '$', '`', '(', ')', ';', '-', '!', '#', ' ', '\n', 'a', '{', '}', '%', '&', '<', 'ä', '🐳'),
  });

  it('reaches the database as it is: no quote, backslash or substitution ends a text', () => {
    fc.assert(
      fc.property(odd, odd, odd, (label, path, time) => {
        const url = `s3://${path}`;
        const { status, statements } = run(
          scheduleScript(context, backup({ label: `l${label}`, url, schedule: time, firstRun: `f${time}` })),
        );
        expect(status).toBe(0);
        const created = statements[1] ?? '';
        expect([
          valueOf(created, 'IF NOT EXISTS'),
          valueOf(created, 'INTO'),
          valueOf(created, 'RECURRING'),
          valueOf(created, 'first_run ='),
        ]).toEqual([`l${label}`, url, time, `f${time}`]);
        expect(statements).toHaveLength(2);
      }),
      { numRuns: 40, seed: 7 },
    );
  }, 60_000);
});
