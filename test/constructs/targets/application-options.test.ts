// What an Application may be told.
import { renderRelease } from '../../../cli/render';
import { applicationFaults, applicationIssues } from '../../../constructs/targets/application-options';

const REPO = 'https://git.example.com/ci.git';

describe('the repository', () => {
  it.each([
    REPO,
    'http://git.example.com/ci',
    'ssh://git@git.example.com:2222/ci.git',
    'git@git.example.com:team/ci.git',
    'git@host:/srv/ci.git',
    'file:///srv/ci',
    'git://host/ci',
    'oci://registry.example.com/ci',
  ])('may be %s', (url) => {
    expect(applicationFaults.repoURL(url)).toBeUndefined();
  });

  it.each([
    '',
    'x',
    'not a url',
    'https:git.example.com',
    'https://',
    'ftp://host/x',
    'javascript:alert(1)',
    'https://host/a b',
    'host:path',
    `${REPO}\n`,
  ])('may not be %j', (url) => {
    expect(applicationFaults.repoURL(url)).toMatch(/^must be the URL of a git repository/);
  });

  it.each([
    'https://me@git.example.com/ci.git',
    'https://me:secret@git.example.com/ci.git',
    'https://:secret@git.example.com/ci.git',
    'ssh://git:secret@git.example.com/ci.git',
    'https://@git.example.com/ci.git',
  ])('holds no login: %s', (url) => {
    expect(applicationFaults.repoURL(url)).toMatch(/^must hold no login/);
  });

  it('is not repeated when a login may be in it', () => {
    expect(applicationFaults.repoURL('me:secret@git.example.com:ci.git')).not.toContain('secret');
    expect(applicationFaults.destinationServer('me:secret@10.0.0.1')).not.toContain('secret');
  });
});

it.each([
  ['path', ['.', 'dist', 'a/b', './dist', 'a/../b'], ['', '/abs', '..', '../../x', 'a/../../b', ' ', 'a\n']],
  ['targetRevision', ['HEAD', 'v1.*', 'feature/x', '>= 1.0 < 2'], ['', ' ', '-x', 'a\tb']],
  ['project', ['default', 'team.a'], ['', 'A', 'a..b', 'a/b', 'a'.repeat(254)]],
  ['applicationNamespace', ['argocd'], ['', 'a.b', 'A']],
  ['destinationServer', ['https://kubernetes.default.svc', 'https://10.0.0.1:6443'], ['', 'x', 'ftp://x', 'https://me:secret@x']],
] as const)('%s is checked', (option, good, bad) => {
  expect(good.filter((given) => applicationFaults[option](given) !== undefined)).toEqual([]);
  expect(bad.filter((given) => applicationFaults[option](given) === undefined)).toEqual([]);
});

it('constructs check it, too', () => {
  const made =
    (application: Parameters<typeof applicationIssues>[0], more: object = {}) =>
    () =>
      renderRelease({ release: 'ci', chart: 'estafette-ci', target: 'argocd', application, ...more });
  expect(made({ repoURL: REPO, path: '/abs', project: '' })).toThrow(
    /application\.path: must be a folder.*[\s\S]*application\.project: must be/,
  );
  expect(made({ repoURL: REPO }, { crds: 'only' })).toThrow(
    'an Application is for all of a release, not for its CustomResourceDefinitions only',
  );
});
