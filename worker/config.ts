// The environment, read once: every variable with its default, and errors that say what to set.
import { readFileSync } from 'node:fs';
import { BlockList, isIP, isIPv4 } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { BUILD_VARIABLES } from './cluster/order';
import { registryAuth } from './registry/login';

const GiB = 1024 ** 3;
const MiB = 1024 ** 2;

/** Timers that are longer fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

const integer = (fallback: number, least: number, most = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`))
    .default(fallback);

const BINARY = Object.fromEntries(['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((unit, index) => [unit, 1024 ** (index + 1)]));
const UNITS: Readonly<Record<string, number>> = { n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18, ...BINARY };

/** A number of bytes, or a size as Kubernetes writes it, such as 10Gi. Parts of a byte are left out. */
const bytes = (fallback: number) =>
  z
    .string()
    .transform((text, context) => {
      const [, number, power, unit = ''] = /^\+?(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d{1,3})|([KMGTPE]i|[numkMGTPE]?))$/.exec(text) ?? [];
      const size = Math.floor(Number(number) * (power === undefined ? (UNITS[unit] ?? 1) : 10 ** Number(power)));
      if (Number.isSafeInteger(size)) return size;
      context.addIssue({ code: 'custom', message: 'must be a size such as 10Gi, or a number of bytes' });
      return z.NEVER;
    })
    .default(fallback);

const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false', '1', '0'], 'must be true or false')
    .transform((text) => text === 'true' || text === '1')
    .default(fallback);

function json<T extends z.ZodType>(schema: T, example: string) {
  return z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: `must be JSON, such as ${example}` });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

const cidrs = z
  .string()
  .default('')
  .transform((text, context) => {
    const list: { address: string; prefix: number }[] = [];
    for (const part of text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')) {
      const [address = '', bits] = part.split('/');
      const family = isIP(address);
      const prefix = bits === undefined ? (family === 6 ? 128 : 32) : Number(bits);
      if (family === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > (family === 6 ? 128 : 32)) {
        context.addIssue({ code: 'custom', message: `"${part}" is not a CIDR; write networks such as 10.0.0.0/8,fd00::/8` });
        return z.NEVER;
      }
      list.push({ address, prefix });
    }
    return list;
  });

