// A live chart of Estafette under names of the release that hold those of its parts: objects are called as in a release of that name.
import { spawnSync } from 'node:child_process';
import { renderRelease } from '../../cli/render';
import type { Entry } from '../../constructs/common/entry';
import { DEFAULT_KUBE_VERSION } from '../../constructs/common/release';
import { compared } from '../../constructs/targets/live/tree/compare';
import { settled } from '../../constructs/targets/live/tree/data';
import { readYamlStream } from '../../helm/yaml/read';
import { keyOf, type KubeObject } from '../../kubernetes/object';
import { chartFilesOf } from '../support/chart-files';
import { describeWithHelm, withFiles } from '../support/helm';

const CHART = 'estafette-ci';

/** Tests, and what runs at the end of a release, are no part of what is compared. */
const isInstalled = ({ metadata }: KubeObject): boolean => {
  const { 'helm.sh/hook': hook } = (metadata['annotations'] ?? {}) as Record<string, string | undefined>;
  return hook === undefined || /install|upgrade/.test(hook);
};
const byKey = (objects: readonly KubeObject[]): Record<string, unknown> =>
  Object.fromEntries(objects.filter(isInstalled).map((object) => [keyOf(object), settled({ object, lifecycle: {} } as Entry)]));

/** Objects of a release of this name, as they are written for Helm. */
function objectsOf(release: string): Record<string, unknown> {
  const { plan } = renderRelease({ release, chart: CHART, namespace: CHART, target: 'helm', fix: ['.'] });
  return byKey(plan.filter(({ lifecycle }) => !lifecycle.writtenByController).map(({ object }) => object));
}

describeWithHelm('a live chart of Estafette in a release of another name', (helm) => {
  const files = chartFilesOf({ release: CHART, chart: CHART, namespace: CHART, live: ['.'] });
  const template = (name: string) =>
    withFiles(files, (chart) =>
      spawnSync(helm, ['template', name, chart, '--namespace', CHART, '--kube-version', DEFAULT_KUBE_VERSION], {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      }),
    );

  it.each(['my-ci', 'my-metrics', 'my-db', 'db', 'metrics-db', 'my-api', 'webs-of-mine'])(
    'has the objects of a release called %s',
    (name) => {
      const { status, stdout, stderr } = template(name);
      expect([status, stderr]).toEqual([0, '']);
      const ours = objectsOf(name);
      expect(Object.keys(ours).length).toBeGreaterThan(30);
      const theirs = readYamlStream(stdout, 'helm').filter((one) => one !== null) as KubeObject[];
      expect(compared(ours, byKey(theirs))).toEqual([]);
    },
  );

  it.each(['web-db', 'my-db-migrator'])('is refused where two objects would be called %s', (name) => {
    expect(() => objectsOf(name)).toThrow(`would both make the ServiceAccount ${name}`);
    const { status, stderr } = template(name);
    expect([status, stderr]).toEqual([1, expect.stringContaining(`would both make the ServiceAccount ${name}`)]);
  });
});
