// The body of POST /: what buildshuttle takes, checked, and the names that come from it.
import { z } from 'zod';
import { registryAuth } from '../config';
import { requestErrors } from '../errors';

export const UUID = /^[a-f\d]{8}(-[a-f\d]{4}){3}-[a-f\d]{12}$/i;
const REQUIRED = ['sources', 'app', 'space', 'app_uuid', 'gm_registry_host', 'gm_registry_repo', 'build_number', 'build_uuid'] as const;
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

const name = z.string().max(128).regex(NAME, 'must be lower case letters and digits, separated by dashes, dots or underscores');
const url = (protocols: readonly string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be a URL that starts with ${protocols.join(' or ')}`,
    );
const text = z.string().nullish();

/** Unknown fields pass, as they do in buildshuttle. */
export const payload = z.looseObject({
  sources: url(['http:', 'https:', 'docker:', 'data:']).describe('http(s) URL of an archive, docker://host/org/repo:tag, or a data URI'),
  app: name,
  space: z.string().min(1).max(128),
  app_uuid: z.string().regex(UUID, 'must be a UUID'),
  build_uuid: z.string().regex(UUID, 'must be a UUID'),
  build_number: z.union([
    z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
    z.string().regex(/^(0|[1-9]\d{0,14})$/, 'must be a whole number'),
  ]),
  gm_registry_host: z
    .string()
    .regex(/^[A-Za-z0-9.-]+(:\d{1,5})?$|^\[[0-9a-fA-F:]+\](:\d{1,5})?$/, 'must be a registry host, such as registry.example.com:5000'),
  gm_registry_repo: z
    .string()
    .max(200)
    .refine((value) => value.split('/').every((part) => NAME.test(part)), 'must be a repository path, such as akkeris'),
  gm_registry_auth: registryAuth.nullish(),
  docker_registry: text,
  docker_login: text,
  docker_password: text,
  build_args: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullish(),
  build_secrets: z
    .record(z.string().regex(/^[A-Za-z0-9._-]+$/, 'must be a secret id'), z.string())
    .nullish()
    .describe('id to value, for RUN --mount=type=secret,id=…; needs BuildKit'),
  callback: url(['http:', 'https:']).nullish().or(z.literal('')),
  callback_auth: text,
  kafka_hosts: text.describe('host:port, separated by commas'),
  sha: text,
  branch: text,
  repo: text,
  org: text,
});

export type Payload = z.infer<typeof payload>;

/** @throws RequestError in buildshuttle's words for what it checks, with the field and the mend for the rest. */
export function parsePayload(body: unknown): Payload {
  const fields = new Map(typeof body === 'object' && body !== null && !Array.isArray(body) ? Object.entries(body) : []);
  // A build number of 0 counts as missing in buildshuttle; here it is a number like any other.
  if (REQUIRED.some((field) => fields.get(field) === undefined || fields.get(field) === null || fields.get(field) === ''))
    throw requestErrors.missingFields();
  const uuid = fields.get('build_uuid');
  if (typeof uuid !== 'string' || !UUID.test(uuid)) throw requestErrors.invalidUuid();
  const parsed = payload.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw requestErrors.invalidField(issue?.path.join('.') ?? 'body', issue?.message ?? 'is wrong');
}

/** `{app}-{app_uuid}`, as routes and stored objects name an app. */
export function appId({ app, app_uuid }: Pick<Payload, 'app' | 'app_uuid'>): string {
  return `${app}-${app_uuid}`;
}

export function buildKey(app: string, number: number | string): string {
  return `${app}/${number}`;
}

export function logObject(app: string, number: number | string): string {
  return `${app}-${number}.logs`;
}

/** Image without a tag. */
export function repositoryOf({ gm_registry_host, gm_registry_repo, app, app_uuid }: Payload): string {
  return `${gm_registry_host}/${gm_registry_repo}/${app}-${app_uuid.toLowerCase()}`;
}

/** A payload as text that is the same whatever the order of its fields; in pieces, as sources inside it may be large. */
export function* canonical(value: unknown): Generator<string> {
  if (Array.isArray(value)) {
    yield '[';
    for (const item of value) {
      yield* canonical(item);
      yield ',';
    }
    yield ']';
    return;
  }
  if (typeof value !== 'object' || value === null) return yield JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  yield '{';
  for (const [key, field] of fields.sort(([a], [b]) => (a < b ? -1 : 1))) {
    yield `${JSON.stringify(key)}:`;
    yield* canonical(field);
    yield ',';
  }
  yield '}';
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
