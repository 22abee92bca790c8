// A release of the published chart, made by Helm 3 or by Helm 4, comes into our hands by the documented commands.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/cli';
import { apiServer, describeWith, findParts, type ApiServer } from '../support/parts';
import { PUBLISHED, takeoverShell, type Shell } from '../support/takeover';

interface Live {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { readonly manager: string }[];
  };
}

const GROUPS = ['', '.apps', '.batch', '.policy', '.networking.k8s.io', '.rbac.authorization.k8s.io'];
const parts = existsSync(PUBLISHED) ? findParts('etcd', 'kube-apiserver', 'kubectl', 'helm', 'helm3') : undefined;

describeWith(parts).each(['helm', 'helm3'] as const)('a release that %s made', (maker) => {
  let server: ApiServer;
  let shell: Shell;
  const folder = mkdtempSync(join(tmpdir(), 'takeover-'));

  /** Everything there, but for Kubernetes' own. */
  function everything(): Map<string, Live> {
    const kinds = shell
      .run('kubectl api-resources --verbs=list -o name')
      .split('\n')
      .filter((name) => name !== 'events' && GROUPS.includes(name.replace(/^[^.]+/, '')))
      .filter(Boolean)
      .join(',');
    const { items } = JSON.parse(shell.run(`kubectl get ${kinds} -A -o json --show-managed-fields`)) as { items: Live[] };
    return new Map(
      items
        .filter(({ metadata: { name, namespace } }) => `${namespace ?? ''} ${name}`.includes('estafette'))
        .map((object) => [`${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`, object]),
    );
  }

  beforeAll(async () => {
    server = await apiServer();
    shell = takeoverShell(folder, { helm: parts?.[maker] ?? '', kubectl: parts?.kubectl ?? '' }, server.kubeconfig);
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  it('keeps its objects, and is nobody else’s afterwards', () => {
    // No pod runs here, so no hook ends.
    shell.run(
      `helm install estafette-ci ${PUBLISHED} -n estafette-ci --create-namespace --no-hooks -f ${join(ROOT, 'examples', 'estafette-ci', 'ha.yaml')}`,
    );
    const before = everything();
    expect(before.size).toBeGreaterThan(40);

    const announced = shell.section('helm get values', 'helm get manifest', 'template', '--check-upgrade');
    shell.section('kubectl replace', '--force-conflicts', '--field-manager helm');
    const again = shell.section('--field-manager helm');
    expect(again).not.toMatch(/configured|created/);
    shell.section('--output deletions', 'kubectl delete secret');

    const after = everything();
    const recreated = [...after]
      .filter(([key, { metadata }]) => before.has(key) && before.get(key)?.metadata.uid !== metadata.uid)
      .map(([key]) => key);
    expect(recreated).toEqual([]);
    // What has gone was in the diff, but for Helm's own record; keys that the chart made up stay.
    const gone = [...before.keys()].filter((key) => !after.has(key));
    expect(gone.filter((key) => !key.startsWith('Secret estafette-ci/sh.helm.release.') && !announced.includes(`- ${key}`))).toEqual([]);
    expect(after.has('Secret estafette-ci/estafette-ci-api')).toBe(true);
    const { items: ours } = JSON.parse(shell.run('kubectl get -f release.yaml -o json --show-managed-fields')) as { items: Live[] };
    expect(
      ours
        .filter(
          ({ metadata: { managedFields, annotations } }) =>
            managedFields?.some(({ manager }) => manager !== 'kubectl') || annotations?.['meta.helm.sh/release-name'],
        )
        .map(({ kind, metadata }) => `${kind}/${metadata.name}`),
    ).toEqual([]);
    // As if it had never been anybody else's.
    expect(
      shell.run('kubectl get -f release.yaml -o yaml | bin/cdk8s-estafette diff estafette-ci estafette-ci -n estafette-ci -f values.yaml'),
    ).toMatch(/^0 added, 0 removed, 0 changed, \d+ equal$/m);
  }, 120_000);

  it('another one is upgraded to our chart, keys kept', () => {
    shell.run(`helm install second ${PUBLISHED} -n second --create-namespace --no-hooks --set api.baseHost=ci.example.com`);
    const keys = shell.run('kubectl get secret second-api -n second -o jsonpath={.metadata.uid}{.data}');
    shell.run(
      'bin/cdk8s-estafette template second estafette-ci -n second --set api.baseHost=ci.example.com --target helm --output-dir chart',
    );
    shell.run('helm upgrade second chart -n second --reset-values --no-hooks');
    expect(shell.run('kubectl get secret second-api -n second -o jsonpath={.metadata.uid}{.data}')).toBe(keys);
    shell.run('helm upgrade second chart -n second --no-hooks');
    expect(shell.run('kubectl get secret second-api -n second -o jsonpath={.metadata.uid}{.data}')).toBe(keys);
  }, 120_000);
});
