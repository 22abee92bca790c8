// One login and one mirror for every image of a release, whatever made its pods.
import { ApiObject, Chart, Testing } from 'cdk8s';
import { renderRelease } from '../../../cli/render';
import type { ChartName } from '../../../constructs/charts';
import { Nats } from '../../../constructs/components';
import { EstafetteCi } from '../../../constructs/releases';
import type { TargetName } from '../../../constructs/targets';
import { containersIn, podSpecOf } from '../../../kubernetes/pods';
import { issuesOf } from '../../support/rendered';

type Plain = Record<string, unknown>;
interface Rendered extends Plain {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

const LOGIN = { username: 'joe', password: 's3cret' };
/** Everything that has pods. */
const ALL: Record<ChartName, Plain> = {
  'estafette-ci': {
    'db-client': { enabled: true },
    'hanging-job-cleaner': { enabled: true },
    'cert-manager': { enabled: true },
    'external-dns': { enabled: true, provider: 'aws' },
    queue: { natsbox: { enabled: true } },
    metrics: { alertmanager: { enabled: true }, pushgateway: { enabled: true }, nodeExporter: { enabled: true } },
  },
  devstats: { skipSecrets: 1 },
  buildshuttle: { auth: { token: 'a'.repeat(32) }, mode: 'worker' },
};
const CHARTS = Object.keys(ALL) as ChartName[];

function render(chart: ChartName, global: unknown, values: Plain = {}, target: TargetName = 'kubectl') {
  const { plan, warnings } = renderRelease({ release: 'ci', chart, namespace: 'ci', target, values: [ALL[chart], values, { global }] });
  return { objects: plan.map(({ object }) => object as unknown as Rendered), warnings };
}
const podsOf = (objects: readonly Rendered[]) =>
  objects.flatMap((object) => {
    const spec = podSpecOf(object);
    return spec ? [{ object, spec }] : [];
  });
const pullSecrets = (objects: readonly Rendered[]) => objects.filter(({ metadata: { name } }) => name === 'ci.registry');

function issues(global: unknown, values: Plain = {}, chart: ChartName = 'estafette-ci'): Record<string, string> {
  return issuesOf(() => render(chart, global, values));
}

describe.each(CHARTS)('a login for all images of %s', (chart) => {
  const { objects } = render(chart, { imageCredentials: LOGIN });

  it('is one Secret in each namespace with pods, which every pod names first', () => {
    const pods = podsOf(objects);
    expect(pods.length).toBeGreaterThan(0);
    for (const { spec } of pods) expect((spec['imagePullSecrets'] as Plain[])[0]).toEqual({ name: 'ci.registry' });
    const places = new Set(pods.map(({ object }) => object.metadata.namespace));
    const secrets = pullSecrets(objects);
    expect(new Set(secrets.map(({ metadata }) => metadata.namespace))).toEqual(
      new Set([...places, ...(chart === 'estafette-ci' ? ['ci-jobs'] : [])]),
    );
    const [{ data, type }] = secrets as [Rendered & { data: Record<string, string> }];
    expect(type).toBe('kubernetes.io/dockerconfigjson');
    expect(JSON.parse(Buffer.from(data['.dockerconfigjson']!, 'base64').toString())).toEqual({
      auths: { 'docker.io': { auth: Buffer.from('joe:s3cret').toString('base64') } },
    });
  });

  it('comes before the pods', () => {
    const first = objects.findIndex((object) => podSpecOf(object));
    expect(objects.findLastIndex(({ metadata }) => metadata.name === 'ci.registry')).toBeLessThan(first);
  });

  it('changes nothing when it is not given, and no template sees that it could be', () => {
    expect(render(chart, {}).objects).toEqual(render(chart, undefined).objects);
    expect(pullSecrets(render(chart, {}).objects)).toEqual([]);
  });

  it('may be a Secret that exists', () => {
    const named = render(chart, { imageCredentials: { existingSecret: 'pull' } }).objects;
    for (const { spec } of podsOf(named)) expect((spec['imagePullSecrets'] as Plain[])[0]).toEqual({ name: 'pull' });
    expect(named.filter((object) => object['type'] === 'kubernetes.io/dockerconfigjson')).toEqual([]);
  });

  it('can stand beside a mirror of all images', () => {
    const there = render(chart, { imageRegistry: 'm.example.com/proxy/', imageCredentials: LOGIN }).objects;
    const images = podsOf(there).flatMap(({ spec }) => containersIn(spec).map(({ image }) => String(image)));
    expect(images.filter((image) => !image.startsWith('m.example.com/proxy/'))).toEqual([]);
    expect(JSON.stringify(there)).not.toMatch(/quay\.io|gcr\.io|ghcr\.io/);
    const [secret] = pullSecrets(there) as unknown as [{ data: Record<string, string> }];
    expect(Object.keys(JSON.parse(Buffer.from(secret.data['.dockerconfigjson']!, 'base64').toString()).auths)).toEqual(['m.example.com']);
  });
});

describe('a pod', () => {
  it('keeps pull secrets of its own, and those of its account', () => {
    const values = {
      api: { imagePullSecrets: [{ name: 'own' }] },
      metrics: { imagePullSecrets: [{ name: 'of-account' }] },
      'cert-manager': { enabled: true, global: { imagePullSecrets: [{ name: 'of-account' }] } },
    };
    const { objects } = render('estafette-ci', { imageCredentials: LOGIN, imagePullSecrets: [{ name: 'of-account' }] }, values);
    const of = (kind: string, name: string) => {
      const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
      return podSpecOf(found ?? {})?.['imagePullSecrets'];
    };
    expect(of('Deployment', 'ci-estafette-ci-api') ?? of('Deployment', 'ci-api')).toEqual([{ name: 'ci.registry' }, { name: 'own' }]);
    expect(of('Deployment', 'ci-cert-manager')).toEqual([{ name: 'ci.registry' }, { name: 'of-account' }]);
  });

  it('of a build is started by a program, with an account that names the login', () => {
    const { objects } = render('estafette-ci', { imageCredentials: LOGIN });
    const accounts = objects.filter((object) => object.kind === 'ServiceAccount' && 'imagePullSecrets' in object);
    expect(accounts.map(({ metadata }) => [metadata.namespace, metadata.name])).toEqual([['ci-jobs', 'estafette-ci-builder']]);
  });

  it('that users of the library add pulls with it, too', () => {
    const release = new EstafetteCi(Testing.app(), 'ci', { namespace: 'ci', values: { global: { imageCredentials: LOGIN } } });
    new ApiObject(release, 'mine', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'mine' },
      spec: { containers: [{ name: 'a', image: 'b' }] },
    });
    const mine = release.toJson().find(({ metadata }) => metadata.name === 'mine') as unknown as Plain;
    expect(mine['spec']).toHaveProperty('imagePullSecrets', [{ name: 'ci.registry' }]);
  });

