// Secrets are never printed, whatever they are written in, and the rest still is.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { isSecretName } from '../../../constructs/common/hide/names';
import { hidden, maskText } from '../../../constructs/common/hide/text';
import { maskAny } from '../../../cli/diff/hide/documents';
import { isPlain, maps, type Thing } from '../../../cli/diff/objects';
import { containersOf } from '../../../cli/diff/shapes/pod';
import { printDeletions } from '../../../cli/diff/print/deletions';
import { printJson } from '../../../cli/diff/print/json';
import { printMarkdown } from '../../../cli/diff/print/markdown';
import { coloured, printText } from '../../../cli/diff/print/text';
import { compareReleases } from '../../../cli/diff/report';
import { writeYamlStream } from '../../../helm/yaml/write';
import { cli } from '../../support/cli';
import { configMap, deployment, secret, template } from './samples';

const report = (before: readonly Thing[], after: readonly Thing[]) =>
  compareReleases({ release: 'r', chart: 'estafette-ci', namespace: 'default', before, after });
const outputs = (before: readonly Thing[], after: readonly Thing[]): string => {
  const found = report(before, after);
  return [
    printText(found, { upgrade: true }),
    printText(found, { paint: coloured }),
    printJson(found),
    printMarkdown(found),
    printDeletions(found),
  ].join('\n');
};
const env = (name: string, value: string) =>
  deployment({
    template: template({
      env: [
        { name, value },
        { name: 'OTHER', value: 'seen' },
      ],
    }),
  });
const args = (...list: string[]) => deployment({ template: template({ args: ['run', ...list, '--verbose'] }) });
const file = (name: string, text: string) => configMap({ [name]: text });
const base64 = (text: string) => Buffer.from(text).toString('base64');
const withSecret = (value: string, object: Thing): Thing[] => [secret('Opaque', { key: value }), object];

