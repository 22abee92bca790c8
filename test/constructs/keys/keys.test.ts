// The Job that makes keys: what it may do, how its pod runs, and what its script sends.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backupCommand, keyObjects, type KeySet } from '../../../constructs/keys';
import { KEY_SCRIPT } from '../../../constructs/keys/script';
import type { KubeObject } from '../../../kubernetes/object';

const SET: KeySet = {
  release: 'ci',
  namespace: 'build',
  name: 'ci-api',
  keys: ['one', 'two'],
  given: {},
  labels: { 'app.kubernetes.io/name': 'api', 'app.kubernetes.io/instance': 'ci' },
  backup: 'save them',
};
const SETTINGS = { image: { repository: 'curlimages/curl', tag: '8.12.1', pullPolicy: 'IfNotPresent' }, resources: {} };

const made = (set: Partial<KeySet> = {}): Record<string, KubeObject> =>
  Object.fromEntries(keyObjects({ ...SET, ...set }, { settings: SETTINGS }).map(({ object }) => [object.kind, object]));

interface Pod {
  readonly securityContext: object;
  readonly containers: readonly [{ readonly env: readonly { name: string; value: string }[]; readonly securityContext: object }];
}
const podOf = (job: KubeObject | undefined): Pod => (job as unknown as { spec: { template: { spec: Pod } } }).spec.template.spec;

