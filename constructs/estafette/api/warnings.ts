// What works as in the published chart, but hardly as meant: one sentence each.
import type { Warning } from '../../../helm/check';
import { isTrue, text } from '../../../helm/print';
import { readYaml, YamlError } from '../../../helm/yaml/read';
import { listOf } from '../../common/lists';
import { fullNameOf } from '../common/identity';
import { apiName, BUILT_IN, databaseHost, namesIn, queueHost } from '../common/neighbours';
import { jobNamespace, keysSecretName, ownTlsSecretName } from './names';
import { keyBackup, KEYS, tlsSecret } from './secrets';
import type { ApiContext } from './values';

export const warnings = (context: ApiContext): Warning[] => [
  ...keyWarnings(context),
  ...tlsWarnings(context),
  ...backendWarnings(context),
  ...configWarnings(context),
];

function keyWarnings(context: ApiContext): Warning[] {
  const { secret } = context.values;
  if (!secret.enabled) return [];
  const missing = KEYS.filter((key) => !isTrue(secret[key]));
  if (isTrue(secret.existingSecret)) return [];
  if (missing.length) return [{ path: 'secret', message: missingKeys(context, missing) }];
  const key = text(secret.secretDecryptionKey);
  const isEncoded = !secret.b64encoded && key.length === 44 && Buffer.from(key, 'base64').length === 32;
  return isEncoded
    ? [
        {
          path: 'secret.secretDecryptionKey',
          message: 'looks like a 32-byte key in base64 and is encoded once more: set secret.b64encoded to true if it is one',
        },
      ]
    : [];
}

/** One sentence on how they come into being, and one on what to do then. */
function missingKeys(context: ApiContext, missing: readonly string[]): string {
  const name = keysSecretName(context);
  const { namespace } = context.release;
  const are = missing.length > 1 ? 'are' : 'is';
  return (
    `${missing.join(' and ')} ${are} not given, so a Job makes ${missing.length > 1 ? 'them' : 'it'} in the cluster, ` +
    `once, in the Secret ${name} of the namespace ${namespace}; ` +
    `a Secret that exists stays as it is. Save the keys, without which stored secrets cannot be read: ${keyBackup(context)}`
  );
}

function tlsWarnings(context: ApiContext): Warning[] {
  const { tls } = context.values;
  const own = ownTlsSecretName(context);
  if (!tls.enabled) {
    const users = ingresses(context)
      .filter(({ values }) => listOf(values.tls).some(({ secretName }) => text(secretName) === own))
      .map(({ key }) => key);
    return users.length
      ? [
          {
            path: 'tls.enabled',
            message:
              `is false, and ${users.join(' and ')} still ${users.length > 1 ? 'ask' : 'asks'} for the Secret ` +
              `${own}: make that Secret, or set their tls to []`,
          },
        ]
      : [];
  }
  if (tls.certManager?.enabled) {
    return isTrue(tls.certManager.issuer)
      ? []
      : [{ path: 'tls.certManager.issuer', message: 'is empty: cert-manager makes no certificate without an issuer' }];
  }
  const secret = tlsSecret(context);
  if (!secret || secret.type !== undefined || isTrue(tls.annotations)) return [];
  return [
    {
      path: 'tls',
      message:
        `the Secret ${own} is made without a whole certificate: give cert and key there, annotations for the ` +
        `controller that fills it, certManager, or existingSecret`,
    },
  ];
}

const ingresses = ({ values }: ApiContext) =>
  (['ingress', 'ingressWebhooks'] as const).map((key) => ({ key, values: values[key] })).filter((entry) => entry.values.enabled);

/** The published paths name the Service as it is called without overrides. */
function backendWarnings(context: ApiContext): Warning[] {
  const expected = apiName(namesIn(context.release));
  const actual = fullNameOf(context);
  if (expected === actual) return [];
  return ingresses(context)
    .filter(({ values: { hosts } }) =>
      listOf(hosts).some(({ paths }) => listOf(paths).some(({ backend }) => backend?.service?.name === expected)),
    )
    .map(({ key }) => ({
      path: `${key}.hosts`,
      message: `sends requests to the Service ${expected}, and this release calls it ${actual}: give the hosts with that name`,
    }));
}

interface Setting {
  readonly key: readonly [string, string];
  /** Environment variable that sets it too, named after the field in the program. */
  readonly variable: string;
  /** What the program takes when nobody tells it. */
  readonly builtIn: string;
  readonly actual: string;
  /** A configured value that is none of the release's own is meant that way. */
  readonly mayDiffer: boolean;
}

/** Names that the API server must be told in config.yaml, or its environment, when they are not the built-in ones. */
function configWarnings(context: ApiContext): Warning[] {
  const { config, deployment, serviceAccount } = context.values;
  if (!config.enabled) return [];
  const names = namesIn(context.release);
  const account = text(serviceAccount.builderServiceAccountName);
  const settings: Setting[] = [
    {
      key: ['jobs', 'namespace'],
      variable: 'ESCI_JOBS_NAMESPACE',
      builtIn: `${context.release.namespace}-jobs`,
      actual: jobNamespace(context),
      mayDiffer: false,
    },
    ...(serviceAccount.create
      ? [
          {
            key: ['jobs', 'serviceAccount'] as const,
            variable: 'ESCI_JOBS_SERVICEACCOUNTNAME',
            builtIn: BUILT_IN.builderServiceAccount,
            actual: account,
            mayDiffer: false,
          },
        ]
      : []),
    {
      key: ['database', 'host'],
      variable: 'ESCI_DATABASE_HOST',
      builtIn: BUILT_IN.databaseHost,
      actual: databaseHost(names),
      mayDiffer: true,
    },
    { key: ['queue', 'hosts'], variable: 'ESCI_QUEUE_HOSTS', builtIn: BUILT_IN.queueHost, actual: queueHost(names), mayDiffer: true },
  ];
  const content = text(config.files?.['config.yaml']);
  if (settings.every((setting) => isPlainlySet(content, setting))) return [];
  const file = readConfig(content);
  return settings.flatMap(({ key, variable, builtIn, actual, mayDiffer }) => {
    const [section, name] = key;
    const configured = memberOf(memberOf(file, section), name);
    if (listOf(deployment.extraEnv).some((entry) => entry?.name === variable)) return [];
    if (mayDiffer && isTrue(configured)) return [];
    const used = isTrue(configured) ? text(configured) : builtIn;
    return used === actual
      ? []
      : [
          {
            path: 'config.files',
            message: `the API server takes ${key.join('.')} as ${used}, and the release has ${actual}: set it in config.yaml`,
          },
        ];
  });
}

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined;

/**
 * Seen without reading the YAML, which takes longer than all else of a small release: the key stands alone with the right value, also as
 * a list's only item on the next line, or nowhere.
 */
function isPlainlySet(content: string, { key: [, name], actual, builtIn }: Setting): boolean {
  const lines = content.split('\n').map((line) => line.trim());
  const isExact = (line: string, index: number): boolean =>
    line === `${name}: ${actual}` || (line === `${name}:` && lines[index + 1] === `- ${actual}` && !lines[index + 2]?.startsWith('-'));
  const mentions = content.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0;
  const exact = lines.filter(isExact).length;
  return mentions === exact && (exact > 0 || builtIn === actual);
}

/** The program says itself what is wrong with a file that it cannot read. */
function readConfig(content: string): unknown {
  try {
    return readYaml(content, 'config.yaml');
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return undefined;
  }
}
