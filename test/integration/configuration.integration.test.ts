// Configuration text that we generate is read by the program it is for: Prometheus, Alertmanager, NATS. For every example and every parity case.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderRelease } from '../../cli/render';
import { casesOf } from '../support/cases';
import { describeWith, findParts } from '../support/parts';

type Plain = Record<string, unknown>;
interface ConfigMap {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
}

const all = casesOf('estafette-ci');
const everyProgram: Plain = { metrics: { enabled: true, alertmanager: { enabled: true } }, queue: { enabled: true } };

function configMaps(values: readonly Plain[]): ConfigMap[] {
  const { plan } = renderRelease({ release: 'estafette-ci', chart: 'estafette-ci', namespace: 'estafette-ci', values });
  return plan.map(({ object }) => object as unknown as ConfigMap).filter(({ kind }) => kind === 'ConfigMap');
}

const scratch = mkdtempSync(join(tmpdir(), 'configuration-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** The ConfigMap as a pod would see it mounted. */
function mounted(configMap: ConfigMap): string {
  const folder = mkdtempSync(join(scratch, 'mount-'));
  for (const [file, text] of Object.entries(configMap.data ?? {})) {
    // Prometheus finds its rules where the chart mounts them.
    writeFileSync(
      join(folder, file),
      text.replaceAll('/etc/config/', `${folder}/`).replaceAll('/var/run/secrets/kubernetes.io/serviceaccount/', `${folder}/`),
    );
  }
  for (const file of ['ca.crt', 'token']) writeFileSync(join(folder, file), '');
  mkdirSync(join(folder, 'run'), { recursive: true });
  return folder;
}

const parts = findParts('promtool', 'amtool', 'nats-server');

function check(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, ...env } });
  expect([status, status === 0 ? '' : `${stdout}${stderr}`]).toEqual([0, '']);
}

describeWith(parts)('generated configuration', () => {
  const programs = parts as NonNullable<typeof parts>;

  it.each(all)('promtool and amtool accept $name', ({ values }) => {
    const read = configMaps([...values, everyProgram]).filter(
      ({ data }) => data && ('prometheus.yml' in data || 'alertmanager.yml' in data),
    );
    expect(read.length).toBeGreaterThan(0);
    for (const configMap of read) {
      const folder = mounted(configMap);
      if (configMap.data?.['prometheus.yml'] !== undefined) check(programs.promtool, ['check', 'config', join(folder, 'prometheus.yml')]);
      if (configMap.data?.['alertmanager.yml'] !== undefined) check(programs.amtool, ['check-config', join(folder, 'alertmanager.yml')]);
    }
  });

  it.each(all)('nats-server accepts $name', ({ values }) => {
    const read = configMaps([...values, everyProgram]).filter(({ data }) => data && 'nats.conf' in data);
    expect(read).toHaveLength(1);
    for (const configMap of read) {
      const folder = mounted(configMap);
      writeFileSync(
        join(folder, 'nats.conf'),
        (configMap.data?.['nats.conf'] ?? '').replaceAll('/var/run/nats/', `${folder}/run/`).replaceAll('/data/', `${folder}/run/`),
      );
      check(programs['nats-server'], ['-t', '-c', join(folder, 'nats.conf')], {
        POD_NAME: 'queue-0',
        POD_NAMESPACE: 'ci',
        SERVER_NAME: 'queue-0',
        CLUSTER_ADVERTISE: 'queue-0.queue.ci.svc.cluster.local',
      });
    }
  });
});
