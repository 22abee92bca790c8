// `plugin`: one release of releases.yaml as Argo CD asks for it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli, ROOT, type CliResult } from '../support/cli';

describe('plugin', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plugin-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const list = (...releases: object[]): void => writeFileSync(join(folder, 'releases.yaml'), JSON.stringify({ releases }));
  const plugin = (what: string, environment: Readonly<Record<string, string>> = {}): CliResult =>
    cli(['plugin', what], { cwd: folder, environment });
  const OTHERS = { name: 'others', chart: 'buildshuttle', namespace: 'others' };
  const BUILDS = { name: 'builds', chart: 'buildshuttle', namespace: 'builds', values: ['builds.yaml'] };

  it('prints what template prints for Argo CD', () => {
    list({
      name: 'ci',
      chart: 'estafette-ci',
      namespace: 'ci',
      createNamespace: true,
      target: 'argocd',
      application: true,
      repoURL: 'https://x/y',
    });
    const { status, stdout } = plugin('generate');
    const expected = cli(['template', 'ci', 'estafette-ci', '-n', 'ci', '--create-namespace', '--target', 'argocd'], { cwd: ROOT });
    expect([status, stdout]).toEqual([0, expected.stdout]);
    expect(stdout).toContain('argocd.argoproj.io/sync-wave');
    expect(stdout).not.toContain('kind: Application');
  });

  it.each<[string, Readonly<Record<string, string>>, string, string]>([
    ['by the name of the Application', { ARGOCD_APP_NAME: 'others' }, 'others', 'others'],
    ['by the parameter', { ARGOCD_APP_NAME: 'builds', PARAM_RELEASE: 'others' }, 'others', 'others'],
    ['in another namespace', { ARGOCD_APP_NAME: 'others', PARAM_NAMESPACE: 'elsewhere' }, 'others', 'elsewhere'],
  ])('takes the release %s, and reads no values of others', (_, environment, release, namespace) => {
    list(OTHERS, BUILDS);
    const { status, stdout } = plugin('generate', environment);
    expect([status, stdout]).toEqual([0, cli(['template', release, 'buildshuttle', '-n', namespace, '--target', 'argocd']).stdout]);
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['none is chosen', { ARGOCD_APP_NAME: 'app' }, 'releases.yaml has several releases: say with the parameter release which one is meant'],
    ['there is no such release', { PARAM_RELEASE: 'other' }, 'releases.yaml: there is no release "other"; did you mean "others"?'],
    ['the namespace cannot be', { PARAM_RELEASE: 'others', PARAM_NAMESPACE: 'A b' }, 'the parameter namespace "A b" must be'],
  ])('ends with one line where %s', (_, environment, message) => {
    list(OTHERS, BUILDS);
    const { status, stdout, stderr } = plugin('generate', environment);
    expect([status, stdout, stderr.split('\n').length]).toEqual([1, '', 2]);
    expect(stderr.startsWith(`Error: ${message}`)).toBe(true);
  });

  it('tells where a mistake stands', () => {
    list(BUILDS);
    writeFileSync(join(folder, 'builds.yaml'), 'mode: worker\nreplicas: x\n');
    const { status, stderr } = plugin('generate');
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^Error: .*builds\.yaml:2:1: replicas: /m)]);
  });

  it('keeps out the secrets that secrets.mode keeps out, and says what must exist', () => {
    const set = { 'secrets.mode': 'omit', 'api.secret.jwtKey': 'S3cretS3cretS3cretS3cretS3cret32' };
    list({ name: 'ci', chart: 'estafette-ci', namespace: 'ci', set });
    const { status, stdout, stderr } = plugin('generate');
    expect(status).toBe(0);
    expect(stderr).toContain('Secrets that must exist');
    expect(stdout + stderr).not.toMatch(/S3cret|UzNjcmV0/);
  });

  it('announces its parameters', () => {
    list(OTHERS, BUILDS);
    const announced = (environment: Readonly<Record<string, string>>): unknown => JSON.parse(plugin('parameters', environment).stdout);
    expect(announced({ ARGOCD_APP_NAME: 'app' })).toMatchObject([
      { name: 'release', string: 'others', tooltip: 'One of others, builds' },
      { name: 'namespace', string: 'others' },
    ]);
    expect(plugin('nonsense').status).toBe(2);
  });
});
