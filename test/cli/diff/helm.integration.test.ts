// Against what the published chart prints, only what we mean to mend is different.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describeWhere } from '../../support/beside';
import { cli, ROOT } from '../../support/cli';
import { describeWithHelm } from '../../support/helm';

const CHART = join(ROOT, '..', 'shared', 'charts', 'estafette-ci-1.5.14.tgz');
const CLUSTER = ['--kube-version', '1.31.0', '--api-versions', 'batch/v1/CronJob', '--api-versions', 'networking.k8s.io/v1/Ingress'];
const KEYS = [
  '--set',
  'api.secret.secretDecryptionKey=SazbwMf3NZxVVbBqQHebPcXCqrVn3DDp,api.secret.jwtKey=qtkdEb5SNsRJ6bBnQaXaYpHjJhb9tgYn',
];

interface Field {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly hidden?: boolean;
}
interface Json {
  readonly objects: readonly { readonly change: string; readonly kind: string; readonly name: string; readonly fields: readonly Field[] }[];
}

const withoutBlankLines = (text: unknown): string =>
  String(text)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .join('\n');
const withoutComments = (text: unknown): string => withoutBlankLines(String(text).replaceAll(/^\s*#.*$/gm, ''));

/** The mends, each with its reason. */
const MENDS: readonly ((name: string, field: Field) => boolean)[] = [
  // Comments in NATS' configuration are no longer those of the chart.
  (name, { path, before, after }) =>
    name === 'ConfigMap/estafette-ci-queue-config' && path === 'data[nats.conf]' && withoutComments(before) === withoutComments(after),
  // A typo in the chart's defaults keeps the policy from the CronJob (finding 9).
  (name, { path }) => name === 'CronJob/estafette-ci-cron-event-sender' && path === 'spec.concurrencyPolicy',
  // The chart writes blank lines into scripts.
  (_name, { path, before, after }) => /(command|args)\[\d\]$/.test(path) && withoutBlankLines(before) === withoutBlankLines(after),
  // Checksums are over a text that is written in another way.
  (_name, { path, hidden }) => /annotations\[checksum\//.test(path) && hidden === true,
  // A second port of the same number and name gets a warning of the server, and is not served by this container.
  (name, { path }) => name === 'StatefulSet/estafette-ci-queue' && path === 'spec.template.spec.containers[nats].ports[7777]',
];

describeWhere(CHART)('the published chart, where it is beside the checkout', () => {
  describeWithHelm('helm template of the published chart', (helm) => {
    it('compared with what our own chart installs: nothing is added, neither tests nor what uninstalls', () => {
      const { stdout } = spawnSync(helm, ['template', 'estafette-ci', CHART, '-n', 'estafette-ci', ...CLUSTER, ...KEYS], {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
      const result = cli(
        ['diff', 'estafette-ci', 'estafette-ci', '-n', 'estafette-ci', ...CLUSTER, ...KEYS, '--target', 'helm', '--output', 'json'],
        { input: stdout },
      );
      const { objects } = JSON.parse(result.stdout) as Json;
      expect(objects.filter(({ change }) => change !== 'changed')).toEqual([]);
      expect(result.stderr).not.toContain('helm get hooks');
    });

    it.each([
      ['defaults', []],
      ['high availability', ['-f', join(ROOT, 'examples', 'estafette-ci', 'ha.yaml')]],
      ['requests and limits', ['-f', join(ROOT, 'examples', 'estafette-ci', 'resources.yaml')]],
    ])('%s', (_title, flags) => {
      const { stdout, status } = spawnSync(helm, ['template', 'estafette-ci', CHART, '-n', 'estafette-ci', ...CLUSTER, ...KEYS, ...flags], {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
      expect(status).toBe(0);
      const result = cli(
        ['diff', 'estafette-ci', 'estafette-ci', '-n', 'estafette-ci', ...CLUSTER, ...KEYS, ...flags, '--output', 'json'],
        { input: stdout },
      );
      expect(result.status).toBe(1);
      const { objects } = JSON.parse(result.stdout) as Json;
      const others = objects.flatMap(({ change, kind, name, fields }) =>
        change === 'changed'
          ? fields.filter((field) => !MENDS.some((mend) => mend(`${kind}/${name}`, field))).map(({ path }) => `${kind}/${name} ${path}`)
          : [`${change} ${kind}/${name}`],
      );
      expect(others).toEqual([]);
      expect(objects.length).toBeGreaterThan(2);
    });
  });
});
