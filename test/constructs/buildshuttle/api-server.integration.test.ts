// What a real API server says: which pods it warns of, and how a published Deployment comes into our hands.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import type { BuildshuttleValues } from '../../../constructs/buildshuttle/values';
import { writeYamlStream } from '../../../helm/yaml/write';
import { ROOT } from '../../support/cli';
import { apiServer, describeWith, findParts, succeed, type ApiServer } from '../../support/parts';
import { broken } from './restricted';
import { LEAST, render, TOKEN } from './synth';
import { describeWhere } from '../../support/beside';

const PUBLISHED = join(ROOT, '..', 'shared', 'parity', 'buildshuttle');
const VARIANTS: Readonly<Record<string, BuildshuttleValues>> = {
  host: LEAST.host,
  rootless: LEAST.worker,
  privileged: { ...LEAST.worker, engine: { privileged: true } },
  external: LEAST.externalWorker,
};

describeWith(findParts('etcd', 'kube-apiserver', 'kubectl'))('an API server', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await apiServer();
    await succeed(server.kubectl(['create', 'namespace', 'akkeris-system']));
  }, 120_000);
  afterAll(() => server?.stop(), 30_000);

  it.each(Object.entries(VARIANTS))('warns of what the mode %s cannot do without, and of nothing else', async (namespace, values) => {
    const labels = { 'pod-security.kubernetes.io/warn': 'restricted', 'pod-security.kubernetes.io/warn-version': 'latest' };
    await succeed(
      server.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } })),
    );
    const { objects, deployment } = render(values, { namespace });
    const { status, stderr } = await server.kubectl(['apply', '--server-side', '-f', '-'], writeYamlStream(objects as never));
    expect([status, stderr.split('\n').filter((line) => line !== '' && !/^Warning: would violate PodSecurity/.test(line))]).toEqual([
      0,
      [],
    ]);
    const told = /would violate PodSecurity "restricted:latest": (.*)/.exec(stderr)?.[1] ?? '';
    const { spec } = deployment as unknown as { spec: { template: { spec: Parameters<typeof broken>[0] } } };
    const ours = [...new Set(broken(spec.template.spec).map((line) => line.replace(/^[^:]*: /, '')))];
    expect(
      told === ''
        ? []
        : told
            .split(/, (?=[a-zA-Z !=0-9]+ \()/)
            .map((part) => part.replace(/ \(.*/, ''))
            .toSorted(),
    ).toEqual(ours.toSorted());
  });

  describeWhere(PUBLISHED).each([
    ['using-host', LEAST.host],
    ['with-worker', LEAST.worker],
    ['with-external-worker', LEAST.externalWorker],
  ] as const)('a published Deployment, %s', (name, values) => {
    const manifest = join(PUBLISHED, name, 'expected.yaml');
    const folder = mkdtempSync(join(tmpdir(), 'buildshuttle-'));
    afterAll(async () => {
      rmSync(folder, { recursive: true });
      await server?.kubectl(['delete', 'deployment', 'buildshuttle', '-n', 'akkeris-system']);
    });

    it('is replaced as the page has it, and stays the same object', async () => {
      // As Akkeris' guide has it: created, so that kubectl remembers nothing of it.
      await succeed(server.kubectl(['create', '-f', '-'], readFileSync(manifest, 'utf8')));
      const live = await succeed(server.kubectl(['get', 'deployment', 'buildshuttle', '-n', 'akkeris-system', '-o', 'yaml']));
      writeFileSync(join(folder, 'values.yaml'), JSON.stringify(values));
      const cli = (command: string, ...args: readonly string[]) =>
        spawnSync(
          process.execPath,
          [
            join(ROOT, 'bin', 'cdk8s-estafette'),
            command,
            'buildshuttle',
            'buildshuttle',
            '-n',
            'akkeris-system',
            '-f',
            join(folder, 'values.yaml'),
            ...args,
          ],
          { input: live, encoding: 'utf8' },
        );
      const { stdout, status } = cli('diff', '--check-upgrade');
      expect([status, stdout]).toEqual([1, expect.stringContaining('rollingUpdate')]);
      expect(stdout).toMatch(/kubectl patch deployment buildshuttle .*"rollingUpdate":null/);
      // Replaced as a whole: what an apply would leave of the published probes and containers is refused beside ours.
      const only = cli('template', '--show-only', 'Deployment/buildshuttle').stdout;
      const replaced = await server.kubectl(['replace', '-f', '-'], only);
      expect([replaced.status, replaced.stderr]).toEqual([0, '']);
      const applied = await server.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], cli('template').stdout);
      expect([applied.status, applied.stderr]).toEqual([0, '']);
      const now = await succeed(server.kubectl(['get', 'deployment', 'buildshuttle', '-n', 'akkeris-system', '-o', 'json']));
      const uid = /uid: (\S+)/.exec(live)?.[1];
      expect(JSON.parse(now)).toMatchObject({
        metadata: { uid },
        spec: { strategy: { type: 'Recreate' }, selector: { matchLabels: { name: 'buildshuttle' } } },
      });
      expect(now).not.toContain(TOKEN);
    }, 60_000);
  });
});
