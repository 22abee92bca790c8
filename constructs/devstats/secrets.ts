// The three Secrets, from values or from the files that the command line reads in their place.
import type { Secret } from 'kubernetes-types/core/v1';
import { isTrue, plainText, text, yamlScalar } from '../../helm/print';
import type { Issue } from '../../helm/check';
import { base64 } from '../../kubernetes/encode';
import { notText } from '../common/checks';
import { isWithheld } from '../common/withheld';
import { labels, secretNames, type DevStatsContext } from './names';
import { isPort, notAPort } from './numbers';
import type { Settings } from './values';

/** Keys of each Secret, by the value that fills them. Each key is also the name of a file in `secrets/`. */
const KEYS = {
  pg: {
    pgAdminUser: 'PG_ADMIN_USER',
    pgHost: 'PG_HOST',
    pgHostRO: 'PG_HOST_RO',
    pgPass: 'PG_PASS',
    pgPassRO: 'PG_PASS_RO',
    pgPassTeam: 'PG_PASS_TEAM',
    pgPassRep: 'PG_PASS_REP',
    pgPort: 'PG_PORT',
  },
  oauth: { githubOAuth: 'GHA2DB_GITHUB_OAUTH' },
  grafana: { grafanaUser: 'GF_SECURITY_ADMIN_USER', grafanaPassword: 'GF_SECURITY_ADMIN_PASSWORD' },
} as const;
type SecretKey = keyof typeof KEYS;
type ValueKey = { [K in SecretKey]: keyof (typeof KEYS)[K] }[SecretKey];

const SKIPS = { pg: 'skipPGSecret', oauth: 'skipGitHubSecret', grafana: 'skipGrafanaSecret' } as const;

const fileOf = (key: string): string => `${key}.secret`;
const entriesOf = (secret: SecretKey): [ValueKey, string][] => Object.entries(KEYS[secret]) as [ValueKey, string][];
const secretKeys = Object.keys(KEYS) as SecretKey[];

/** Files that may stand for values: `{ pgPass: 'PG_PASS.secret', … }`. */
export const secretFiles: Readonly<Record<string, string>> = Object.fromEntries(
  secretKeys.flatMap(entriesOf).map(([value, key]) => [value, fileOf(key)]),
);

const isMade = (values: Settings, secret: SecretKey): boolean =>
  !isTrue(values.skipSecrets) && !isTrue(values[SKIPS[secret]]) && !isTrue(values.existingSecret?.[secret]);

/** Values that the printed Secrets are made of. */
const madeOf = (values: Settings): ValueKey[] =>
  secretKeys.filter((secret) => isMade(values, secret)).flatMap((secret) => entriesOf(secret).map(([value]) => value));

/** Secrets that end in a newline, which is hardly part of them: a block of YAML, or --set-file. */
export const withNewline = (values: Settings): ValueKey[] => madeOf(values).filter((value) => text(values[value]).endsWith('\n'));

/** What a Secret lacks, each with both ways to give it; and numbers, which lose digits and leading zeros before anybody can see them. */
export function secretIssues(values: Settings): Issue[] {
  const numbers = madeOf(values).filter((value) => value !== 'pgPort' && isTrue(values[value]) && typeof values[value] !== 'string');
  const ports = madeOf(values).filter(
    (value) => value === 'pgPort' && isTrue(values[value]) && !isPort(values[value]) && !isWithheld(values[value]),
  );
  return [
    ...missingSecrets(values),
    ...ports.map((value): Issue => ({ path: [value], message: notAPort(values[value]) })),
    ...numbers.map((value) => notText(values[value], [value])),
  ];
}

function missingSecrets(values: Settings): Issue[] {
  return secretKeys
    .filter((secret) => isMade(values, secret))
    .flatMap((secret) =>
      entriesOf(secret)
        .filter(([value]) => !isTrue(values[value]))
        .map(([value, key]): Issue => ({
          path: [value],
          message:
            `is needed for the Secret ${secretNames(values)[secret]}: set ${value}, or write it to secrets/${fileOf(key)} ` +
            `next to the values file; when the Secret exists already, name it in existingSecret.${secret}`,
        })),
    );
}

/** Values that name the Secrets. */
const NAMES = { pg: 'pgSecret', oauth: 'oauthSecret', grafana: 'grafanaSecret' } as const;

/** The Secrets that are made, each with the value that names it. */
export function secrets({ values }: DevStatsContext) {
  return secretKeys
    .filter((secret) => isMade(values, secret))
    .map((secret) => ({
      key: NAMES[secret],
      object: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: secretNames(values)[secret], labels: labels('secret') },
        type: plainText(values.secretType),
        data: Object.fromEntries(entriesOf(secret).map(([value, key]) => [fileOf(key), base64(yamlScalar(values[value]))])),
      } satisfies Secret,
    }));
}