/** One entry a variable: the table in docs/build-worker.md shows the descriptions. */
export const environment = z.object({
  PORT: integer(9000, 0, 65_535).describe('Port to listen on; 0 takes a free one.'),
  HOST: z.string().optional().describe('Address to listen on: all addresses with a token, 127.0.0.1 without one.'),
  AUTH_TOKEN: z.string().min(16, 'must have at least 16 characters').optional().describe('Bearer token that every request must carry.'),
  AUTH_TOKEN_FILE: z.string().optional().describe('File that holds the token.'),
  ALLOW_ANONYMOUS: flag(false).describe('Listen on all addresses without a token, where the network alone keeps others out.'),
  DATA_DIR: z.string().min(1).default('data').describe('Folder of the queue, the spooled logs and, without S3, everything stored.'),
  SECRET_KEY_FILE: z.string().optional().describe('File with the key that encrypts payloads at rest; made in DATA_DIR at the first start.'),
  NO_CACHE: flag(false).describe('Build without the layer cache.'),
  REGISTRY_CACHE: flag(false).describe(
    'Use layers of the last image of the app in the registry again (BuildKit, final stage), for engines that begin empty.',
  ),
  DOCKERFILE: z.string().optional().describe('Path of the Dockerfile in the sources, for builds that do not name one in `dockerfile`.'),
  DOCKER_BUILD_IMAGE: z
    .string()
    .default('akkeris/buildshuttle:latest')
    .describe("With USE_KUBERNETES: image of the builds' pods, the worker's own."),
  DOCKER_BUILD_SETTINGS: json(z.looseObject({}), '{"socketPath":"/var/run/docker.sock"}')
    .default({ socketPath: '/var/run/docker.sock' })
    .describe("Where the Docker engine is, in dockerode's words."),
  DOCKER_CERT_PATH: z
    .string()
    .optional()
    .describe('Folder with ca.pem, cert.pem and key.pem, for an engine that is spoken to over mutual TLS.'),
  BUILDER: z
    .enum(['auto', 'buildkit', 'classic'], 'must be auto, buildkit or classic')
    .default('auto')
    .describe('BuildKit where the engine has it (auto), always, or never.'),
  BUILD_NETWORK: z.string().optional().describe("Network mode of RUN steps; the engine's default when unset."),
  S3_BUCKET: z.string().optional().describe('Bucket for sources and logs; DATA_DIR when unset.'),
  S3_ACCESS_KEY: z.string().optional().describe("Access key; the SDK's usual places when unset."),
  S3_SECRET_KEY: z.string().optional().describe('Secret key.'),
  S3_LOCATION: z.string().optional().describe('Endpoint URL of an S3 server other than AWS; anything else is read as a region.'),
  S3_REGION: z.string().optional().describe('Region (us-east-1).'),
  EXTRA_BUILD_ARGS: json(
    z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)),
    '{"HTTP_PROXY":"http://proxy:3128"}',
  )
    .default({})
    .describe("Build args of the operator; they win over a build's own."),
  EXTRA_DOCKER_REGISTRY_CONFIG: json(z.record(z.string(), registryAuth), '{"registry.example.com":{"username":"u","password":"p"}}')
    .default({})
    .describe('Logins of further registries that base images come from.'),
  MAXIMUM_PARALLEL_BUILDS: integer(4, 1, 100_000).describe('Builds that run at once; the rest waits.'),
  TIMEOUT_IN_MS: integer(1_200_000, 1, LONGEST_MS).describe('Time one build may take, over all its attempts.'),
  KAFKA_TOPIC: z.string().default('alamobuildlogs').describe('Topic of log lines, for builds that name kafka_hosts.'),
  SHOW_BUILD_LOGS: flag(false).describe("Print build logs to the worker's own output."),
  USE_KUBERNETES: flag(false).describe(
    'Run builds as Kubernetes Jobs, in the namespace of the worker; the chart sets all that belongs to it.',
  ),
  BUILD_POD_TEMPLATE: z.string().default('').describe("With USE_KUBERNETES: file with the template of the builds' pods, as YAML or JSON."),
  WORKER_NAME: z
    .string()
    .max(57)
    .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 'must be a name such as build-worker')
    .default('build-worker')
    .describe('With USE_KUBERNETES: what the replicas of one worker have in common: name of its Lease, label of its builds.'),
  DEBUG: z.string().default('').describe('Any value sets the log level debug.'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).optional().describe('Level of the log (info).'),
  EGRESS_ALLOW: cidrs.describe('Networks that may be reached although they are refused by default.'),
  EGRESS_DENY: cidrs.describe('Further networks that may not be reached.'),
  MAX_BODY_BYTES: integer(64 * MiB, 1024).describe('Largest request, and so the largest data URI.'),
  MAX_SOURCE_BYTES: integer(GiB, 1).describe('Largest archive of sources.'),
  MAX_FETCHED_BYTES: integer(10 * GiB, 0).describe(
    'Sources of waiting builds in DATA_DIR. They are fetched when a build is accepted; above it, when its turn comes.',
  ),
  MAX_UNPACKED_BYTES: integer(4 * GiB, 1).describe('Largest sum of files in an archive.'),
  MAX_SOURCE_ENTRIES: integer(200_000, 1).describe('Most entries in an archive.'),
  MAX_LOG_BYTES: integer(2 * GiB, 1024).describe('Largest log of one build; a longer one fails it.'),
  MIN_FREE_BYTES: integer(256 * MiB, 0).describe('Free space in DATA_DIR below which no build is accepted.'),
  MAX_WAITING_BYTES: bytes(10 * GiB).describe(
    'Logs and sources that wait in DATA_DIR because the store does not take them; no build is accepted above it.',
  ),
  RETENTION_DAYS: integer(30, 1).describe('Days that finished builds, their logs and sources on disk are kept.'),
  RETENTION_BYTES: bytes(20 * GiB).describe(
    'Size of stored sources and logs on disk, such as 20Gi or in bytes; the oldest go first, their states stay.',
  ),
  CACHE_MAX_BYTES: bytes(20 * GiB).describe(
    "Size of the engine's build cache and of the images built here, such as 20Gi or in bytes; images labelled `keep` are spared.",
  ),
  SHUTDOWN_GRACE_MS: integer(20_000, 0, LONGEST_MS - 60_000).describe(
    'Time running builds get to finish at SIGTERM before they go back to the queue.',
  ),
});

