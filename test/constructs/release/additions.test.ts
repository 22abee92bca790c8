// What users of the library add to a release, in every target: objects, labels, and what is there twice.
import { ApiObject, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import { withLifecycle } from '../../../constructs/common/lifecycle';
import { EstafetteCi, type EstafetteCiProps } from '../../../constructs/releases';
import type { TargetName } from '../../../constructs/targets';
import { ValuesError } from '../../../helm/check';

const TARGETS = ['kubectl', 'argocd', 'helm'] as const satisfies readonly TargetName[];
/** For Helm a print of the release: objects with live values are tried elsewhere. */
const releaseFor = (target: TargetName, props: EstafetteCiProps = {}) =>
  new EstafetteCi(Testing.app(), 'ci', { namespace: 'ci-ns', target, ...(target === 'helm' ? { fix: ['.'] } : {}), ...props });

/** Lines that one set of files has more, by file. */
function added(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): Record<string, string[]> {
  const changed = Object.keys({ ...before, ...after }).filter((file) => before[file] !== after[file]);
  return Object.fromEntries(
    changed.map((file) => {
      const left = (before[file] ?? '').split('\n');
      const lines = (after[file] ?? '').split('\n').filter((line) => {
        const at = left.indexOf(line);
        if (at >= 0) left.splice(at, 1);
        return at < 0;
      });
      expect([file, left.filter(Boolean)]).toEqual([file, []]);
      return [file, lines];
    }),
  );
}

const configMap = (scope: Construct, name: string, data: Record<string, string> = { key: 'value' }) =>
  new ApiObject(scope, `extra-${name}`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
const find = (release: EstafetteCi, kind: string, name: string): ApiObject => {
  const found = release.node.findAll().find((each) => ApiObject.isApiObject(each) && each.kind === kind && each.name === name);
  if (!ApiObject.isApiObject(found)) throw new Error(`there is no ${kind}/${name}`);
  return found;
};

describe.each(TARGETS)('for %s', (target) => {
  const plain = releaseFor(target).files();

  it('an object below a component adds itself and changes nothing else', () => {
    const release = releaseFor(target);
    configMap(release.node.findChild('api') as Construct, 'extra');
    const files = added(plain, release.files());
    expect(Object.keys(files)).toEqual([target === 'helm' ? 'ci/templates/configmap-extra.yaml' : 'ci.k8s.yaml']);
    const [lines] = Object.values(files);
    expect(lines).toEqual(
      expect.arrayContaining([
        '  name: extra',
        `  namespace: ${target === 'helm' ? '"{{ .Release.Namespace }}"' : 'ci-ns'}`,
        '  key: value',
      ]),
    );
  });

  it('an object without a place, and one in a construct of its own, are printed too', () => {
    const release = releaseFor(target);
    configMap(release, 'one');
    configMap(new Construct(release, 'mine'), 'two');
    const text = Object.values(release.files()).join('\n');
    expect(text).toContain('  name: one\n');
    expect(text).toContain('  name: two\n');
  });

  it('a label adds one line to its object and changes nothing else', () => {
    const release = releaseFor(target);
    find(release, 'Service', 'ci-web').metadata.addLabel('team', 'builds');
    const files = added(plain, release.files());
    expect(files).toEqual({ [target === 'helm' ? 'ci/templates/service-ci-web.yaml' : 'ci.k8s.yaml']: ['    team: builds'] });
  });

  it('an object that is there already is refused, with those who make it', () => {
    const release = releaseFor(target);
    new ApiObject(release.node.findChild('web') as Construct, 'again', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'ci-api' } });
    expect(() => release.files()).toThrow(ValuesError);
    expect(() => release.files()).toThrow(/api.* and web.* would both make the Service ci-api: give one of them another name/);
  });

  it('a Namespace may be asked for twice', () => {
    const release = releaseFor(target, { createNamespace: true, values: { api: { jobNamespaceOverride: 'ci-ns' } } });
    new ApiObject(release, 'mine', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ci-ns' } });
    expect(
      release
        .plan()
        .filter(({ object }) => object.kind === 'Namespace')
        .map(({ object }) => object.metadata.name),
    ).toEqual(['ci-ns']);
  });

  it('an added object has the stage that was told of it, and a keeper its mark', () => {
    const release = releaseFor(target);
    withLifecycle(configMap(release, 'kept'), { stage: 'data', keep: true });
    const entry = release.plan().find(({ object }) => object.metadata.name === 'kept');
    expect(entry).toMatchObject({ stage: 'data', lifecycle: { keep: true } });
    expect(entry?.object.metadata.annotations).toMatchObject(
      target === 'argocd'
        ? { 'argocd.argoproj.io/sync-wave': '4', 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' }
        : { 'helm.sh/resource-policy': 'keep' },
    );
  });
});

describe('a Helm chart', () => {
  const checksOf = (release: EstafetteCi): string => release.files()['ci/templates/checks.yaml'] ?? '';

  it('goes to any namespace with what was added and patched, where it names none', () => {
    const release = releaseFor('helm', {
      patches: [
        { target: { kind: 'Namespace', name: 'ci-ns-jobs' }, patch: { metadata: { labels: { team: 'builds' } } } },
        { target: { kind: 'ConfigMap', name: 'extra' }, patch: { data: { more: 'x' } } },
      ],
    });
    configMap(release, 'extra');
    expect(checksOf(release)).not.toContain('.Release.Namespace');
    expect(release.files()['ci/templates/namespace-ci-ns-jobs.yaml']).toMatch(
      /name: "?\{\{ \.Release\.Namespace \}\}-jobs"?\n[\s\S]*team: builds/,
    );
    expect(release.files()['ci/templates/configmap-extra.yaml']).toContain('more: x');
  });

  it('stays where an added object names the namespace, and says which', () => {
    const release = releaseFor('helm');
    configMap(release, 'extra', { host: 'ci-api.ci-ns.svc', other: 'ci-nsx' });
    expect(checksOf(release)).toContain('which ConfigMap/extra.data.host follows');
  });

  it('has no object that was taken away', () => {
    const release = releaseFor('helm');
    const service = find(release, 'Service', 'ci-web');
    service.node.scope?.node.tryRemoveChild(service.node.id);
    expect(release.files()).not.toHaveProperty(['ci/templates/service-ci-web.yaml']);
  });
});