describe('the objects', () => {
  it('may create Secrets of the namespace, and nothing else', () => {
    const { Role, RoleBinding, ServiceAccount, Job } = made();
    expect(Role).toMatchObject({
      metadata: { namespace: 'build' },
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['create'] }],
    });
    expect(RoleBinding).toMatchObject({
      roleRef: { kind: 'Role', name: 'ci-api-keys' },
      subjects: [{ kind: 'ServiceAccount', name: 'ci-api-keys', namespace: 'build' }],
    });
    expect(ServiceAccount).toMatchObject({ metadata: { name: 'ci-api-keys', namespace: 'build' } });
    expect(podOf(Job)).toMatchObject({ serviceAccountName: 'ci-api-keys' });
  });

  it('run as pod security `restricted` wants it', () => {
    const { securityContext, containers } = podOf(made()['Job']);
    expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('are selected by no Service of the component', () => {
    expect(made()['Job']).toHaveProperty('spec.template.metadata.labels', {
      'app.kubernetes.io/name': 'keys',
      'app.kubernetes.io/instance': 'ci',
    });
  });

  it('hand given keys over in a Secret that the pod mounts, and in no variable or argument', () => {
    const { Secret, Job } = made({ given: { two: 'Z2l2ZW4=', other: 'bm9uZQ==' } });
    expect(Secret).toMatchObject({ metadata: { name: 'ci-api-given-keys', namespace: 'build' }, data: { two: 'Z2l2ZW4=' } });
    expect(Secret).not.toHaveProperty('data.other');
    expect(JSON.stringify(Job)).not.toMatch(/Z2l2ZW4|given(?!["/-])/);
    expect(made()).not.toHaveProperty('Secret');
  });

  it('come before all else where Helm installs them, in the order in which they need each other', () => {
    const hooks = keyObjects({ ...SET, given: { one: 'eA==' } }, { settings: SETTINGS }).map(
      ({ object: { kind }, lifecycle: { hook, stage } }) => `${kind} ${stage} ${hook?.events.join(',')} ${hook?.weight}`,
    );
    expect(hooks).toEqual([
      'Secret keys pre-install,pre-upgrade 1',
      'ServiceAccount keys pre-install,pre-upgrade 2',
      'Role keys pre-install,pre-upgrade 3',
      'RoleBinding keys pre-install,pre-upgrade 4',
      'Job keys pre-install,pre-upgrade 5',
    ]);
  });
});

describe('the script', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keys-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs it with a stand-in for curl that answers with a status and keeps its arguments and its environment. */
  function run({ status = '201', answer = '{}', given = {} as Record<string, string>, annotations = {} as Record<string, string> } = {}) {
    const at = (name: string): string => join(folder, name);
    for (const name of ['account', 'work', 'bin', 'given']) mkdirSync(at(name), { recursive: true });
    writeFileSync(at('account/token'), 't0ken');
    for (const [key, value] of Object.entries(given)) writeFileSync(at(`given/${key}`), value);
    writeFileSync(at('answer'), answer);
    writeFileSync(
      at('bin/curl'),
      `#!/bin/sh\necho "$*" >${at('arguments')}\nenv >${at('environment')}\ncp ${at('answer')} ${at('work/answer.json')}\nprintf ${status}\n`,
    );
    chmodSync(at('bin/curl'), 0o755);
    const script = KEY_SCRIPT.replaceAll('/var/run/secrets/kubernetes.io/serviceaccount', at('account'))
      .replaceAll('/work', at('work'))
      .replaceAll('/given', at('given'));
    const { env } = podOf(made({ annotations })['Job']).containers[0];
    const variables = Object.fromEntries(env.map(({ name, value }) => [name, value.replaceAll('$$(', '$(')]));
    const result = spawnSync('/bin/sh', ['-c', script], {
      encoding: 'utf8',
      env: { ...variables, PATH: `${at('bin')}:${process.env['PATH']}` },
    });
    const text = (name: string): string => (existsSync(at(name)) ? readFileSync(at(name), 'utf8') : '');
    return {
      ...result,
      sent: JSON.parse(text('work/secret.json')) as { metadata: object; data: Record<string, string> },
      authorization: text('work/authorization'),
      told: `${result.stdout}${result.stderr}${text('arguments')}${text('environment')}`,
    };
  }
  const decode = (value = ''): string => Buffer.from(value, 'base64').toString('latin1');

  it('makes a Secret with keys of 32 letters and digits, others each time', () => {
    const [first, second] = [run(), run()];
    expect(first).toMatchObject({ status: 0, stdout: expect.stringContaining('Made the Secret ci-api in the namespace build') });
    expect(first.sent).toMatchObject({
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      metadata: { name: 'ci-api', namespace: 'build' },
    });
    const keys = [first, second].flatMap(({ sent }) => [decode(sent.data['one']), decode(sent.data['two'])]);
    expect(keys).toEqual(keys.map(() => expect.stringMatching(/^[A-Za-z0-9]{32}$/)));
    expect(new Set(keys).size).toBe(4);
    expect(first.authorization).toBe('Authorization: Bearer t0ken');
  });

  it('takes given keys as they are, byte for byte', () => {
    const given = `${'x'.repeat(100)}'"\\ $(id) %s\n`;
    const { sent } = run({ given: { two: given } });
    expect(decode(sent.data['two'])).toBe(given);
    expect(decode(sent.data['one'])).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  it('tells no key and no token, in no output, argument or variable', () => {
    const { sent, told } = run({ given: { two: 'g1ven-key' } });
    for (const secret of ['t0ken', 'g1ven-key', sent.data['one'] ?? '', decode(sent.data['one']), sent.data['two'] ?? '']) {
      expect(told).not.toContain(secret);
    }
  });

  it('keeps annotations whatever is in them', () => {
    const annotations = { 'a/b': `"quoted" $(SECRET_NAME) %s \\ 'x'\nnext` };
    expect(run({ annotations }).sent.metadata).toEqual({ name: 'ci-api', namespace: 'build', annotations });
  });

  it('is content with a Secret that exists', () => {
    expect(run({ status: '409' })).toMatchObject({
      status: 0,
      stdout: 'The Secret ci-api exists in the namespace build and stays as it is.\n',
    });
  });

  it('fails with the reason of the API server, and without what it repeats', () => {
    const answer = `{\n  "message": "secrets: g1ven-key",\n  "reason": "Forbidden",\n  "code": 403\n}`;
    const { status, stderr } = run({ status: '403', answer });
    expect(status).toBe(1);
    expect(stderr).toBe('The API server did not take the Secret ci-api in the namespace build: 403 Forbidden\n');
  });

  it('writes below its folder in memory only', () => {
    run();
    expect(readdirSync(join(folder, 'work')).toSorted()).toEqual(['answer.json', 'authorization', 'secret.json']);
  });
});

it('the command of the backup prints a values file', () => {
  expect(backupCommand(SET, ['api', 'secret'])).toBe(
    `kubectl get secret --namespace build ci-api --output go-template='{api: {secret: {b64encoded: true, one: "{{.data.one}}", two: "{{.data.two}}"}}}' > ci-api-keys.yaml && kubectl annotate secret --namespace build ci-api --overwrite cdk8s-estafette/keys-saved=$(date -u +%FT%TZ)`,
  );
});
