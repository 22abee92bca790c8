// What somebody wrote is in no error, whatever the door it came through and whatever is wrong with it; the place is.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readChartValues } from '../../../cli/input/chart-values';
import type { ValueFlags } from '../../../cli/input/values';
import { renderRelease } from '../../../cli/render';
import { inputErrors } from '../../../cli/report';
import type { ChartName } from '../../../constructs/charts';

const S = 'Zq7CanaryXw';
const folder = mkdtempSync(join(tmpdir(), 'errors-'));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (text: string): string => {
  const path = join(folder, 'values.yaml');
  writeFileSync(path, text);
  return path;
};

/** What a person would read. */
function told(flags: ValueFlags, chart: ChartName = 'estafette-ci'): string {
  try {
    const user = readChartValues(chart, flags);
    const { warnings } = inputErrors(user.place, () => renderRelease({ release: 'ci', chart, values: [user.values] }));
    return [...user.warnings, ...warnings].join('\n');
  } catch (error) {
    return `Error: ${(error as Error).message}`;
  }
}

it.each([
  S,
  `user:${S}`,
  `"${S}"`,
  `--- ${S}\na: 1`,
  `a: 1\n---${S}`,
  `%${S}`,
  `{api: {secret: {jwtKey:${S}}}}`,
  `api: {secret: {${S}}}`,
  `api: {secret: {jwtKey:${S}x}}`,
  `api:\n  secret: ${S}`,
  `api:\n  secret:\n    jwtKey:${S}`,
  `? ${S}`,
  `queue: {auth: {basic: {users: "user:${S}"}}}`,
  `db: {init: {provisioning: {enabled: true, users: "user:${S}"}}}`,
  `db: {init: {provisioning: {users: [${S}]}}}`,
  `cron-event-sender: {extraEnv: "DB_PASSWORD=${S}"}`,
  `external-dns: {extraArgs: "--pdns-api-key=${S}"}`,
  `api: {config: {files: "password: ${S}"}}`,
  `api: {extraSecrets: [{key: a, data:${S}}]}`,
  `api: {extraSecrets: [{key: a, data: "x: ${S}"}]}`,
  `web: ${S}`,
  `web: {pdb: {enabled: ${S}}}`,
  `web: {deployment: {replicaCount: ${S}}}`,
  `api: {jobNamespaceOverride: "${S} x"}`,
  `metrics: {alertmanagerFiles: "x: ${S}"}`,
  `api:\n  tls:\n    key: |\n      -----BEGIN PRIVATE KEY-----\n      ${S}\n-----END PRIVATE KEY-----\n`,
  `api:\n  tls:\n    key: |\n      -----BEGIN PRIVATE KEY-----\n${S}\n`,
  `a: *${S}`,
  `a: &${S}.x b`,
  `a: !!int ${S}`,
  `a: !<${S}> b\na`,
  `a: |${S}`,
  `a: "\\q${S}"`,
  `a: "\\U${S}"`,
  `a: b: ${S}`,
  `a: [${S}`,
  `a: {b: 1} ${S}`,
  `web: {ingress: {path: "{{ atoi \\"${S}\\" }}"}}`,
  `db: {tls: {certs: {provided: "{{ fail \\"${S}\\" }}"}}}`,
])('a values file: %j', (text) => {
  const error = told({ values: [written(text)] });
  expect(error).not.toContain(S.slice(0, 6));
  if (error.startsWith('Error: ')) expect(error).toMatch(/^Error: \S+values\.yaml:\d+:\d+: /);
});

it.each([
  S,
  `${S}.`,
  `api.secret.jwtKey=ab,${S}`,
  `foo=ab,${S}==`,
  `foo=${S}`,
  `web=${S}`,
  `web.pdb.enabled=${S}`,
  `web.deployment.replicaCount=1,web.foo=${S}`,
  `web.image.tag={${S}`,
  `web.image.tag=${S},web.image.tag.b=1`,
  `cron-event-sender.extraEnv=DB=${S}`,
  `cron-event-sender.extraEnv="${S}"`,
  `web={"jwtKey:${S}":1}`,
  `{"web":${S}}`,
  `{"web":"${S}"}`,
  `{"web":["${S}"`,
])('an expression of --set, --set-string and --set-json: %j', (expression) => {
  for (const flag of ['set', 'set-string', 'set-json'] as const) {
    const error = told({ [flag]: [expression] });
    expect(error).not.toContain(S.slice(0, 6));
    if (error.startsWith('Error: ')) expect(error).toMatch(new RegExp(`^Error: --${flag}[ :]`));
  }
});

it('a file of --set-file', () => {
  const path = written(S);
  for (const key of ['web', 'web.pdb.enabled', 'api.secret', 'foo', 'queue.auth.basic.users'])
    expect(told({ 'set-file': [`${key}=${path}`] })).toMatch(/^Error: --set-file (?!.*Zq7Can)/s);
});

it('keys that are known, numbers and flags are shown', () => {
  expect(told({ values: [written('web: {pdb: {enabeld: true, minAvailable: [1]}, image: 5}')] })).toMatch(
    /web\.pdb\.enabeld: unknown key "enabeld"; did you mean "enabled"\?\n.*web\.image: must be a map with .*not the number 5|web\.image: must be a map with .*not the number 5\n?.*/s,
  );
  expect(told({ values: [written('web: {foo: bar}')] })).toContain('web.foo: unknown key "foo"; known here: ');
});