  it('that runs before Helm installs the rest finds it there', () => {
    const { objects } = render('estafette-ci', { imageCredentials: LOGIN }, {}, 'helm');
    const marks = Object.fromEntries(
      pullSecrets(objects).map(({ metadata }) => [metadata.namespace, (metadata as { annotations?: Plain }).annotations?.['helm.sh/hook']]),
    );
    expect(marks).toEqual({ ci: 'pre-install,pre-upgrade', 'ci-jobs': undefined });
  });
});

it('is in a chart of Helm for whichever namespace it is installed in', () => {
  const release = new EstafetteCi(Testing.app(), 'ci', {
    namespace: 'ci',
    target: 'helm',
    values: { global: { imageCredentials: LOGIN } },
  });
  const files = Object.entries(release.files()).filter(([file]) => /secret-.*ci\.registry\.yaml$/.test(file));
  expect(files.map(([, text]) => /namespace: .*/.exec(text)?.[0]).toSorted()).toEqual([
    'namespace: "{{ .Release.Namespace }}-jobs"',
    'namespace: {{ .Release.Namespace | quote }}',
  ]);
});

describe('for builds', () => {
  const credentials = (files?: Plain) => {
    const { objects } = render(
      'estafette-ci',
      { imageCredentials: { ...LOGIN, builds: true } },
      files ? { api: { config: { files } } } : {},
    );
    const found = objects.find((object) => object.kind === 'ConfigMap' && 'credentials.yaml' in (object['data'] as Plain));
    return (found as { readonly data?: Record<string, string> } | undefined)?.data?.['credentials.yaml'];
  };
  const own = '- name: image-credentials\n  type: container-registry-pull\n  username: joe\n  password: s3cret\n';

  it('the login is among the credentials', () => expect(credentials()).toBe(`credentials:\n${own}`));
  it('the login stands behind those that are given, and beside other keys', () =>
    expect(credentials({ 'credentials.yaml': 'trusted: [a]\ncredentials:\n- name: mine\n  type: x\n' })).toBe(
      `trusted:\n- a\ncredentials:\n- name: mine\n  type: x\n${own}`,
    ));

  it.each<[string, unknown, Plain, string, RegExp]>([
    [
      'no list',
      { ...LOGIN, builds: true },
      { api: { config: { files: { 'credentials.yaml': 'credentials: {}' } } } },
      'api.config.files.credentials.yaml',
      /a list "credentials"/,
    ],
    [
      'the name taken',
      { ...LOGIN, builds: true },
      { api: { config: { files: { 'credentials.yaml': 'credentials: [{name: image-credentials}]' } } } },
      'api.config.files.credentials.yaml',
      /rename it/,
    ],
    ['no API server', { ...LOGIN, builds: true }, { api: { enabled: false } }, 'global.imageCredentials.builds', /api\.enabled is false/],
    [
      'no configuration',
      { ...LOGIN, builds: true },
      { api: { config: { enabled: false } } },
      'global.imageCredentials.builds',
      /api\.config\.enabled is false/,
    ],
    ['a Secret that exists', { existingSecret: 'a', builds: true }, {}, 'global.imageCredentials.builds', /needs username and password/],
    ['no login', { builds: true }, {}, 'global.imageCredentials.username', /is missing/],
  ])('%s is an error', (_, imageCredentials, values, path, message) =>
    expect(issues({ imageCredentials }, values)).toHaveProperty([path], expect.stringMatching(message)),
  );
});