/** Where a secret may stand: the objects that hold it. */
const SHAPES: Readonly<Record<string, (secretText: string) => Thing | Thing[]>> = {
  'a quoted value of two words': (s) => file('a.yaml', `password: "two ${s}"\nmode: x\n`),
  'an unquoted value of two words': (s) => file('a.yaml', `password: two ${s}\nmode: x\n`),
  'an unquoted value of two words, in no YAML': (s) => file('app.conf', `password = two ${s}\nmode [x\n`),
  'a list, in one line': (s) => file('a.yaml', `passwords: [one, ${s}]\n`),
  'a list': (s) => file('a.yaml', `passwords:\n- one\n- ${s}\n`),
  'a list, in no YAML': (s) => file('app.conf', `mode [x\npasswords:\n  - one\n  - ${s}\nmode: z\n`),
  'a map': (s) => file('a.yaml', `tokens:\n  alice: ${s}\n  bob:\n    deep: ${s}\n`),
  'a key of something': (s) => file('a.yaml', `auth: {jwt: {key: ${s}}}\n`),
  'a key of something, in JSON': (s) => file('a.json', JSON.stringify({ auth: { jwt: { key: s } } }, null, 2)),
  'a key of something, in a file without extension': (s) => file('config', `auth:\n  jwt:\n    domain: d\n    key: ${s}\n`),
  'JSON in one line': (s) => file('a.txt', `x {"password":"${s}","b":1}`),
  'a block of text': (s) => file('a.yaml', `a: 1\nclientSecret: |\n  first\n  ${s}\nb: 2\n`),
  'a block of text, in no YAML': (s) => file('a.conf', `x [\nclientSecret: |\n  first\n  ${s}\nb: 2\n`),
  'a text over lines': (s) => file('a.sh', `TOKEN="first\n${s}\n"\necho x\n`),
  'an alias': (s) => file('a.yaml', `x: &anchor ${s}\npassword: *anchor\n`),
  'a value that begins as a path or a reference does': (s) =>
    file('a.conf', `x [\npassword: /${s}\ntoken=$${s}\nsecret: ${'${X:-'}${s}}\n`),
  'a value that begins as a comment or a tag does': (s) => file('a.conf', `x [\nPASSWORD=#${s}\ntoken: !${s}\nsecret: &${s}\n`),
  'a text that goes on': (s) => file('a.conf', `x [\npassword: one\n  two ${s}\ny: 1\n`),
  'a text in three quotes': (s) => file('a.toml', `[a]\nsecret_key = '''${s}'''\ntoken = """\n${s}\n"""\n`),
  'a password behind a short flag': (s) => file('a.sh', `mysql -uroot -p${s} db\nredis-cli -h x -a ${s} ping\n`),
  XML: (s) => file('a.xml', `<password>${s}</password>\n<add key="DbPassword" value="${s}"/>\n`),
  'binary data': (s) => ({ ...configMap({}), binaryData: { file: base64(`x ${s}`) } }) as unknown as Thing,
  'a flag in front of a member, in one line': (s) =>
    file('a.sh', `x [\nrun --password ${s} token: ${s}\nrun token: ${s} --password ${s}\n`),
  'a password of a login': (s) => args('docker', 'login', '-p', s),
  'variables in a document': (s) => file('a.yaml', `env:\n- name: DB_PASSWORD\n  value: ${s}\n- {key: token, value: ${s}}\n`),
  'a text in a document': (s) => file('a.yaml', `a: |\n  x [\n  passwords:\n    - ${s}\n  b: 1\nc: 1\n`),
  'a reference and more': (s) => file('a.yaml', `user: x\npassword: \${X} ${s}\ntoken: null;${s}\nsecret: true ${s}\n`),
  'a reference and more, in no YAML': (s) => file('a.conf', `x [\npassword = \${X} ${s}\ntoken: true ${s}\n`),
  'a reference and more, as an argument of its own': (s) => args('--token', `true ${s}`),
  'a quoted text and more': (s) => file('a.conf', `x [\npassword: 'a'${s}\ntoken: ''"${s}"\n`),
  'what YAML takes for an alias, an anchor or a tag': (s) => file('a.conf', `user: x\npassword: *${s}\ntoken: &${s}\nsecret: !${s}\n`),
  'what YAML takes for a comment': (s) => file('a.conf', `user: x\npassword: abc #${s}\ntoken: #${s}\n`),
  'an alias as a key': (s) => file('a.yaml', `user: &k password\n*k : ${s}\n`),
  'an alias as the name of a variable': (s) => file('a.yaml', `x: &n DB_PASSWORD\nenv:\n- {name: *n, value: ${s}}\n`),
  'an alias as the value of a variable': (s) => file('a.yaml', `x: &v ${s}\nenv:\n- {name: DB_PASSWORD, value: *v}\n`),
  'a variable that is merged': (s) =>
    file('a.yaml', `x: &v {value: ${s}}\ny: &n {name: DB_TOKEN}\nenv:\n- {name: DB_PASSWORD, <<: *v}\n- {<<: *n, value: ${s}}\n`),
  'a variable with a list': (s) => file('a.yaml', `env:\n- name: DB_PASSWORD\n  value: [a, ${s}]\n`),
  'an alias behind an alias': (s) => file('a.yaml', `x: &m [${s}]\ny: &n {v: *m}\npasswords: *n\n`),
  'the same value twice, once behind an alias': (s) => file('a.yaml', `password: ${s}\nuser: &k token\n*k : ${s}\n`),
  'a list whose brackets stand at the beginning of lines': (s) => file('a.yaml', `passwords: [\n${s}\n]\nb: 1\n`),
  'a text whose lines stand at the begin': (s) => file('a.yaml', `password: "a\n${s}"\nb: 1\n`),
  'a line that another break of YAML 1.1 begins': (s) => file('a.yaml', `a: 1\u0085password: ${s}\npassword:\u2028 ${s}\n`),
  'JSON in JSON': (s) => file('a.json', JSON.stringify({ a: JSON.stringify({ auth: { jwt: { key: s } }, password: s }) }, null, 1)),
  'YAML in JSON': (s) => file('a.json', JSON.stringify({ a: `x: 1\nauth:\n  jwt:\n    key: ${s}\npasswords:\n- a\n- ${s}\n` }, null, 1)),
  'JSON in a text of a document': (s) => file('a.yaml', `a: |\n  {"password":\n  "${s}"}\n`),
  'a member of a key': (s) => file('a.yaml', `a: 1\n? {password: ${s}}\n: 1\n`),
  'an item of a list': (s) => file('a.yaml', `- user: a\n  password: ${s}\n- user: b\n  password: ${s}x\n`),
  'a comment': (s) => file('a.conf', `a: 1\n# password: ${s}\n`),
  'a header': (s) => file('a.conf', `x [\nAuthorization Bearer ${s}\n`),
  'a header, basic': (s) => file('a.conf', `Authorization: Basic ${s}\n`),
  'a header in a probe': (s) =>
    deployment({ template: template({ livenessProbe: { httpGet: { port: 1, httpHeaders: [{ name: 'X-Api-Key', value: s }] } } }) }),
  'a header of curl': (s) => args('sh', '-c', `curl -H 'X-Api-Key: ${s}' -u user:${s} https://example.com`),
  'an SQL statement': (s) => file('init.sql', `ALTER USER a WITH PASSWORD '${s}';\n`),
  'a setting of Redis': (s) => file('redis.conf', `port 1\nrequirepass ${s}\n`),
  'an argument of its own': (s) => args('--token', s),
  'an argument of its own that begins with a dash': (s) => args('--token', `-${s}`),
  'a login as an argument': (s) => args(`--basic-auth=user:${s}`),
  'a login as an argument of its own': (s) => args('-u', `user:${s}`),
  'an argument': (s) => args(`--db-password=${s}`),
  'an argument in a script': (s) => args('sh', '-c', `login --token ${s} --verbose; login --password="a ${s}"`),
  SECRET_KEY_BASE: (s) => env('SECRET_KEY_BASE', s),
  MYSQL_PWD: (s) => env('MYSQL_PWD', s),
  GITHUB_PAT: (s) => env('GITHUB_PAT', s),
  RAILS_KEY_BASE: (s) => env('RAILS_KEY_BASE', s),
  DB_PASSWORD_OLD: (s) => env('DB_PASSWORD_OLD', s),
  'a header in a variable': (s) => env('HEADER', `Authorization: Bearer ${s}`),
  'a webhook of Slack': (s) => env('NOTIFY', `https://hooks.slack.com/services/T000/B000/${s}`),
  'a URL without a user': (s) => env('URL', `redis://:p@${s}@host/0`),
  'a URL with a slash in its password': (s) => env('URL', `redis://u:p/${s}@host/0`),
  'a parameter of a URL': (s) => env('URL', `https://host/path?sig=${s}&a=b`),
  'a value of a Secret': (s) => withSecret(s, env('OTHER_NAME', `--x=${s}`)),
  'a value of a Secret, encoded': (s) => withSecret(s, env('OTHER_NAME', base64(s))),
  'a value of a Secret with something before it, encoded': (s) => withSecret(s, env('OTHER_NAME', base64(`user:${s}`))),
  'a value of a Secret with something around it, encoded': (s) => withSecret(s, file('a.conf', `x=${base64(`us:${s}:more`)}`)),
  'a value of a Secret in a URL': (s) => withSecret(`${s}/%`, env('OTHER_NAME', `x${encodeURIComponent(`${s}/%`)}`)),
  "a member of a Secret's file": (s) => withSecret(`auth:\n  jwt: {key: ${s}}\n`, env('OTHER_NAME', `x${s}`)),
  'keys of receivers': (s) =>
    file(
      'alertmanager.yml',
      `receivers:\n- pagerduty_configs: [{routing_key: ${s}, service_key: ${s}}]\n- pushover_configs:\n  - {user_key: ${s}}\n`,
    ),
  MY_CREDS: (s) => env('MY_CREDS', s),
  'a file of logins': (s) => file('.netrc', `machine example.com login me password ${s}\n`),
  'a file of logins of another name': (s) =>
    file('logins', `machine example.com login me password ${s}\nmachine b login c password ${s}\n`),
  'set -x': (s) => file('a.fish', `set -x SECRET ${s}\nsetenv DB_PASSWORD "${s}"\nproxy_set_header X-Api-Key ${s};\n`),
  'a custom resource': (s) =>
    ({
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      metadata: { name: 'a', namespace: 'default' },
      spec: { auth: { password: s } },
    }) as unknown as Thing,
  'an annotation': (s) =>
    ({
      ...configMap({}),
      metadata: { name: 'settings', namespace: 'default', annotations: { 'example.com/settings': `{"token":"${s}"}` } },
    }) as Thing,
};

