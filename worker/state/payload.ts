// The body of POST /: what buildshuttle takes, checked, and the names that come from it.
import { z } from 'zod';
import { requestErrors } from '../errors';
import { registryAuth } from '../registry/login';

export const UUID = /^[a-f\d]{8}(-[a-f\d]{4}){3}-[a-f\d]{12}$/i;
/** What names a build: without it nobody could be told how the build ends. */
const NAMING = new Set(['app', 'space', 'app_uuid', 'build_uuid', 'build_number', 'callback', 'callback_auth']);
const REQUIRED_NAMES = ['app', 'space', 'app_uuid', 'build_number', 'build_uuid'] as const;
const REQUIRED = ['sources', 'gm_registry_host', 'gm_registry_repo'] as const;
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const HOST = /^([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(:\d{1,5})?$/;
/** Neither control characters nor line ends of any kind nor half a surrogate pair. */
const PRINTABLE = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u;
/** What Node sends as a header's value. */
const HEADER = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/** Of the URL and of the header, which most servers take no more of; until a callback is answered they are kept in memory. */
const MOST_CALLBACK_CHARS = 8192;
/** Each host is connected to. */
const MOST_KAFKA_CHARS = 8192;
/** What BuildKit takes of one secret. */
const MOST_SECRET_BYTES = 500 * 1024;
/** Of build args, and of secrets: each is looked at. The engine takes a megabyte of args. */
const MOST_ENTRIES = 100_000;
/** They are kept in memory while the build runs, and looked for in its log. */
const MOST_SECRETS_BYTES = 4 * 1024 ** 2;

function sizeOf(secrets: Readonly<Record<string, string>>): number {
  return Object.entries(secrets).reduce((sum, [id, value]) => sum + id.length + Buffer.byteLength(value), 0);
}

/** Nothing more is asked of a text that is too long: expressions give up on very long ones. */
const abort = true;
const name = z.string().max(128, { abort }).regex(NAME, 'must be lower case letters and digits, separated by dashes, dots or underscores');
const uuid = z.string().regex(UUID, 'must be a UUID');
const url = (protocols: readonly string[], most = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .max(most, { abort })
    .refine(
      (text) => protocols.some((protocol) => hasScheme(text, protocol)) && (hasScheme(text, 'data:') || URL.canParse(text)),
      `must be a URL that starts with ${protocols.join(' or ')}`,
    );
/** Clients send numbers where buildshuttle only prints them. */
const text = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]).nullish();

/** Unknown fields pass, as they do in buildshuttle, and are dropped. */
export const payload = z.object({
  sources: url(['http:', 'https:', 'docker:', 'data:']).describe('http(s) URL of an archive, docker://host/org/repo:tag, or a data URI'),
  app: name,
  space: z.string().min(1).max(128, { abort }).regex(PRINTABLE, 'must have no control characters and no unpaired surrogates'),
  app_uuid: uuid,
  build_uuid: uuid,
  build_number: z
    .union([z.number().int().min(0).max(Number.MAX_SAFE_INTEGER), z.string().regex(/^(0|[1-9]\d{0,14})$/, 'must be a whole number')])
    .describe(
      'the image is tagged 1.{build_number}; where another build has the number, this one gets the next ' +
        "free one, and its callbacks' id says so",
    ),
  gm_registry_host: z
    .string()
    .refine(isRegistry, 'must be a registry host, such as registry.example.com:5000')
    .describe('host of the registry, a path below it included'),
  gm_registry_repo: z
    .string()
    .max(200, { abort })
    .refine((value) => value.split('/').every((part) => NAME.test(part)), 'must be a repository path, such as akkeris'),
  gm_registry_auth: registryAuth.nullish(),
  dockerfile: z.string().max(4096).nullish().describe('path of the Dockerfile in the sources; Dockerfile when it is not given'),
  docker_registry: text.describe('registry of docker_login: a host, or host/path:tag'),
  docker_login: text,
  docker_password: text.describe('percent-encoded where it is the one in the URL of docker:// sources'),
  build_args: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullish(),
  build_secrets: z
    .record(
      z.string().regex(/^[A-Za-z0-9._-]+$/, 'must be a secret id'),
      z.string().refine((value) => Buffer.byteLength(value) <= MOST_SECRET_BYTES, 'must be at most 500 KiB, which is what BuildKit takes'),
    )
    .refine(
      (secrets) => sizeOf(secrets) <= MOST_SECRETS_BYTES,
      'must be at most 4 MiB together, ids included; put large ones into the sources',
    )
    .nullish()
    .describe('id to value, for RUN --mount=type=secret,id=…; needs BuildKit; at most 500 KiB each and 4 MiB together'),
  callback: z
    .union(
      [url(['http:', 'https:'], MOST_CALLBACK_CHARS), z.literal('')],
      `must be a URL that starts with http: or https:, of at most ${MOST_CALLBACK_CHARS} characters`,
    )
    .nullish(),
  callback_auth: z
    .string()
    .max(MOST_CALLBACK_CHARS, { abort })
    .regex(HEADER, 'must have no control characters and none beyond Latin-1: it is sent as a header')
    .nullish(),
  kafka_hosts: z.string().max(MOST_KAFKA_CHARS, { abort }).nullish().describe('host:port, separated by commas'),
  sha: text,
  branch: text,
  repo: text,
  org: text,
});

export type Payload = z.infer<typeof payload> & {
  /** Build UUID of sources that are the worker's own; found out when the build is accepted. */
  readonly own_sources?: string;
};

export interface ParsedPayload {
  readonly payload: Payload;
  /** Why the build cannot be built although it has a name; then `sources` and the registry may be empty. */
  readonly problem?: string;
}

function hasScheme(text: string, protocol: string): boolean {
  return text.slice(0, protocol.length).toLowerCase() === protocol;
}

/** `HTTPS://registry.example.com/team/` as people write it becomes `registry.example.com/team`. */
function bareRegistry(text: string): string {
  const bare = text.replace(/^https?:\/\//i, '');
  let end = bare.length;
  while (bare[end - 1] === '/') end -= 1;
  return bare.slice(0, end);
}

function isRegistry(text: string): boolean {
  if (text.length > 255) return false;
  const [host = '', ...path] = bareRegistry(text).split('/');
  return HOST.test(host) && path.every((part) => NAME.test(part));
}

/** One spelling for what has several: UUIDs and schemes know no case. */
function normalized(parsed: Payload): Payload {
  return {
    ...parsed,
    app_uuid: parsed.app_uuid.toLowerCase(),
    build_uuid: parsed.build_uuid.toLowerCase(),
    sources: parsed.sources.replace(/^[a-z]+:/i, (scheme) => scheme.toLowerCase()),
    gm_registry_host: bareRegistry(parsed.gm_registry_host),
  };
}

/**
 * What names no build is refused. What names one, a callback included, is taken whatever else is wrong with it:
 * the caller learns from the callback and the log, as it does from buildshuttle.
 * @throws RequestError in buildshuttle's words for what it checks, with the field and the mend for the rest.
 */
export function parsePayload(body: unknown): ParsedPayload {
  const fields = new Map<string, unknown>(typeof body === 'object' && body !== null && !Array.isArray(body) ? Object.entries(body) : []);
  const missing = (field: string) => fields.get(field) === undefined || fields.get(field) === null || fields.get(field) === '';
  // A build number of 0 counts as missing in buildshuttle; here it is a number like any other.
  if (REQUIRED_NAMES.some(missing)) throw requestErrors.missingFields();
  const build = fields.get('build_uuid');
  if (typeof build !== 'string' || !UUID.test(build)) throw requestErrors.invalidUuid();
  const wide = ['build_args', 'build_secrets'].filter((field) => Object.keys(fields.get(field) ?? {}).length > MOST_ENTRIES);
  for (const field of wide) fields.delete(field);
  const parsed = payload.safeParse(Object.fromEntries(fields));
  if (parsed.success && wide.length === 0) return { payload: normalized(parsed.data) };
  const issues = [
    ...wide.map((field) => ({ field, path: field, message: `must not have more than ${MOST_ENTRIES} entries` })),
    ...(parsed.error?.issues ?? []).map(({ path, message }) => ({
      field: String(path[0]),
      path: path.map((part) => printable(String(part)).slice(0, 100)).join('.'),
      message: missing(String(path[0])) ? 'is missing' : message,
    })),
  ];
  const nameless = issues.find(({ field }) => NAMING.has(field));
  if (nameless !== undefined) throw requestErrors.invalidField(nameless.path, nameless.message);
  const [first] = issues;
  if (missing('callback')) {
    if (REQUIRED.some(missing)) throw requestErrors.missingFields();
    throw requestErrors.invalidField(first?.path ?? 'body', first?.message ?? 'is wrong');
  }
  const wrong = new Set(issues.map(({ field }) => field));
  const right = payload.partial().parse(Object.fromEntries([...fields].filter(([field]) => !wrong.has(field))));
  const whole = { ...right, sources: right.sources ?? '', gm_registry_host: right.gm_registry_host ?? '' } as Payload;
  return {
    payload: normalized(whole),
    problem: issues
      .map(({ path, message }) => `${path}: ${message}`)
      .slice(0, 5)
      .join('; '),
  };
}

/** `{app}-{app_uuid}`, as routes and stored objects name an app. */
export function appId({ app, app_uuid }: Pick<Payload, 'app' | 'app_uuid'>): string {
  return `${app}-${app_uuid}`;
}

export function buildKey(app: string, number: number | string): string {
  return `${app.toLowerCase()}/${number}`;
}

export function logObject(app: string, number: number | string): string {
  return `${app}-${number}.logs`;
}

/** Where the image goes: the registry's host, and the path below it. */
export function targetOf({ gm_registry_host, gm_registry_repo, app, app_uuid }: Payload): { readonly host: string; readonly path: string } {
  const [host = '', ...above] = gm_registry_host.split('/');
  return { host, path: [...above, gm_registry_repo, `${app}-${app_uuid}`].join('/') };
}

/** Image without a tag. */
export function repositoryOf(parsed: Payload): string {
  const { host, path } = targetOf(parsed);
  return `${host}/${path}`;
}

/** A payload that was checked, as text that is the same whatever the order of its fields; in pieces, as sources inside it may be large. */
export function* canonical({ payload: fields, problem }: ParsedPayload): Generator<string> {
  yield problem ?? '';
  for (const [field, value] of sorted(fields)) {
    yield `\n${field}=`;
    if (typeof value !== 'object' || value === null) yield JSON.stringify(value) ?? 'null';
    else yield JSON.stringify(sorted(value));
  }
}

/** Fields are values or flat records, so nothing is walked deeper than this. */
function sorted(record: object): [string, unknown][] {
  return Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A caller's text inside a log line of the worker's own: it cannot begin another line. */
export function printable(value: string | null | undefined): string {
  return (value ?? '').replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
}

/** A URL as logs may show it: no credentials, no query (signatures live there), data URIs cut. */
export function displayUrl(address: string): string {
  if (address.startsWith('data:')) return `${printable(address.slice(0, 40).split(',')[0])},…`;
  const parsed = new URL(address);
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}${parsed.search === '' ? '' : '?…'}`;
}
