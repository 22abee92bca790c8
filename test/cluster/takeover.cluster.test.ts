// A release that Helm installed on a cluster goes on under kubectl, and goes back to Helm; and another one under Argo CD.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STAND_IN_PARTS } from '../support/images/stand-ins';
import { cli } from '../support/cli';
import { flagsOf, KEYS, loadImages, RELEASE, stream, untilReady } from '../support/release';
import {
  argoCd,
  ARGO_CD_PARTS,
  cluster,
  CLUSTER_PARTS,
  describeWith,
  eventually,
  findParts,
  findRootParts,
  succeed,
  type ArgoCd,
  type Cluster,
} from '../support/parts';
import { PUBLISHED, takeoverShell, type Shell } from '../support/takeover';

interface Live {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly uid: string; readonly managedFields?: readonly { readonly manager: string }[] };
  readonly spec?: { readonly template?: unknown };
}
interface Status {
  readonly sync?: { readonly status?: string; readonly revision?: string };
  readonly operationState?: { readonly phase?: string; readonly message?: string };
}

const TAKEOVER = `bin/cdk8s-estafette takeover ${RELEASE} ${RELEASE} -n ${RELEASE} -f values.yaml`;
const STATUS = `bin/cdk8s-estafette status ${RELEASE} ${RELEASE} -n ${RELEASE} -f values.yaml`;
const KINDS =
  'deployments,statefulsets,services,configmaps,secrets,persistentvolumeclaims,poddisruptionbudgets,cronjobs,ingresses,serviceaccounts,roles,rolebindings';
const parts = existsSync(PUBLISHED)
  ? findRootParts(...CLUSTER_PARTS, ...ARGO_CD_PARTS) && findParts(...STAND_IN_PARTS, 'helm', 'helm3', 'kubectl')
  : undefined;

describeWith(parts).each([
  ['kubectl', 'helm3'],
  ['Argo CD', 'helm'],
] as const)('a release is taken over by %s that %s made', (taker, maker) => {
  let subject: Cluster;
  let argo: ArgoCd | undefined;
  let shell: Shell;
  const folder = mkdtempSync(join(tmpdir(), 'takeover-'));

  const live = (): Map<string, Live> => {
    const { items } = JSON.parse(shell.run(`kubectl get ${KINDS} -n ${RELEASE} -o json --show-managed-fields`)) as { items: Live[] };
    return new Map(items.map((object) => [`${object.kind}/${object.metadata.name}`, object]));
  };
  const databasePods = (): string =>
    shell.run(`kubectl get pods -n ${RELEASE} -l app.kubernetes.io/component=cockroachdb -o 'jsonpath={.items[*].metadata.uid}'`);

  /** The part of the Application's first sync, with the files of `synth`. */
  async function sync(): Promise<void> {
    const current = argo as ArgoCd;
    const releases = {
      repoURL: current.repository.url,
      releases: [{ name: RELEASE, chart: RELEASE, namespace: RELEASE, target: 'argocd', application: true, set: KEYS }],
    };
    const { status, stderr } = cli(['synth', '-f', '-', '-o', join(folder, 'dist')], { cwd: folder, input: JSON.stringify(releases) });
    if (status !== 0) throw new Error(stderr);
    const files = Object.fromEntries(
      [`${RELEASE}.k8s.yaml`, `${RELEASE}.application.yaml`].map((file) => [file, readFileSync(join(folder, 'dist', file), 'utf8')]),
    );
    const revision = current.repository.commit(Object.fromEntries(Object.entries(files).map(([file, text]) => [`dist/${file}`, text])));
    await succeed(subject.kubectl(['create', '-f', '-'], files[`${RELEASE}.application.yaml`]));
    const state = async (): Promise<Status> =>
      (
        JSON.parse(await succeed(subject.kubectl(['get', 'application', RELEASE, '-n', current.namespace, '-o', 'json']))) as {
          status?: Status;
        }
      ).status ?? {};
    await eventually(
      state,
      ({ sync: at, operationState }) => at?.status === 'Synced' && at.revision === revision && operationState?.phase === 'Succeeded',
      300,
    );
  }

  beforeAll(async () => {
    subject = await cluster({ nodes: 1 });
    if (taker === 'Argo CD') argo = await argoCd(subject);
    if (parts) await loadImages(subject, parts, stream(), 'busybox:1.36');
    shell = takeoverShell(folder, { helm: parts?.[maker] ?? '', kubectl: parts?.kubectl ?? '' }, subject.kubeconfig);
  }, 300_000);
  afterAll(async () => {
    await argo?.stop();
    await subject?.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('is installed by Helm, hooks included', async () => {
    shell.run(`helm install ${RELEASE} ${PUBLISHED} -n ${RELEASE} --create-namespace --timeout 300s ${flagsOf(KEYS).join(' ')}`);
    await untilReady(subject);
  }, 500_000);

  it('goes on: no object is recreated, the database is not disturbed, and nothing is Helm’s', async () => {
    const [before, pods] = [live(), databasePods()];
    expect(pods.split(' ')).toHaveLength(3);
    shell.section('helm get values');
    const announced = shell.run(`${TAKEOVER} --target ${taker === 'kubectl' ? 'kubectl' : 'argocd'} --yes`);
    if (taker === 'kubectl') shell.run(`${STATUS} --watch`);
    else await sync();
    await untilReady(subject);
    const after = live();
    expect(
      [...before].filter(([key, { metadata }]) => after.has(key) && after.get(key)?.metadata.uid !== metadata.uid).map(([key]) => key),
    ).toEqual([]);
    expect([...before.keys()].filter((key) => !after.has(key) && !key.startsWith('Secret/sh.helm.release'))).toEqual([]);
    expect(
      [...after]
        .filter(([key, { metadata }]) => before.has(key) && metadata.managedFields?.some(({ manager }) => manager === 'helm'))
        .map(([key]) => key),
    ).toEqual([]);
    expect(databasePods()).toBe(pods);
    // What restarted had been said.
    const restarted = [...before]
      .filter(
        ([key, { kind, spec }]) =>
          /^(Deployment|StatefulSet)$/.test(kind) && JSON.stringify(after.get(key)?.spec?.template) !== JSON.stringify(spec?.template),
      )
      .map(([key]) => key);
    expect(restarted.filter((key) => !announced.includes(`${key.replace('/', ` ${RELEASE}/`)} (pods restart)`))).toEqual([]);
    expect(
      shell
        .run(`kubectl get jobs -n ${RELEASE} -o name`)
        .split('\n')
        .filter((name) => name && !name.includes('sender') && !/-[0-9a-f]{8}$/.test(name)),
    ).toEqual([]);
  }, 900_000);

  // Argo CD would take it back.
  if (taker !== 'kubectl') return;

  it('goes back to Helm, and is upgraded with the old values', async () => {
    const before = live();
    shell.run(`bin/cdk8s-estafette takeover --undo ${RELEASE}-takeover --yes`);
    shell.run(`helm upgrade ${RELEASE} ${PUBLISHED} -n ${RELEASE} --reuse-values --timeout 300s`);
    await untilReady(subject);
    const after = live();
    const kept = [...before].filter(([key]) => !/^(Job|Role|RoleBinding|ServiceAccount)\//.test(key));
    expect(kept.filter(([key, { metadata }]) => after.get(key)?.metadata.uid !== metadata.uid).map(([key]) => key)).toEqual([]);
    expect(
      [...after]
        .filter(([, { metadata }]) => metadata.managedFields?.some(({ manager }) => /^(kubectl|kubectl-replace)$/.test(manager)))
        .map(([key]) => key),
    ).toEqual([]);
  }, 900_000);
});