/** In a notation of its own each, where letters and digits need no quotes. */
const marker = fc
  .string({ unit: fc.constantFrom(...'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'), minLength: 9, maxLength: 24 })
  .map((text) => `Zq7${text}`);
const list = (found: Thing | Thing[]): Thing[] => (Array.isArray(found) ? found : [found]);

describe.each(Object.entries(SHAPES))('%s', (_title, make) => {
  it('is never printed', () => {
    fc.assert(
      fc.property(marker, marker, (one, other) => {
        const [before, after] = [list(make(one)), list(make(other))];
        const bare = [...before, ...after]
          .map((object) => (object.kind === 'Deployment' ? deployment() : object.kind === 'ConfigMap' ? configMap({}) : undefined))
          .filter((object) => object !== undefined)
          .slice(0, 1);
        for (const text of [outputs(before, after), outputs(before, []), outputs([], after), outputs(bare, after), outputs(before, bare)]) {
          for (const value of [one, other]) {
            expect(text).not.toContain(value);
            for (const form of [base64(value), base64(`user:${value}`)]) expect(text).not.toContain(form.slice(0, -3));
          }
        }
      }),
      { numRuns: 12 },
    );
  });
});

describe('a value of a Secret, in another object', () => {
  const hex = (text: string) => Buffer.from(text).toString('hex');
  const quoted = (text: string) => JSON.stringify(text).slice(1, -1);
  const lower = (text: string) => text.replaceAll(/%../g, (sign) => sign.toLowerCase());
  const text = fc
    .string({ unit: fc.constantFrom(...'abcXYZ019', ...`"'\\/%&+$:@ #{<>()!*~`, 'ä', '🐳', '\n'), minLength: 8, maxLength: 20 })
    .map((middle) => `Q${middle}Z`);

  it.each<[string, (secretText: string) => string]>([
    ['as it is', (s) => s],
    ['in base64', base64],
    ['in base64 with one byte before', (s) => base64(`a${s}`)],
    ['in base64 with two bytes before and some behind', (s) => base64(`ab${s}zz`)],
    ['in the base64 of URLs', (s) => Buffer.from(`u:${s}`).toString('base64url')],
    ['in base64 twice', (s) => base64(base64(s))],
    ['in JSON', quoted],
    ['in JSON of ASCII', (s) => quoted(s).replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)],
    ['in JSON inside of JSON', (s) => quoted(quoted(s))],
    ['in a URL', encodeURIComponent],
    ['in a URL, in small letters', (s) => lower(encodeURIComponent(s))],
    ['in a URL that keeps its slashes', encodeURI],
    ['in a form', (s) => new URLSearchParams({ s }).toString().slice(2)],
    ['in YAML or SQL between quotes', (s) => s.replaceAll("'", "''")],
    ['in a script between quotes', (s) => s.replaceAll("'", String.raw`'\''`)],
    ['in a script between double quotes', (s) => s.replaceAll(/[\\$`"]/g, String.raw`\$&`)],
    [
      'in XML',
      (s) => s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&apos;'),
    ],
    ['in hexadecimal', hex],
  ])('%s, is never printed', (_title, form) => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [before, after] = [one, other].map((s) => [secret('Opaque', { key: s }), file('a.conf', `x ${form(s)} y`)]);
        const shown = outputs(before ?? [], after ?? []);
        for (const s of [one, other]) {
          const core = form(s).slice(3, -3);
          for (const part of [core, quoted(core)]) if (part.length > 5) expect(shown).not.toContain(part);
        }
      }),
      { numRuns: 40, seed: 10 },
    );
  });
});

it('every difference is told, hidden or not', () => {
  for (const make of Object.values(SHAPES)) {
    const found = report(list(make('Zq7abcdefghi')), list(make('Zq7ihgfedcba')));
    expect(found.equal).toBe(false);
    for (const { fields } of found.objects)
      for (const field of fields)
        expect(field.hidden !== undefined || JSON.stringify(field.before) !== JSON.stringify(field.after)).toBe(true);
  }
});

it.each([
  ['password: "a" S3cretWord', 'password: "(hidden)" (hidden)'],
  ["password: 'a' S3cret word", "password: '(hidden)' (hidden)"],
  ['{password: "a", user: me}', '{password: "(hidden)", user: me}'],
  ['password: "a" user: me', 'password: "(hidden)" user: me'],
  ['password: "a" # a comment', 'password: "(hidden)" # a comment'],
  ['PASSWORD="a" run --fast', 'PASSWORD="(hidden)" run --fast'],
])('a value that goes on behind its quotes is hidden to its end: %s', (text, shown) => {
  expect(maskText(text, hidden)).toBe(shown);
});

it('arguments that are not secret can be read', () => {
  const text = printText(
    report(
      [args('mkdir', '-p', '/one', '--token-file', '/a', '--user', 'me', '--secret-name=x')],
      [args('mkdir', '-p', '/two', '--token-file', '/b', '--user', 'you', '--secret-name=y')],
    ),
  );
  expect(text).not.toContain('(hidden)');
  for (const word of ['/one', '/two', '/a', '/b', 'me', 'you', '--secret-name=x']) expect(text).toContain(word);
});

it('what differs in hidden parts only says so', () => {
  const text = printText(report([file('nats.conf', 'port: 1\npassword: one\n')], [file('nats.conf', 'port: 1\npassword: two\n')]));
  expect(text).toContain('    ~ data[nats.conf]: changed (hidden)\n');
  expect(JSON.parse(printJson(report([args('--token', 'one')], [args('--token', 'two')])))).toMatchObject({
    objects: [{ fields: [{ change: 'changed', hidden: true, path: 'spec.template.spec.containers[main].args[2]' }] }],
  });
});

it.each(['y', '"', 'a.', 'a:', '- ', 'x=y ', 'https://', 'eyJ', '$('])('takes no long time for a long text of %j', (part) => {
  const text = part.repeat(100_000 / part.length);
  const begin = performance.now();
  maskAny(text, hidden);
  expect(performance.now() - begin).toBeLessThan(3000);
});

it('a reason is in its own words', () => {
  const [finding] = report([secret('Opaque', { key: 'server' })], [secret('kubernetes.io/tls', { key: 'refuses' })]).refused;
  expect(finding?.reason).toBe('the server refuses another type of a Secret: Opaque → kubernetes.io/tls');
});

it.each([
  'DB_PASSWORD',
  'dbPassword',
  'SECRET_KEY_BASE',
  'MYSQL_PWD',
  'GITHUB_PAT',
  'client-secret',
  'tls.key',
  'jwtKey',
  'apikey',
  'SLACK_WEBHOOK_URL',
  'requirepass',
  'DB_PASSWORD_OLD',
  'Authorization',
  'SENTRY_DSN',
  'PGPASS',
  'routing_key',
  'service_key',
  'user_key',
  'MY_CREDS',
])("%s is a secret's name", (name) => expect(isSecretName(name)).toBe(true));
it.each([
  'PWD',
  'secretName',
  'tokenPath',
  'PASSWORD_FILE',
  'SECRET_REF',
  'path',
  'keyboard',
  'key',
  'publicKey',
  'authType',
  'TOKEN_TTL',
  'DATABASE_URL',
  'pattern',
  'compact',
  'tokenExpirationSeconds',
])('%s is none', (name) => expect(isSecretName(name)).toBe(false));

it.each([
  ['port: 8080\nhost: a\n', 'port: 8080\nhost: a\n'],
  ['password: ${DB_PASSWORD}\ntoken: $(TOKEN)\nsecret: true\n', 'password: ${DB_PASSWORD}\ntoken: $(TOKEN)\nsecret: true\n'],
  ['passwordFile: /run/secrets/x\n', 'passwordFile: /run/secrets/x\n'],
  [
    'auth:\n  domain: example.com\n  jwt:\n    key: x\n    issuer: y\n',
    'auth:\n  domain: example.com\n  jwt:\n    key: (hidden)\n    issuer: y\n',
  ],
  ['tokens:\n- a\n- b\nmode: z\n', 'tokens:\n(hidden)\nmode: z\n'],
  ['url: https://host:8080/path@x\n', 'url: https://host:8080/path@x\n'],
  ['{"a": {"password": "x", "user": "u"}}', '{"a": {"password": "(hidden)", "user": "u"}}'],
])('the rest can be read: %j', (text, shown) => expect(maskAny(text, hidden)).toBe(shown));

describe('on the command line', () => {
  it('in no output and not on stderr', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cdk8s-estafette-hide-'));
    const secretText = 'Zq7commandline9';
    // What a Secret holds is hidden everywhere: the others must not be helped by it.
    const ofSecrets = 'Zq7ofsecrets88';
    const shapes = Object.values(SHAPES).flatMap((make) => list(make(list(make('')).length > 1 ? ofSecrets : secretText)));
    const data = Object.fromEntries(
      maps(shapes)
        .filter(({ kind }) => kind === 'ConfigMap')
        .flatMap((object, index) =>
          Object.entries(isPlain(object['data']) ? object['data'] : {}).map(([name, text]) => [`${index}-${name}`, text]),
        ),
    );
    const containers = shapes
      .flatMap((object) => containersOf(object))
      .map((container, index) => ({ ...container, name: index ? `c${index}` : 'api' }));
    expect([Object.keys(data).length, containers.length]).toEqual([54, 26]);
    const manifest = join(folder, 'before.yaml');
    const place = (name: string) => ({ name, namespace: 'estafette-ci' });
    writeFileSync(
      manifest,
      writeYamlStream([
        ...shapes.filter(({ kind }) => kind === 'Secret').map((object, index) => ({ ...object, metadata: place(`s${index}`) })),
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: place('estafette-ci-queue-config'), data },
        { apiVersion: 'apps/v1', kind: 'Deployment', metadata: place('estafette-ci-api'), spec: { template: { spec: { containers } } } },
      ]),
    );
    for (const output of ['text', 'json', 'markdown', 'deletions']) {
      const { status, stdout, stderr } = cli([
        'diff',
        'estafette-ci',
        'estafette-ci',
        '-n',
        'estafette-ci',
        '--set',
        `api.secret.jwtKey=${secretText}x,api.secret.secretDecryptionKey=${secretText}${secretText}xx`,
        '--check-upgrade',
        '--output',
        output,
        manifest,
      ]);
      expect([status === 0, ...[stdout, stderr].flatMap((text) => [secretText, ofSecrets].map((value) => text.includes(value)))]).toEqual([
        false,
        false,
        false,
        false,
        false,
      ]);
    }
    rmSync(folder, { recursive: true });
  });
});