type Environment = z.infer<typeof environment>;

export interface Config extends Omit<Environment, 'HOST' | 'AUTH_TOKEN' | 'SECRET_KEY_FILE' | 'EGRESS_ALLOW' | 'EGRESS_DENY'> {
  readonly HOST: string;
  readonly AUTH_TOKEN: string | undefined;
  readonly SECRET_KEY_FILE: string;
  readonly EGRESS_ALLOW: BlockList;
  readonly EGRESS_DENY: BlockList;
  /** What a build's pod is given of the environment, as it was written. */
  readonly BUILD_ENVIRONMENT: Readonly<Record<string, string>>;
}

/** The environment is wrong: one line a variable. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

export function isLoopbackName(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

function blockList(networks: readonly { address: string; prefix: number }[]): BlockList {
  const list = new BlockList();
  for (const { address, prefix } of networks) list.addSubnet(address, prefix, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return list;
}

/** Files of mutual TLS, as the docker command calls them. */
function readCertificates(folder: string): Readonly<Record<'ca' | 'cert' | 'key', string>> {
  const read = (name: string): string => {
    const path = join(folder, `${name}.pem`);
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      throw new ConfigError(`DOCKER_CERT_PATH: ${path} cannot be read; the folder must hold ca.pem, cert.pem and key.pem`, {
        cause: error,
      });
    }
  };
  return { ca: read('ca'), cert: read('cert'), key: read('key') };
}

function readToken(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new ConfigError(`AUTH_TOKEN_FILE: ${path} cannot be read; write the token into it`, { cause: error });
  }
  if (text.length < 16) throw new ConfigError(`AUTH_TOKEN_FILE: ${path} must hold at least 16 characters`);
  return text;
}

/**
 * Reads and checks the environment. An empty variable counts as unset, as Kubernetes manifests leave them.
 * @throws ConfigError with every wrong variable.
 */
export function readConfig(variables: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
  }
  const values = parsed.data;
  if (values.USE_KUBERNETES && values.S3_BUCKET === undefined)
    throw new ConfigError('USE_KUBERNETES: replicas have no disk in common; set S3_BUCKET, where sources and logs are kept');
  if (values.USE_KUBERNETES && values.BUILD_POD_TEMPLATE === '')
    throw new ConfigError("USE_KUBERNETES: set BUILD_POD_TEMPLATE to a file with the template of the builds' pods, as the chart does");
  if ((values.S3_ACCESS_KEY === undefined) !== (values.S3_SECRET_KEY === undefined))
    throw new ConfigError('S3_ACCESS_KEY: set it together with S3_SECRET_KEY, or neither');
  const token = values.AUTH_TOKEN ?? (values.AUTH_TOKEN_FILE === undefined ? undefined : readToken(values.AUTH_TOKEN_FILE));
  const open = token === undefined && !values.ALLOW_ANONYMOUS;
  const host = values.HOST ?? (open ? '127.0.0.1' : '::');
  if (open && !isLoopbackName(host))
    throw new ConfigError(
      `HOST: ${host} is reachable from outside; set AUTH_TOKEN or AUTH_TOKEN_FILE, or unset HOST to listen on 127.0.0.1`,
    );
  const data = resolve(values.DATA_DIR);
  return {
    ...values,
    DOCKER_BUILD_SETTINGS:
      values.DOCKER_CERT_PATH === undefined
        ? values.DOCKER_BUILD_SETTINGS
        : { ...readCertificates(values.DOCKER_CERT_PATH), ...values.DOCKER_BUILD_SETTINGS },
    DATA_DIR: data,
    SECRET_KEY_FILE: values.SECRET_KEY_FILE ?? join(data, 'secret.key'),
    HOST: host,
    AUTH_TOKEN: token,
    EGRESS_ALLOW: blockList(values.EGRESS_ALLOW),
    EGRESS_DENY: blockList(values.EGRESS_DENY),
    BUILD_ENVIRONMENT: Object.fromEntries(BUILD_VARIABLES.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]]))),
  };
}
