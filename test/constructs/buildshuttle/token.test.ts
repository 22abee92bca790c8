// The token that nobody gave: made in the cluster by the Job of the keys, saved by the command that is printed.
import { parse } from 'yaml';
import { LEAST, POD, render, TOKEN, type Rendered } from './synth';

const MADE = { ...LEAST.host, auth: {} };
const encoded = Buffer.from(TOKEN).toString('base64');

it.each([
  ['kubectl', 'buildshuttle'],
  ['argocd', 'buildshuttle'],
  ['helm', 'builds'],
] as const)('is made by a Job of the release for the target %s, in a Secret that is not part of it', (target, release) => {
  const { ids, objects, deployment } = render(MADE, { target, release });
  const name = release === 'buildshuttle' ? release : `${release}-buildshuttle`;
  expect(ids.filter((id) => id.startsWith('Secret/'))).toEqual([]);
  expect(ids).toEqual(expect.arrayContaining(['ServiceAccount', 'Role', 'RoleBinding'].map((kind) => `${kind}/${name}-auth-keys`)));
  const job = objects.find(({ kind }) => kind === 'Job') as Rendered;
  expect(job.metadata.name).toMatch(new RegExp(`^${name}-auth-keys`));
  expect(job).toHaveProperty(
    `${POD}.containers.0.env`,
    expect.arrayContaining([
      { name: 'SECRET_NAME', value: `${name}-auth` },
      { name: 'SECRET_KEYS', value: 'token' },
    ]),
  );
  // The Service of the release finds its pods by this label.
  expect(job).not.toHaveProperty('spec.template.metadata.labels.name');
  expect(deployment).toHaveProperty(
    `${POD}.volumes`,
    expect.arrayContaining([
      expect.objectContaining({ secret: { secretName: `${name}-auth`, defaultMode: 0o440, items: [{ key: 'token', path: 'token' }] } }),
    ]),
  );
});

it('is made where the release runs, from its image and with its pull secret', () => {
  const { objects } = render({
    ...MADE,
    auth: { key: 'word', job: { image: { repository: 'mirror.example.com/curl', tag: '9' } } },
    imagePullSecrets: [{ name: 'pull' }],
    nodeSelector: { disk: 'ssd' },
    tolerations: [{ key: 'dedicated', operator: 'Exists' }],
  });
  expect(objects.find(({ kind }) => kind === 'Job')).toHaveProperty(
    POD,
    expect.objectContaining({
      imagePullSecrets: [{ name: 'pull' }],
      nodeSelector: { disk: 'ssd' },
      tolerations: expect.arrayContaining([{ key: 'dedicated', operator: 'Exists' }]),
      containers: [expect.objectContaining({ image: 'mirror.example.com/curl:9' })],
    }),
  );
});

it.each([
  ['given', { token: TOKEN }],
  ['in a Secret', { existingSecret: 'builds' }],
  ['not asked for', { mode: 'none' as const }],
])('is not made where it is %s', (_how, auth) => {
  const { ids, warnings } = render({ ...LEAST.host, auth, networkPolicy: { namespaces: ['ci'] } });
  expect(ids.filter((id) => /Job|Role|ServiceAccount/.test(id))).toEqual([]);
  expect(warnings.filter((warning) => warning.startsWith('auth.token'))).toEqual([]);
});

describe('the warning', () => {
  const commandOf = (auth: object): string => {
    const told = render({ ...LEAST.host, auth }).warnings.filter((warning) => warning.startsWith('auth.token'));
    expect(told).toEqual([
      expect.stringMatching(/^auth\.token: is not given, so a Job makes it in the cluster, once, in the Secret buildshuttle-auth of the /),
    ]);
    return /kubectl get secret .*$/.exec(told[0] ?? '')?.[0] ?? '';
  };

  it.each([
    ['token', '{{.data.token}}'],
    ['my.token', '{{index .data "my.token"}}'],
  ])('has a command that saves the key %s as values, which bring the same Secret back', (key, content) => {
    const command = commandOf({ key });
    const template = /go-template='(.*)' > buildshuttle-auth-keys\.yaml && kubectl annotate secret /.exec(command)?.[1] ?? '';
    expect(template).toContain(content);
    const values = parse(template.replace(content, encoded)) as { auth: object };
    const { find, ids } = render({ ...LEAST.host, auth: { ...values.auth, key } });
    expect(find('Secret', 'buildshuttle-auth')['stringData']).toEqual({ [key]: TOKEN });
    expect(ids.filter((id) => id.startsWith('Job/'))).toEqual([]);
  });
});
