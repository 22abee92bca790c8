// Objects of one's own with live values of their own, beside a chart of ours: what Helm makes of the chart is what the constructs print.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { DEFAULT_KUBE_VERSION } from '../../constructs/common/release';
import { liveIf, liveRelease, liveText, liveValue, onlyIf } from '../../constructs/common/live-value';
import { EstafetteCi } from '../../constructs/releases';
import { writeFiles } from '../../constructs/release/files';
import type { ReleaseChart } from '../../constructs/release/release-chart';
import { compared } from '../../constructs/targets/live/tree/compare';
import { settled } from '../../constructs/targets/live/tree/data';
import { readYamlStream } from '../../helm/yaml/read';
import type { Entry } from '../../constructs/common/entry';
import { keyOf, type KubeObject } from '../../kubernetes/object';
import { describeWith, findParts } from '../support/parts';

const RELEASE = 'estafette-ci';
/** Without a cluster, a Helm that is built from its module takes Kubernetes for an old one. */
const PLACE = ['--namespace', RELEASE, '--kube-version', DEFAULT_KUBE_VERSION];
const parts = findParts('helm', 'helm3');

interface Given {
  readonly values?: object;
  readonly own?: Record<string, unknown>;
}

function releaseWith({ values = {}, own = {} }: Given = {}): ReleaseChart {
  const release = new EstafetteCi(new App({ outdir: join(tmpdir(), 'never-written') }), RELEASE, {
    namespace: RELEASE,
    target: 'helm',
    live: ['web', 'cron-event-sender'],
    values,
    ownValues: own,
  });
  const host = liveValue('banner.host', 'ci.example.com', 'Host name of the banner');
  const color = liveValue('banner.color', '', 'Color of the banner');
  const size = liveValue('banner.size', 3, 'Size of the banner');
  const banner = new ApiObject(release, 'banner', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: liveText`${liveRelease.name}-banner`, labels: { team: liveValue('banner.team', 'builds', 'Team of the banner') } },
    data: {
      host,
      address: liveText`https://${host}/${size}`,
      color: liveIf(color, color),
      place: liveIf(color, liveText`in ${color}`, 'plain'),
      namespace: liveRelease.namespace,
    },
  });
  onlyIf(banner, liveValue('banner.enabled', true, 'Whether there is a banner'));
  new ApiObject(release, 'login', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'banner-login' },
    stringData: { user: liveValue('login.user', 'ada', 'Who logs in') },
  });
  const site = new kplus.Deployment(release, 'site', {
    replicas: size,
    containers: [
      {
        image: liveText`nginx:${liveValue('site.tag', '1.27', 'Version of the server')}`,
        portNumber: 80,
        envVariables: { HOST: kplus.EnvValue.fromValue(host) },
        args: [liveText`--host=${host}`],
      },
    ],
  });
  new ApiObject(release, 'role', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'banner' },
    rules: liveValue('role.rules', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }], 'What the role may do'),
    more: { labels: liveValue('role.labels', { a: 'b' }, 'More labels') },
  });
  onlyIf(site, liveValue('site.enabled', false, 'Whether there is a site'));
  return release;
}

/** Changes of values of the chart, of own ones, and of both. */
const GIVEN: readonly Given[] = [
  {},
  { values: { web: { image: { tag: '9.9.9' }, deployment: { replicaCount: 4 } } } },
  { own: { banner: { host: 'other.example.com', color: 'red', size: 7, team: 'x' } } },
  { own: { banner: { enabled: false } } },
  { own: { banner: { enabled: false }, site: { enabled: true } } },
  {
    own: {
      site: { enabled: true, tag: '2' },
      role: { rules: [{ verbs: ['list'] }, { verbs: ['x'] }], labels: { c: 'd' } },
      banner: { host: 'with: colon', color: '#f00' },
    },
  },
  { own: { site: { enabled: true }, role: { rules: [], labels: { a: null } }, login: { user: 'true' } } },
  { own: { login: { user: '12' }, banner: { color: 'yes', size: 0 } } },
  { values: { web: { enabled: false }, 'cron-event-sender': { enabled: false } }, own: { banner: { color: 'null' } } },
];

describeWith(parts).each(['helm', 'helm3'] as const)('the chart of a program of ones own, by %s', (program) => {
  const scratch = mkdtempSync(join(tmpdir(), 'live-library-'));
  const chart = join(scratch, 'chart');
  const helm = (...args: string[]) => spawnSync(parts?.[program] ?? '', args, { encoding: 'utf8' });
  beforeAll(() => {
    const files = Object.entries(releaseWith().files()).map(([file, text]) => [file.slice(RELEASE.length + 1), text]);
    writeFiles(chart, Object.fromEntries(files) as Record<string, string>);
  }, 120_000);
  afterAll(() => rmSync(scratch, { recursive: true }));

  it('is fit to be published', () => {
    const { status, stdout } = helm('lint', '--strict', chart);
    expect([status, stdout]).toEqual([0, expect.stringContaining('0 chart(s) failed')]);
  });

  it.each(GIVEN.map((given) => [JSON.stringify(given), given] as const))('prints what the constructs print with %s', (_, given) => {
    const file = join(scratch, 'values.json');
    writeFileSync(file, JSON.stringify({ ...given.values, ...given.own }));
    const { status, stdout, stderr } = helm('template', RELEASE, chart, ...PLACE, '-f', file);
    expect([status, stderr]).toEqual([0, '']);
    const byKey = (objects: readonly KubeObject[]): Record<string, unknown> =>
      Object.fromEntries(objects.map((object) => [keyOf(object), settled({ object, lifecycle: {} } as Entry)]));
    const theirs = byKey(readYamlStream(stdout, 'helm').filter((one) => one !== null) as KubeObject[]);
    const ours = byKey(
      releaseWith(given)
        .plan()
        .map(({ object }) => object),
    );
    expect(Object.keys(theirs).length).toBeGreaterThan(30);
    expect(compared(ours, theirs)).toEqual([]);
  });

  it.each([
    ['a key that nothing reads', 'banner.hots=x'],
    ['another kind', 'role.rules=x'],
    ['a fixed value', 'api.image.tag=x'],
  ])('refuses %s', (_, set) => {
    const { status, stderr } = helm('template', RELEASE, chart, ...PLACE, '--set', set);
    expect([status, stderr]).toEqual([1, expect.stringContaining(set.split('.')[0] ?? '')]);
  });
});
