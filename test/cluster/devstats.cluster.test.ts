// The database of DevStats on three nodes, with real Patroni and PostgreSQL: a leader is elected with our rights alone, its death costs no row.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { renderRelease } from '../../cli/render';
import { PATRONI_IMAGE, PATRONI_PARTS, patroniArchive } from '../support/images/patroni';
import { ROOT } from '../support/cli';
import { project } from '../constructs/devstats/synth';
import { readValues } from '../../helm/yaml/read';
import { cluster, CLUSTER_PARTS, describeWith, findParts, findRootParts, succeed, type Cluster } from '../support/parts';

const parts = findRootParts(...CLUSTER_PARTS) && findParts(...PATRONI_PARTS);
const NAME = 'devstats-postgres';

const VALUES = {
  skipCrons: 1,
  skipGrafanas: 1,
  skipServices: 1,
  skipIngress: 1,
  pgAdminUser: 'postgres',
  pgHost: NAME,
  pgHostRO: `${NAME}-ro`,
  pgPort: 5432,
  pgPass: 'secret',
  pgPassRO: 'ro',
  pgPassTeam: 'team',
  pgPassRep: 'replication',
  githubOAuth: '-',
  grafanaUser: '-',
  grafanaPassword: '-',
  // Three times what the chart asks for does not fit on the machine of the tests.
  requestsPostgresCPU: '50m',
  requestsPostgresMemory: '128Mi',
  imagePullPolicy: 'IfNotPresent',
  storageClass: 'standard',
  postgresStorageSize: '1Gi',
};

const DATABASE = { ...VALUES, skipBootstrap: 1, skipPVs: 1, skipProvisions: 1 };
const PROJECTS = {
  ...VALUES,
  skipPostgres: 1,
  useBootstrapResourcesLimits: 0,
  useProvisionsResourcesLimits: 0,
  appNodeSelector: { node2: null },
  bootstrapCommand: 'sh',
  bootstrapCommandArgs: ['-c', 'echo bootstrapped from $PG_HOST'],
  provisionCommand: 'sh',
  provisionCommandArgs: ['-c', 'echo provisioned $PROJ | tee -a /root/log'],
};

/** The pod that the example makes, to look around in. */
const DEBUG = readValues(readFileSync(join(ROOT, 'examples', 'devstats', 'debug-provision.yaml'), 'utf8'), 'debug-provision.yaml');

/** Inserts numbers one after the other, and notes each one whose commit was answered. */
const WRITER = `i=$(tail -n 1 /tmp/committed 2>/dev/null || echo 0); i=\${i:-0}
while [ ! -e /tmp/stop ]; do
  i=$((i + 1))
  psql -qc "insert into rows values ($i)" >/dev/null 2>&1 && echo $i >> /tmp/committed
  sleep 0.1
done`;

/** Asks until the answer fits. @throws Error with the last answer */
async function eventually<T>(what: string, ask: () => Promise<T>, fits: (answer: T) => boolean, seconds: number): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask().catch((error: unknown) => error);
    if (!(answer instanceof Error) && fits(answer as T)) return answer as T;
    if (Date.now() > deadline) throw new Error(`${what}: after ${seconds} s: ${String(answer)}`);
    await sleep(500);
  }
}

