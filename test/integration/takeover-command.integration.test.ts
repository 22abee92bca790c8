// `takeover`: a release that Helm 3 or Helm 4 made and people changed by hand, killed at every step, taken over, and given back.
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readYamlStream } from '../../helm/yaml/read';
import { writeYamlStream } from '../../helm/yaml/write';
import { ROOT } from '../support/cli';
import { apiServer, describeWith, findParts, type ApiServer } from '../support/parts';
import { PUBLISHED, takeoverShell, type Shell } from '../support/takeover';

interface Live {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { readonly manager: string; readonly operation: string; readonly subresource?: string }[];
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
}

const GROUPS = ['', '.apps', '.batch', '.policy', '.networking.k8s.io', '.rbac.authorization.k8s.io'];
const HA = join(ROOT, 'examples', 'estafette-ci', 'ha.yaml');
const TAKEOVER = 'bin/cdk8s-estafette takeover estafette-ci estafette-ci -n estafette-ci -f values.yaml';
const parts = existsSync(PUBLISHED) ? findParts('etcd', 'kube-apiserver', 'kubectl', 'helm', 'helm3') : undefined;

describeWith(parts).each(['helm', 'helm3'] as const)('a release that %s made', (maker) => {
  let server: ApiServer;
  let shell: Shell;
  const folder = mkdtempSync(join(tmpdir(), 'takeover-'));
  const name = ({ kind, metadata }: Live): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

  /** Everything there, but for Kubernetes' own. */
  function everything(): Map<string, Live> {
    const kinds = shell
      .run('kubectl api-resources --verbs=list -o name')
      .split('\n')
      .filter((kind) => kind && kind !== 'events' && GROUPS.includes(kind.replace(/^[^.]+/, '')))
      .join(',');
    const { items } = JSON.parse(shell.run(`kubectl get ${kinds} -A -o json --show-managed-fields`)) as { items: Live[] };
    return new Map(items.filter((object) => name(object).includes('estafette')).map((object) => [name(object), object]));
  }
  const isRecord = (key: string): boolean => key.startsWith('Secret estafette-ci/sh.helm.release.');
  const helms = (objects: ReadonlyMap<string, Live>): string[] =>
    [...objects].flatMap(
      ([
        key,
        {
          metadata: { managedFields, annotations = {} },
        },
      ]) =>
        isRecord(key) ||
        managedFields?.some(({ manager }) => manager === 'helm') ||
        Object.keys(annotations).some((mark) => mark.startsWith('meta.helm.sh/'))
          ? [key]
          : [],
    );

  /** Runs a command again and again, killed once after each of its writes and once before the first one. @returns how often it was killed */
  function killed(command: string, first?: () => void): number {
    writeFileSync(join(folder, 'killed'), '');
    let kills = 0;
    for (;;) {
      writeFileSync(join(folder, 'writes'), '');
      shell.run(`${command}; echo $? > status`);
      const status = readFileSync(join(folder, 'status'), 'utf8').trim();
      if (kills === 0) first?.();
      if (status !== '137') {
        rmSync(join(folder, 'killed'));
        expect(status).toBe('0');
        return kills;
      }
      kills += 1;
    }
  }

  beforeAll(async () => {
    server = await apiServer();
    shell = takeoverShell(folder, { helm: parts?.[maker] ?? '', kubectl: parts?.kubectl ?? '' }, server.kubeconfig);
    const program = join(folder, 'path', 'kubectl');
    rmSync(program);
    writeFileSync(
      program,
      `#!/bin/sh
case " $* " in
*" replace "* | *" apply "* | *" delete "* | *" create "*)
  if [ -f ${folder}/killed ]; then
    [ -s ${folder}/killed ] || { echo first >${folder}/killed; kill -9 $PPID; exit 1; }
    echo "$*" >>${folder}/writes
    write="$(grep -cxF -- "$*" ${folder}/writes) $*"
    if ! grep -qxF -- "$write" ${folder}/killed; then
      echo "$write" >>${folder}/killed
      ${parts?.kubectl} "$@"
      kill -9 $PPID
    fi
  fi
  ;;
esac
exec ${parts?.kubectl} "$@"
`,
    );
    chmodSync(program, 0o755);
    // No pod runs here, so no hook ends: their Jobs are made as Helm would have made them.
    shell.run(`helm install estafette-ci ${PUBLISHED} -n estafette-ci --create-namespace --no-hooks -f ${HA}`);
    shell.run('helm get hooks estafette-ci -n estafette-ci > hooks.yaml');
    const hooks = (readYamlStream(readFileSync(join(folder, 'hooks.yaml'), 'utf8'), 'hooks.yaml') as Live[]).filter(
      ({ kind, metadata: { annotations = {} } }) => kind === 'Job' && /install/.test(annotations['helm.sh/hook'] ?? ''),
    );
    writeFileSync(join(folder, 'jobs.yaml'), writeYamlStream(hooks));
    shell.run('kubectl create -n estafette-ci --field-manager=helm -f jobs.yaml');
    shell.run('helm get values estafette-ci -n estafette-ci -o yaml > values.yaml');
    // By hand: a field that the values give, one that they do not, and an object's label.
    shell.run(`kubectl patch cronjob estafette-ci-cron-event-sender -n estafette-ci -p '{"spec":{"schedule":"*/9 * * * *"}}'`);
    shell.run('kubectl set env deployment/estafette-ci-web BY_HAND=1 -n estafette-ci');
    shell.run('kubectl label configmap estafette-ci-api team=ci -n estafette-ci');
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  let before: Map<string, Live>;
  let keys: unknown;

  it('has a plan, and nothing is written', () => {
    before = everything();
    keys = before.get('Secret estafette-ci/estafette-ci-api')?.data;
    const plan = shell.run(`${TAKEOVER} 2>&1`);
    expect(plan).toMatch(/^Recreated: none\. \d+ objects change their owner, and nothing else\.$/m);
    expect(plan).toMatch(
      /^ {2}~ CronJob estafette-ci\/estafette-ci-cron-event-sender\n( {6}.*\n)* {6}~ spec\.schedule: "\*\/9 \* \* \* \*" → /m,
    );
    expect(plan).toMatch(/^Fields that somebody else than Helm has set, and that stay:\n(.*\n)*.*team: ci$/m);
    expect(plan).toMatch(/^Fields that somebody else than Helm has set, and that stay:\n(.*\n)*.*BY_HAND/m);
    expect(plan).toMatch(/^ {2}\+ Job estafette-ci\/estafette-ci-db-init-[0-9a-f]{8} \(runs once\)$/m);
    expect(plan).toMatch(/^ {2}- Job estafette-ci\/estafette-ci-db-init$/m);
    expect(plan).toMatch(/^ {2}Secret estafette-ci\/estafette-ci-api: it loses Helm's marks only$/m);
    expect(plan).toMatch(/^ {2}\$ kubectl get secret --namespace estafette-ci estafette-ci-api --output/m);
    expect(plan).toContain('Nothing was written. To do all of this, add --yes.');
    expect(everything()).toEqual(before);
    expect(existsSync(join(folder, 'estafette-ci-takeover'))).toBe(false);
  }, 60_000);

  it('has the same plan as JSON', () => {
    const plan = JSON.parse(shell.run(`${TAKEOVER} --output json 2>/dev/null`)) as Record<string, { kind: string; name: string }[]>;
    expect(plan).toMatchObject({
      formatVersion: 1,
      release: 'estafette-ci',
      namespace: 'estafette-ci',
      target: 'kubectl',
      backup: 'estafette-ci-takeover',
      helm: { chart: 'estafette-ci 1.5.14' },
      refused: [],
      keys: [{ kind: 'Secret', name: 'estafette-ci-api', save: expect.stringMatching(/^kubectl get secret /) as unknown }],
    });
    const names = (member: string) => plan[member]?.map(({ kind, name }) => `${kind}/${name}`);
    expect(names('changed')).toContain('CronJob/estafette-ci-cron-event-sender');
    expect(names('added')).toContainEqual(expect.stringMatching(/^Job\/estafette-ci-db-init-[0-9a-f]{8}$/));
    expect(names('deleted')).toContain('Job/estafette-ci-db-init');
    expect(names('unmarked')).toContain('Secret/estafette-ci-api');
    expect(JSON.stringify(plan)).not.toContain(Object.values(keys as Record<string, string>)[0]);
  }, 60_000);

  it('is told what the values lack, and not what the values are', () => {
    writeFileSync(join(folder, 'few.yaml'), 'api: {enabled: true}\n');
    const plan = shell.run(`${TAKEOVER.replace('values.yaml', 'few.yaml')} 2>&1`, 0, 1);
    expect(plan).toMatch(/^Values of Helm’s release that the values do not give \(what they are is not shown\):\n( {2}- [\w.-]+\n)+/m);
  }, 60_000);

  it('is not taken over where an object would have to be made anew', () => {
    const refused = shell.run(`${TAKEOVER} --set db.storage.persistentVolume.size=200Gi --yes 2>&1`, 1);
    expect(refused).toMatch(/^ {2}! StatefulSet estafette-ci\/estafette-ci-db spec\.volumeClaimTemplates.*: the server refuses changes/m);
    expect(refused).toMatch(/^Error: the release cannot be taken over as it is/m);
    expect(everything()).toEqual(before);
    expect(existsSync(join(folder, 'estafette-ci-takeover'))).toBe(false);
  }, 60_000);

  it('is taken over, killed after every write, with the same objects', () => {
    const kills = killed(`${TAKEOVER} --yes`, () => {
      const backup = join(folder, 'estafette-ci-takeover');
      expect(statSync(backup).mode & 0o777).toBe(0o700);
      expect(readdirSync(backup).map((file) => [file, statSync(join(backup, file)).mode & 0o777])).toEqual(
        ['.gitignore', 'README.txt', 'helm.json', 'objects.json', 'release.yaml', 'takeover.json'].map((file) => [file, 0o600]),
      );
      expect(everything()).toEqual(before);
    });
    expect(kills).toBeGreaterThan(7);

    const after = everything();
    expect(helms(after)).toEqual([]);
    expect([...after].filter(([key, { metadata }]) => before.has(key) && before.get(key)?.metadata.uid !== metadata.uid)).toEqual([]);
    const gone = [...before.keys()].filter((key) => !after.has(key) && !isRecord(key));
    expect(gone.length).toBeGreaterThan(0);
    expect(gone.filter((key) => !key.startsWith('Job '))).toEqual([]);
    expect(after.get('Secret estafette-ci/estafette-ci-api')?.data).toEqual(keys);
    // What people set and the values do not give has stayed.
    expect(after.get('ConfigMap estafette-ci/estafette-ci-api')?.metadata.labels).toMatchObject({ team: 'ci' });
    expect(JSON.stringify(after.get('Deployment estafette-ci/estafette-ci-web')?.spec)).toContain('BY_HAND');
    const live = shell.run('bin/cdk8s-estafette diff estafette-ci estafette-ci -n estafette-ci -f values.yaml --live 2>/dev/null', 0, 1);
    // The Secret with the keys is what its Job makes.
    expect(live).toMatch(/^0 added, 0 removed, 2 changed, \d+ equal$/m);
    expect(live).not.toContain('Secret estafette-ci/estafette-ci-api');
  }, 400_000);

  it('has nothing left to take over', () => {
    expect(shell.run(`${TAKEOVER} --yes 2>&1`)).toContain('A takeover of estafette-ci has begun');
    expect(shell.run(`${TAKEOVER} --backup other 2>&1; true`)).toMatch(
      /^Error: Helm has no release estafette-ci in the namespace estafette-ci of /m,
    );
    expect(shell.run(`${TAKEOVER} --set api.baseHost=x 2>&1; true`)).toMatch(/^Error: the values give other manifests than those/m);
  }, 60_000);

  it('is given back, killed after every write, and Helm upgrades it with the old values', () => {
    const plan = shell.run('bin/cdk8s-estafette takeover --undo estafette-ci-takeover 2>&1');
    expect(plan).toMatch(
      /^~ CronJob estafette-ci\/estafette-ci-cron-event-sender\n( {4}.*\n)* {4}~ spec\.schedule: .* → "\*\/9 \* \* \* \*"$/m,
    );
    const told = JSON.parse(shell.run('bin/cdk8s-estafette takeover --undo estafette-ci-takeover --output json')) as object;
    const records = [...before.keys()].filter(isRecord).length;
    expect(told).toMatchObject({ formatVersion: 1, release: 'estafette-ci', backup: 'estafette-ci-takeover', target: 'kubectl', records });
    expect(told).toHaveProperty('changed', expect.arrayContaining([expect.objectContaining({ kind: 'CronJob', restarts: false })]));
    expect(told).toHaveProperty(
      'restored',
      expect.arrayContaining([expect.objectContaining({ kind: 'Deployment', name: 'estafette-ci-api' })]),
    );
    expect(killed('bin/cdk8s-estafette takeover --undo estafette-ci-takeover --yes')).toBeGreaterThan(3);
    const after = everything();
    const managers = ({ metadata: { managedFields } }: Live): string[] =>
      [
        ...new Set(
          (managedFields ?? []).filter(({ subresource }) => !subresource).map(({ manager, operation }) => `${manager} ${operation}`),
        ),
      ].toSorted();
    const content = ({ spec, data, metadata: { labels, annotations, uid } }: Live): object => ({ spec, data, labels, annotations, uid });
    for (const [key, object] of before) {
      if (key.startsWith('Job ') && !after.has(key)) continue;
      const now = after.get(key) as Live;
      expect([key, managers(now)]).toEqual([key, managers(object)]);
      if (!isRecord(key)) expect([key, content(now)]).toEqual([key, content(object)]);
    }
    expect([...after.keys()].filter((key) => !before.has(key))).toEqual([]);

    // Helm 4 refuses fields that people have changed, taken over or not.
    shell.run(
      `helm upgrade estafette-ci ${PUBLISHED} -n estafette-ci --no-hooks -f values.yaml --set web.deployment.replicaCount=2${maker === 'helm' ? ' --force-conflicts' : ''}`,
    );
    expect(shell.run('helm history estafette-ci -n estafette-ci -o json')).toMatch(/"revision":2.*"status":"deployed"/);
    expect(everything().get('Secret estafette-ci/estafette-ci-api')?.metadata.uid).toBe(
      before.get('Secret estafette-ci/estafette-ci-api')?.metadata.uid,
    );
    expect(shell.run(`${TAKEOVER} --yes 2>&1; true`)).toMatch(/^Error: estafette-ci-takeover is of a takeover that was undone/m);
  }, 400_000);

  it('is taken over for Argo CD, whose fields they are then', () => {
    shell.run('kubectl annotate -n estafette-ci configmap estafette-ci-api by=hand --overwrite');
    shell.run('helm get values estafette-ci -n estafette-ci -o yaml > values.yaml');
    shell.run(`${TAKEOVER} --target argocd --backup second --yes`);
    const after = everything();
    expect(helms(after)).toEqual([]);
    expect(after.get('Deployment estafette-ci/estafette-ci-api')?.metadata.managedFields?.map(({ manager }) => manager)).toEqual([
      'argocd-controller',
    ]);
    // As Argo CD marks what it applies.
    shell.run('kubectl annotate -n estafette-ci service estafette-ci-api argocd.argoproj.io/tracking-id=x');
    expect(shell.run('bin/cdk8s-estafette takeover --undo second --yes 2>&1', 1)).toMatch(
      /^Error: Argo CD applies Service estafette-ci\/estafette-ci-api, and would take the release back: delete its Application first/m,
    );
  }, 120_000);
});