describe('what is wrong', () => {
  it.each<[unknown, string, RegExp]>([
    [{ imageCredentials: { usernam: 'joe', password: 'x' } }, 'global.imageCredentials.usernam', /did you mean "username"/],
    [{ imageCredentials: { username: 'joe' } }, 'global.imageCredentials.password', /is missing/],
    [{ imageCredentials: { ...LOGIN, password: 12345 } }, 'global.imageCredentials.password', /put it in quotes/],
    [{ imageCredentials: { ...LOGIN, existingSecret: 'a' } }, 'global.imageCredentials.username', /take existingSecret away/],
    [{ imageCredentials: { ...LOGIN, registry: 'a b' } }, 'global.imageCredentials.registry', /name of a registry/],
    [{ imageCredentials: 'joe:s3cret' }, 'global.imageCredentials', /must be a map/],
    [{ imageRegistry: 'https://m.example.com' }, 'global.imageRegistry', /without https/],
    [{ imageRegistry: { host: 'm' } }, 'global.imageRegistry', /must be text/],
  ])('%j is told with its place', (global, path, message) => {
    for (const chart of CHARTS) expect(issues(global, {}, chart)).toHaveProperty([path], expect.stringMatching(message));
  });

  it('builds are of Estafette alone', () =>
    expect(issues({ imageCredentials: { ...LOGIN, builds: true } }, {}, 'devstats')).toHaveProperty(['global.imageCredentials.builds']));

  it.each<[unknown, RegExp]>([
    [{ imageCredential: LOGIN }, /global\.imageCredential: .* did you mean "imageCredentials"/],
    [
      { imageRegistry: 'm.example.com', imageCredentials: { ...LOGIN, registry: 'docker.io' } },
      /the login is for docker\.io, and .* from m\.example\.com/,
    ],
    [{ imageCredentials: { ...LOGIN, registry: 'r.example.com', builds: true } }, /builds show this login to docker\.io/],
  ])('%j is warned of', (global, message) =>
    expect(render('estafette-ci', global).warnings).toContainEqual(expect.stringMatching(message)),
  );

  it('is not said of the address that Docker has for Docker Hub, or of other keys', () => {
    const registry = 'https://index.docker.io/v1/';
    const { warnings } = render('estafette-ci', { imageCredentials: { ...LOGIN, registry, builds: true }, storageClass: 'fast' });
    expect(warnings.filter((warning) => warning.includes('global'))).toEqual([]);
  });

  it('is a part that is used alone, which has no release to make a Secret in', () => {
    const release = { name: 'ci', namespace: 'ci' };
    const make = (props: object) => new Nats(new Chart(Testing.app(), 'c'), 'q', { release, ...props });
    expect(() => make({ global: { imageCredentials: LOGIN } })).toThrow(/global\.imageCredentials: is for whole releases/);
    expect(() => make({ values: { global: { imageRegistry: 'm' } } })).toThrow(/global\.imageRegistry: is for whole releases/);
    expect(() => make({ global: { mine: 1 } })).not.toThrow();
  });
});