describeWith(parts)('the database of DevStats on three nodes', () => {
  let subject: Cluster;

  beforeAll(async () => {
    subject = await cluster({ nodes: 3 });
    const scratch = mkdtempSync(join(tmpdir(), 'patroni-'));
    if (parts) await subject.load(patroniArchive(scratch, parts));
    rmSync(scratch, { recursive: true });
    await succeed(subject.kubectl(['label', 'nodes', '--all', 'node=devstats-db']));
  }, 400_000);
  afterAll(() => subject?.stop(), 60_000);

  describe.each(['endpoints', 'configmaps'] as const)('with its leader in %s', (postgresLeaderElection) => {
    const namespace = `devstats-${postgresLeaderElection}`;
    const kubectl = (...args: string[]): Promise<string> => succeed(subject.kubectl(['--namespace', namespace, ...args]));
    const inClient = (script: string): Promise<string> => kubectl('exec', 'client', '--', 'sh', '-c', script);
    const leader = async (): Promise<string> =>
      (await kubectl('get', 'pods', '-l', 'role=master', '-o', 'jsonpath={.items[*].metadata.name}')).trim();
    const replicas = async (): Promise<number> =>
      (await kubectl('get', 'pods', '-l', 'role=replica', '-o', 'name')).trim().split('\n').filter(Boolean).length;
    const ready = async (): Promise<string> => kubectl('get', 'statefulset', NAME, '-o', 'jsonpath={.status.readyReplicas}');
    const write = async (value: number): Promise<string> => inClient(`psql -qc "insert into rows values (${value})"`);
    /** Numbers whose commit was answered and that a query of the given host does not find. */
    const lost = async (host: string): Promise<string> =>
      inClient(
        `psql -h ${host} -Atc "select id from rows" | sort > /tmp/found; sort /tmp/committed | comm -23 - /tmp/found | tr '\\n' ' '`,
      );
    /** Leader, and the replica that has each row before its commit is answered: until Patroni has chosen one, commits wait for nobody. */
    const synchronous = (): Promise<string> =>
      kubectl(
        'get',
        postgresLeaderElection,
        `${NAME}-sync`,
        '-o',
        'jsonpath={.metadata.annotations.leader} {.metadata.annotations.sync_standby}',
      );
    const whole = async (): Promise<void> => {
      await eventually('three ready nodes', ready, (count) => count === '3', 180);
      await eventually('two replicas', replicas, (count) => count === 2, 60);
      const now = await leader();
      await eventually('a synchronous replica', synchronous, (answer) => answer.startsWith(`${now} ${NAME}-`), 60);
    };

    const apply = async (values: Record<string, unknown> = {}): Promise<void> => {
      const { manifests } = renderRelease({
        release: 'devstats',
        chart: 'devstats',
        namespace,
        createNamespace: true,
        values: [{ ...DATABASE, postgresLeaderElection, ...values }],
      });
      await succeed(subject.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], manifests));
    };

    beforeAll(async () => {
      await apply();
      const client = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'client', namespace },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: 'client',
              image: PATRONI_IMAGE,
              imagePullPolicy: 'IfNotPresent',
              command: ['sleep', '86400'],
              env: Object.entries({ PGHOST: NAME, PGUSER: 'postgres', PGPASSWORD: 'secret', PGCONNECT_TIMEOUT: '3' }).map(
                ([name, value]) => ({ name, value }),
              ),
            },
          ],
        },
      };
      await succeed(subject.kubectl(['apply', '-f', '-'], JSON.stringify(client)));
    }, 60_000);

    afterAll(async () => {
      if (subject) await succeed(subject.kubectl(['delete', 'namespace', namespace, '--timeout=120s']));
    }, 130_000);

    it('elects one leader, with each node on a machine of its own', async () => {
      await whole();
      expect(await leader()).toMatch(/^devstats-postgres-[0-2]$/);
      const machines = (await kubectl('get', 'pods', '-l', 'type=postgres', '-o', 'jsonpath={.items[*].spec.nodeName}')).split(' ');
      expect(machines.toSorted()).toEqual(['node-1', 'node-2', 'node-3']);
      // What a container gets by itself is 64 MiB.
      const [type, size] =
        (await kubectl('exec', `${NAME}-0`, '--', 'df', '--output=fstype,size', '--block-size=1M', '/dev/shm'))
          .trim()
          .split('\n')
          .at(-1)
          ?.trim()
          .split(/\s+/) ?? [];
      expect([type, Number(size) > 64]).toEqual(['tmpfs', true]);
    }, 300_000);

    it('keeps its leader where it was told to', async () => {
      const [kept, other] = postgresLeaderElection === 'endpoints' ? ['endpoints', 'configmaps'] : ['configmaps', 'endpoints'];
      const annotated = async (kind: string): Promise<string> =>
        (await kubectl('get', kind, '-o', 'jsonpath={range .items[*]}{.metadata.annotations.leader} {end}')).trim();
      expect(await annotated(kept ?? '')).toContain(await leader());
      expect(await annotated(other ?? '')).toBe('');
      expect(await kubectl('logs', '-l', 'type=postgres', '--tail=-1')).not.toMatch(/forbidden/i);
    });

    it("shows on the replicas' Service what was written through the master's", async () => {
      await eventually(
        'the master takes connections',
        () => inClient('psql -Atc "select 1"'),
        (answer) => answer === '1\n',
        60,
      );
      await inClient('psql -qc "create table rows (id int primary key)"');
      await write(-1);
      await eventually(
        'the row on a replica',
        () => inClient(`psql -h ${NAME}-ro -Atc "select id, pg_is_in_recovery() from rows"`),
        (answer) => answer === '-1|t\n',
        30,
      );
      await expect(inClient(`psql -h ${NAME}-ro -qc "insert into rows values (-2)" 2>&1`)).rejects.toThrow('read-only transaction');
    }, 120_000);

    it("has a new leader within a minute of the old one's death, and no committed row is lost", async () => {
      await inClient(`cat > /tmp/writer <<'EOF'\n${WRITER}\nEOF\nrm -f /tmp/stop; nohup sh /tmp/writer >/dev/null 2>&1 &`);
      await eventually(
        'rows are written',
        async () => Number(await inClient('wc -l < /tmp/committed')),
        (count) => count > 20,
        60,
      );
      const old = await leader();
      // It does not come back where it was: another one has to take over.
      const machine = await kubectl('get', 'pod', old, '-o', 'jsonpath={.spec.nodeName}');
      await kubectl('cordon', machine);
      const before = Number(await inClient('wc -l < /tmp/committed'));
      const killed = Date.now();
      await kubectl('delete', 'pod', old, '--force', '--grace-period=0');
      await eventually(
        'rows are written again',
        async () => [await leader(), Number(await inClient('wc -l < /tmp/committed'))] as const,
        ([who, count]) => who !== '' && who !== old && count > before + 20,
        60,
      );
      expect(Date.now() - killed).toBeLessThan(60_000);
      await kubectl('uncordon', machine);
      await whole();
      await inClient('touch /tmp/stop');
      await sleep(1000);
      expect(await lost(NAME)).toBe('');
      await eventually(
        'all rows on the replicas',
        () => lost(`${NAME}-ro`),
        (rows) => rows === '',
        30,
      );
    }, 400_000);

    it('comes back with its data when all three pods are gone at once', async () => {
      await write(-3);
      const rows = await inClient('psql -Atc "select count(*) from rows"');
      await kubectl('delete', 'pods', '-l', 'type=postgres', '--force', '--grace-period=0');
      await eventually(
        'the master takes connections',
        () => inClient('psql -Atc "select count(*) from rows"'),
        (answer) => answer === rows,
        180,
      );
      await whole();
      expect(await lost(NAME)).toBe('');
      await eventually('a row is taken', () => write(-4).then(() => true), Boolean, 60);
      // A row that is not there would be noticed.
      await inClient('echo 1000000 >> /tmp/committed');
      expect(await lost(NAME)).toBe('1000000 ');
      await inClient("sed -i '$d' /tmp/committed");
    }, 400_000);

    it('takes a setting of Patroni while it runs, by the documented command', async () => {
      const set = (value: boolean): Promise<string> =>
        kubectl('exec', `${NAME}-0`, '--', 'patronictl', 'edit-config', '--force', '--set', `synchronous_mode=${value}`);
      await set(false);
      await eventually('no synchronous replica', synchronous, (answer) => !answer.includes(NAME), 60);
      await set(true);
      await whole();
      expect(await kubectl('exec', `${NAME}-0`, '--', 'patronictl', 'list')).toContain('Sync Standby');
    }, 200_000);

    it('comes back by the documented way when the first pod has lost its data and all pods are gone', async () => {
      const members = async (): Promise<string> =>
        (
          await kubectl(
            'get',
            'pods',
            '-l',
            'type=postgres',
            '-o',
            'jsonpath={.items[*].metadata.name} {.items[*].status.containerStatuses[0].ready}',
          )
        ).trim();
      await kubectl('delete', 'pvc', `pgdata-${NAME}-0`, '--wait=false');
      await kubectl('delete', 'pods', '-l', 'type=postgres', '--force', '--grace-period=0');
      await eventually('the first pod alone', members, (answer) => answer === `${NAME}-0 false`, 120);
      await sleep(45_000);
      expect(await members()).toBe(`${NAME}-0 false`);

      await apply({ postgresReadinessPath: '/patroni' });
      await kubectl('delete', 'pod', `${NAME}-0`);
      await whole();
      expect(await lost(NAME)).toBe('');
      await apply();
      await kubectl('rollout', 'status', 'statefulset', NAME, '--timeout=300s');
      await whole();
      expect(await lost(NAME)).toBe('');
      await eventually('a row is taken', () => write(-5).then(() => true), Boolean, 60);
    }, 900_000);
  });

  describe('projects', () => {
    const namespace = 'devstats-projects';
    const kubectl = (...args: string[]): Promise<string> => succeed(subject.kubectl(['--namespace', namespace, ...args]));
    const apply = async (values: Record<string, unknown>): Promise<void> => {
      const { manifests } = renderRelease({
        release: 'devstats',
        chart: 'devstats',
        namespace,
        createNamespace: true,
        values: [{ ...PROJECTS, mainProject: 'alpha', ...values }],
      });
      await succeed(subject.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], manifests));
    };
    const provisioned = async (): Promise<void> => {
      await kubectl('wait', '--for=condition=Complete', 'job', '-l', 'type=provision', '--timeout=90s');
    };
    const log = (proj: string): Promise<string> => kubectl('logs', '-l', `type=provision,proj=${proj}`);
    const pods = async (): Promise<string[]> => (await kubectl('get', 'pods', '-o', 'name')).trim().split('\n');
    const TWO = [project('alpha', 1), project('beta', 2)];

    it('are provisioned once each, after the bootstrap, with a volume of their own', async () => {
      await apply({ projects: TWO });
      await kubectl('wait', '--for=condition=Complete', 'job', '-l', 'type=boot', '--timeout=90s');
      await provisioned();
      expect(await kubectl('logs', '-l', 'type=boot')).toBe(`bootstrapped from ${NAME}\n`);
      expect([await log('alpha'), await log('beta')]).toEqual(['provisioned alpha\n', 'provisioned beta\n']);
      const before = await pods();
      await apply({ projects: TWO });
      await apply({ projects: [...TWO, project('gamma', 3)], githubOAuth: 'rotated' });
      await provisioned();
      expect((await pods()).filter((pod) => !before.includes(pod)).map((pod) => pod.replace(/(-[0-9a-z]+){2}$/, ''))).toEqual([
        'pod/devstats-provision-bootstrap',
        'pod/devstats-provision-gamma',
      ]);
    }, 240_000);

    it('are provisioned anew when their Job was deleted', async () => {
      await kubectl('delete', 'job', '-l', 'type=provision,proj=alpha');
      await apply({ projects: TWO });
      await provisioned();
      expect(await log('alpha')).toBe('provisioned alpha\n');
      // The claim is the same: both runs wrote to it.
      await apply({ projects: TWO, ...DEBUG });
      const job =
        (await kubectl('get', 'job', '-l', 'type=provision,proj=alpha', '-o', 'name'))
          .trim()
          .split('\n')
          .find((name) => name.includes('/debug-')) ?? '';
      await kubectl('wait', '--for=condition=Ready', 'pod', '-l', `job-name=${job.replace('job.batch/', '')}`, '--timeout=60s');
      expect(await kubectl('exec', job, '--', 'bash', '-c', 'echo $PROJ; cat /root/log')).toBe(
        'alpha\nprovisioned alpha\nprovisioned alpha\n',
      );
      await kubectl('delete', job);
    }, 240_000);
  });
});
