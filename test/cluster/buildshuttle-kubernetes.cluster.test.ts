// Builds on Kubernetes, on a cluster: each a Job that builds and pushes, through a service of two replicas of which any may be lost.
import { BUILD_PORT } from '../../constructs/buildshuttle/names';
import { sourcesOf, type BuildStatus } from '../support/build-client';
import { BUILDS_PARTS, buildsCluster, LITTLE, type BuildsCluster, type BuildsRelease } from '../support/builds-cluster';
import { certificates } from '../support/certificates';
import { describeWith, dockerEngine, eventually, findRootParts, succeed, type DockerEngine } from '../support/parts';
import { METADATA } from '../support/parts/cluster/network-policies';
import { PAUSE_IMAGE } from '../support/parts/cluster/node';

const parts = findRootParts(...BUILDS_PARTS, 'dockerd', 'containerd', 'runc');
const PARALLEL = 2;
/** Of a step that a cache saves. */
const STEP_SECONDS = 10;

describeWith(parts)('builds on Kubernetes', () => {
  let subject: BuildsCluster;
  let release: BuildsRelease;
  let engine: DockerEngine | undefined;
  const kubectl = (...args: string[]): Promise<string> => release.kubectl(...args);
  const names = (kind: string, labels: string): Promise<string[]> => release.names(kind, labels);
  const sources = (text: string, seconds = 0): string =>
    sourcesOf(parts?.busybox ?? '', `/bin/busybox echo ${text} && /bin/busybox sleep ${seconds}`);

  beforeAll(async () => {
    if (!parts) return;
    subject = await buildsCluster(parts);
    release = await subject.release('builds', { builds: { parallel: PARALLEL, resources: LITTLE, registryCache: true } });
  }, 300_000);
  afterAll(async () => {
    await subject?.stop();
    await engine?.stop();
  }, 120_000);

  async function toldOnce(number: number, end: BuildStatus): Promise<void> {
    const finals = await eventually(
      () => Promise.resolve(subject.callbacks.finals('/web', number)),
      (calls) => calls.length > 0,
    );
    expect(finals).toEqual([
      expect.objectContaining({ authorization: 'hmac', body: expect.objectContaining({ id: number, digest: end.digest }) }),
    ]);
  }

  /** Posts a build, and does something once its step has begun. */
  async function disturb(number: number, how: () => Promise<unknown>): Promise<BuildStatus> {
    await release.client.post(number, sources(`step-${number}`, 15));
    await eventually(
      () => release.client.log(number),
      (log) => log.split('\n').some((line) => line.endsWith(` step-${number}`)),
      90,
    );
    await how();
    return release.client.ended(number);
  }

  it('are a Job each, which builds, pushes, and leaves no secret', async () => {
    expect(await release.client.post(2, sources('step-2'))).toEqual([200, { status: 'ok' }]);
    const log = await release.client.log(2, true);
    const end = await release.client.ended(2);
    expect(end).toMatchObject({ status: 'succeeded', reason: null, attempts: 1 });
    expect(log).toMatch(/^#\d+ step-2$/m);
    expect(log.trimEnd().split('\n').at(-1)).toBe(`Build succeeded: ${end.digest}`);
    expect([await release.digestOf('1.2'), await release.digestOf('latest')]).toEqual([end.digest, end.digest]);
    await toldOnce(2, end);
    const [job = ''] = await names('jobs', 'app=web,build-worker/state=succeeded');
    expect(await kubectl('logs', `job/${job}`, '-c', 'build')).toBe(log.replace(/Build succeeded: .*\n$/, ''));
    expect(await names('secrets', 'build-worker/worker=buildshuttle')).toEqual(['buildshuttle-key']);
  }, 240_000);

  it('show their state and their image to kubectl, as the documentation has it', async () => {
    const columns = 'STATE:.metadata.labels.build-worker/state,IMAGE:.metadata.annotations.build-worker/image';
    expect((await kubectl('get', 'jobs', '-l', 'app=web', '-o', `custom-columns=${columns}`)).split('\n')).toContainEqual(
      expect.stringMatching(new RegExp(`^succeeded +${subject.registry.address}/${release.client.image}:1\\.2$`)),
    );
  });

  /** Seconds of two builds of the same sources, the second of which finds the step in a cache. */
  async function twice({ client }: BuildsRelease, numbers: readonly number[], text: string): Promise<readonly number[]> {
    const seconds = [];
    for (const number of numbers) {
      const begun = performance.now();
      await client.post(number, sources(text, STEP_SECONDS));
      expect(await client.ended(number)).toMatchObject({ status: 'succeeded', attempts: 1 });
      seconds.push((performance.now() - begun) / 1000);
      const log = await client.log(number);
      // Other steps may be those of builds before.
      const printed = new RegExp(`^#\\d+ ${text}$`, 'm');
      if (seconds.length === 1) expect(log).toMatch(printed);
      else expect(log).not.toMatch(printed);
    }
    return seconds;
  }
  const tell = (what: string, seconds: readonly number[]): boolean =>
    process.stdout.write(`${what}: ${seconds.map((each) => each.toFixed(1)).join(' s, then ')} s\n`);

  it('find their steps in the registry again, where that is chosen', async () => {
    tell('a layer cache in the registry', await twice(release, [21, 22], 'in-the-registry'));
  }, 240_000);

  it('take over from a queue on one machine, once that is empty, and nothing is lost', async () => {
    const before = await subject.release('moved', { mode: 'worker', builds: { parallel: 1 } });
    const { client } = before;
    for (const number of [31, 32]) await client.post(number, sources(`step-${number}`, 2));
    const busy = async (): Promise<string[]> =>
      (await (await client.ask('/metrics')).text())
        .split('\n')
        .filter((line) => /^build_worker_(builds|callbacks_waiting|uploads_waiting)[{ ]/.test(line) && !line.endsWith(' 0'));
    expect((await busy()).length).toBeGreaterThan(0);
    await eventually(busy, (lines) => lines.length === 0, 120);
    const after = await subject.release('moved');
    // The same Service and token. The sources are asked of the new one, which has them from the old one's bucket.
    await client.post(33, `${client.url}/${client.uuid(32)}`);
    const end = await client.ended(33);
    expect(end).toMatchObject({ status: 'succeeded', attempts: 1 });
    expect(await client.log(33)).toContain('step-32');
    expect(await after.digestOf('latest')).toBe(end.digest);
    for (const number of [31, 32, 33]) {
      expect(subject.callbacks.finals('/web', number).map(({ body }) => body.status)).toEqual(['succeeded']);
      expect(await after.digestOf(`1.${number}`)).toMatch(/^sha256:/);
    }
  }, 280_000);

  it('share an engine that is elsewhere, over mutual TLS, and its cache', async () => {
    const { cluster } = subject;
    const { machine } = cluster.addresses;
    const tls = certificates(cluster.folder, machine);
    engine = await dockerEngine({
      insecureRegistries: [subject.registry.address],
      flags: [`--host=tcp://${machine}:2376`, '--tlsverify', `--tlscacert=${tls.authority}`].concat(
        `--tlscert=${tls.server.certificate}`,
        `--tlskey=${tls.server.key}`,
      ),
    });
    await succeed(cluster.kubectl(['create', 'namespace', 'external']));
    const files = [
      `--from-file=ca.crt=${tls.authority}`,
      `--from-file=tls.crt=${tls.client.certificate}`,
      `--from-file=tls.key=${tls.client.key}`,
    ];
    await succeed(cluster.kubectl(['create', 'secret', 'generic', 'engine-tls', '-n', 'external', ...files]));
    const external = await subject.release('external', { engine: { host: machine, tls: { existingSecret: 'engine-tls' } }, replicas: 1 });
    tell('an engine elsewhere', await twice(external, [23, 24], 'elsewhere'));
    const beside = 'jsonpath={.items[*].spec.containers[*].name} {.items[*].spec.initContainers[*].name}';
    expect((await external.kubectl('get', 'pods', '-l', 'build-worker/number=24', '-o', beside)).trim()).toBe('build');
    await succeed(cluster.kubectl(['delete', 'namespace', 'external', '--wait=false']));
  }, 240_000);

  it('reach the registry, and neither the API server nor the service, the metadata of the node or each other', async () => {
    const { cluster, registry } = subject;
    const [machine = '', port = ''] = registry.address.split(':');
    const pods = await kubectl('get', 'pods', '-l', 'app=buildshuttle,name=buildshuttle', '-o', 'jsonpath={.items[0].status.podIP}');
    const targets = {
      registry: [machine, port],
      names: [cluster.addresses.dns, '53'],
      server: [cluster.addresses.controlPlane, '6443'],
      kubernetes: ['kubernetes.default.svc.cluster.local', '443'],
      service: [new URL(release.client.url).hostname, '80'],
      replica: [pods, '9000'],
      metadata: [METADATA, '80'],
    };
    // What is open may take its time on a busy machine.
    const look = (more: Readonly<Record<string, readonly string[]>> = {}, open: readonly string[] = ['registry', 'names']): string =>
      Object.entries({ ...targets, ...more })
        .map(([name, [host, number]]) => {
          const seconds = open.includes(name) ? 20 : 3;
          return `/bin/busybox nc -w ${seconds} ${host} ${number} </dev/null >/dev/null 2>&1 && echo ${name}-open`;
        })
        .join('; ');
    // Who is no build reaches all of them, so that what is closed is the policy's doing.
    const shell = ['run', 'anybody', '-n', 'default', `--image=${PAUSE_IMAGE}`, '--image-pull-policy=Never', '--restart=Never'];
    await succeed(cluster.kubectl([...shell, '--command', '--', '/bin/busybox', 'sleep', '3600']));
    await succeed(cluster.kubectl(['wait', '--for=condition=Ready', 'pod/anybody', '-n', 'default', '--timeout=60s']));
    const ask = async (script: string): Promise<string[]> => {
      const command = ['exec', 'anybody', '-n', 'default', '--', '/bin/busybox', 'sh', '-c', `${script}; true`];
      return (await succeed(cluster.kubectl(command))).match(/\w+(?=-open$)/gm) ?? [];
    };
    expect(await ask(look({}, Object.keys(targets)))).toEqual(Object.keys(targets));
    let other = '';
    let reached: string[] = [];
    await disturb(7, async () => {
      other = await kubectl('get', 'pods', '-l', 'build-worker/number=7', '-o', 'jsonpath={.items[0].status.podIP}');
      reached = await ask(`/bin/busybox nc -w 3 ${other} ${BUILD_PORT} </dev/null >/dev/null 2>&1 && echo build-open`);
      await release.client.post(8, sources(`${look({ build: [other, String(BUILD_PORT)] })}; true`));
      expect(await release.client.ended(8)).toMatchObject({ status: 'succeeded', attempts: 1 });
    });
    expect(reached).toEqual([]);
    expect((await release.client.log(8)).match(/(?<=^#\d+ )\w+(?=-open$)/gm)).toEqual(['registry', 'names']);
    // The service leads builds through the API server, and gets no more of the node's credentials than they do.
    const connect = `const [host, port] = process.argv.slice(1); require('net').connect({ host, port, timeout: 20000 })
      .on('connect', () => process.exit(0)).on('timeout', () => process.exit(1)).on('error', () => process.exit(1))`;
    const fromService = async ([host, number]: readonly string[]): Promise<boolean> =>
      (await cluster.kubectl(['exec', 'deployment/buildshuttle', '-n', 'builds', '--', 'node', '-e', connect, `${host}`, `${number}`]))
        .status === 0;
    expect([await fromService(targets.kubernetes), await fromService(targets.metadata)]).toEqual([true, false]);
  }, 240_000);

  it('begin again when their pod is deleted', async () => {
    const end = await disturb(3, async () => {
      const pods = await names('pods', 'build-worker/number=3');
      await kubectl('delete', 'pod', ...pods, '--grace-period=0', '--force');
    });
    expect(end).toMatchObject({ status: 'succeeded', attempts: 2 });
    expect(await release.digestOf('1.3')).toBe(end.digest);
    await toldOnce(3, end);
    expect(await release.client.log(3)).toMatch(/the pod was deleted\. The build is tried again\./);
  }, 240_000);

  it('go on when their leader is killed, which is replaced within 20 s', async () => {
    const before = await release.leader();
    const end = await disturb(4, async () => {
      const killed = Date.now();
      await kubectl('delete', 'pod', before, '--grace-period=0', '--force');
      await eventually(release.leader, (name) => name !== before && name !== '', 60);
      expect(Date.now() - killed).toBeLessThan(20_000);
    });
    expect(end).toMatchObject({ status: 'succeeded', attempts: 1 });
    await toldOnce(4, end);
    const log = await release.client.log(4);
    expect(log.match(/ step-4$/gm)).toHaveLength(1);
    expect(log).toMatch(/Build succeeded: .*\n$/);
  }, 240_000);

  it('leave no Job, pod or Secret within 10 s when they are stopped', async () => {
    let stopped = 0;
    const end = await disturb(5, async () => {
      const begun = Date.now();
      await release.client.ask(`/web-11111111-1111-4111-8111-111111111111/5`, { method: 'DELETE' });
      await eventually(
        async () => [...(await names('jobs', 'build-worker/number=5')), ...(await names('pods', 'build-worker/number=5'))],
        (left) => left.length === 0,
      );
      stopped = Date.now() - begun;
    });
    expect(end).toMatchObject({ status: 'stopped' });
    expect(stopped).toBeLessThan(10_000);
    expect(await names('secrets', 'build-worker/worker=buildshuttle')).toEqual(['buildshuttle-key']);
  }, 240_000);

  it('wait as suspended Jobs: of many at once no more run than may', async () => {
    const numbers = [61, 62, 63, 64, 65, 66];
    let peak = 0;
    let over = false;
    const watching = (async () => {
      while (!over) {
        const phases = (
          await kubectl('get', 'pods', '-l', 'build-worker/worker=buildshuttle', '-o', 'jsonpath={.items[*].status.phase}')
        ).split(' ');
        peak = Math.max(peak, phases.filter((phase) => phase === 'Running' || phase === 'Pending').length);
      }
    })();
    const ends = await Promise.all(
      numbers.map(async (number) => {
        await release.client.post(number, sources(`step-${number}`, 2));
        return release.client.ended(number, 200);
      }),
    );
    over = true;
    await watching;
    expect(ends.map(({ status }) => status)).toEqual(numbers.map(() => 'succeeded'));
    expect(peak).toBe(PARALLEL);
  }, 280_000);
});
