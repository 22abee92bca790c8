// An API server in memory, as far as the worker asks one: objects, versions, lists in pages, watches; and the faults of a real one.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Api, type KubeObject } from '../../../worker/cluster/api';
import { bodyOf, serve, type LocalServer } from './fakes';

export type Stored = KubeObject & Record<string, unknown>;
type Type = 'ADDED' | 'MODIFIED' | 'DELETED';

interface Watching {
  readonly kind: string;
  readonly matches: (object: Stored) => boolean;
  readonly response: ServerResponse;
}

interface Change {
  readonly version: number;
  readonly kind: string;
  readonly type: Type;
  readonly object: Stored;
  readonly before: Stored | undefined;
}

const status = (code: number, message: string): object => ({ kind: 'Status', code, message });

/** Labels of the form `a=b,c=d`, and phases of the form `status.phase!=A,status.phase!=B`. */
const matcher = ({ searchParams }: URL): ((object: Stored) => boolean) => {
  const pairs = (name: string, sign: string) =>
    (searchParams.get(name) ?? '').split(',').flatMap((pair) => (pair === '' ? [] : [pair.split(sign) as [string, string]]));
  const [labels, fields] = [pairs('labelSelector', '='), pairs('fieldSelector', '!=')];
  return ({ metadata, status: { phase } = {} }: Stored & { readonly status?: { readonly phase?: string } }) =>
    labels.every(([name, value]) => metadata.labels?.[name] === value) && fields.every(([, value]) => phase !== value);
};

/** The right that a request needs, as a Role names it. */
function rightOf(method: string, kind: string, name: string | undefined, { pathname, searchParams }: URL): string {
  if (pathname.endsWith('/log')) return `get ${kind}/log`;
  const read = searchParams.has('watch') ? 'watch' : name === undefined ? 'list' : 'get';
  const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
  return `${verbs[method] ?? read} ${kind}`;
}

export class FakeApi {
  readonly #objects = new Map<string, Stored>();
  readonly #watches = new Set<Watching>();
  readonly #events: Change[] = [];
  readonly #lists = new Map<string, Stored[]>();
  #version = 100;
  #compacted = 0;
  /** Of all servers: rights that were made use of, as `create configmaps`. */
  static readonly used = new Set<string>();
  /** Requests, as `POST configmaps`. */
  readonly requests: string[] = [];
  /** Watches say nothing. What they have not said, they say after a cut. */
  quiet = false;
  /** Nobody is answered. */
  away = false;
  /** So many requests are refused, as by a server that has just started. */
  knowsNoRights = 0;
  /** The next request of this sort is carried out, and its answer lost. */
  loseAnswerOf: string | undefined;
  /** Asked before an object goes because of a request; false where something else removes it. */
  onDelete: (kind: string, name: string) => boolean = () => true;
  /** What a pod has printed. */
  logOf: (pod: string) => string | undefined = () => undefined;
  /** Told each change. */
  onChange: (type: Type, kind: string, object: Stored) => void = () => undefined;

  private constructor(private readonly server: LocalServer) {}

  static async open(): Promise<FakeApi> {
    let fake: FakeApi | undefined;
    const server = await serve((request, response) => void fake?.answer(request, response));
    return (fake = new FakeApi(server));
  }

  api(): Api {
    return new Api({ server: this.server.url, namespace: 'builds', token: () => 'token' });
  }

  get url(): string {
    return this.server.url;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.away) return void request.destroy();
    const url = new URL(request.url ?? '/', 'http://api');
    const [, kind = '', name] = /\/namespaces\/builds\/([a-z]+)(?:\/([^/]+))?/.exec(url.pathname) ?? [];
    const text = await bodyOf(request);
    const body = text === '' ? undefined : (JSON.parse(text) as Stored);
    const sort = `${request.method} ${kind}`;
    this.requests.push(url.searchParams.has('watch') ? `WATCH ${kind}` : sort);
    FakeApi.used.add(rightOf(request.method ?? '', kind, name, url));
    const send = (code: number, answer: object): void => {
      if (this.loseAnswerOf === sort) {
        this.loseAnswerOf = undefined;
        request.socket.destroy();
      } else response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    };
    if ((this.knowsNoRights -= 1) >= 0)
      return send(403, status(403, `${kind} is forbidden: User "system:serviceaccount:builds:w" cannot ask`));
    if (url.searchParams.has('watch')) return this.#watch(kind, url, response);
    if (url.pathname.endsWith('/log')) {
      // A kubelet prints logs of pods that there are.
      const printed = this.get(kind, name ?? '') === undefined ? undefined : this.logOf(name ?? '');
      if (printed === undefined) return send(404, status(404, `${name} not found`));
      return void response.end(printed);
    }
    const found = name === undefined ? undefined : this.get(kind, name);
    switch (request.method) {
      case 'POST': {
        if (this.get(kind, body?.metadata.name ?? '') !== undefined) return send(409, status(409, `${body?.metadata.name} already exists`));
        return send(201, this.put(kind, body as Stored));
      }
      case 'GET':
        if (name === undefined) return send(200, this.#list(kind, url));
        return found === undefined ? send(404, status(404, `${name} not found`)) : send(200, found);
      case 'PUT':
        if (found === undefined) return send(404, status(404, `${name} not found`));
        if (body?.metadata.resourceVersion !== undefined && body.metadata.resourceVersion !== found.metadata.resourceVersion)
          return send(409, status(409, 'the object has been modified'));
        return send(200, this.put(kind, body as Stored));
      case 'PATCH':
        return found === undefined ? send(404, status(404, `${name} not found`)) : send(200, this.put(kind, merged(found, body) as Stored));
      default:
        if (found === undefined) return send(404, status(404, `${name} not found`));
        if (this.onDelete(kind, name ?? '')) this.delete(kind, name ?? '');
        return send(200, status(200, 'deleted'));
    }
  }

  get(kind: string, name: string): Stored | undefined {
    return this.#objects.get(`${kind}/${name}`);
  }

  all(kind: string): Stored[] {
    return [...this.#objects].filter(([path]) => path.startsWith(`${kind}/`)).map(([, object]) => object);
  }

  /** Makes or replaces an object, as the cluster's own controllers do. */
  put(kind: string, object: Stored): Stored {
    const path = `${kind}/${object.metadata.name}`;
    const before = this.#objects.get(path);
    const uid = before?.metadata.uid ?? randomUUID();
    const stored = { ...object, metadata: { ...object.metadata, uid, resourceVersion: String((this.#version += 1)) } };
    this.#objects.set(path, stored);
    this.#tell(before === undefined ? 'ADDED' : 'MODIFIED', kind, stored, before);
    return stored;
  }

  /** With everything that belongs to it. */
  delete(kind: string, name: string): void {
    const object = this.get(kind, name);
    if (object === undefined) return;
    this.#objects.delete(`${kind}/${name}`);
    this.#tell('DELETED', kind, { ...object, metadata: { ...object.metadata, resourceVersion: String((this.#version += 1)) } });
    for (const [path, { metadata }] of this.#objects) {
      const owned = metadata.ownerReferences?.some((owner) => (owner as { uid?: string }).uid === object.metadata.uid);
      const [owns = '', own = ''] = path.split('/');
      if (owned === true && this.onDelete(owns, own)) this.delete(owns, own);
    }
  }

  #tell(type: Type, kind: string, object: Stored, before?: Stored): void {
    const change = { version: this.#version, kind, type, object, before };
    this.#events.push(change);
    if (!this.quiet) for (const watching of this.#watches) write(watching, change);
    this.onChange(type, kind, object);
  }

  #list(kind: string, url: URL): object {
    const { searchParams } = url;
    const asked = searchParams.get('continue');
    const [version = '', from = 0] = asked === null ? [String(this.#version)] : (JSON.parse(asked) as [string, number]);
    const key = `${version} ${kind}${url.search.replace(/&continue=[^&]*/, '')}`;
    // All pages are of the moment of the first one.
    const items = asked === null ? this.all(kind).filter(matcher(url)) : (this.#lists.get(key) ?? []);
    this.#lists.set(key, items);
    const more = from + 2 < items.length ? { continue: JSON.stringify([version, from + 2]) } : {};
    return { metadata: { resourceVersion: version, ...more }, items: items.slice(from, from + 2) };
  }

  #watch(kind: string, url: URL, response: ServerResponse): void {
    const from = Number(url.searchParams.get('resourceVersion'));
    response.writeHead(200, { 'content-type': 'application/json' });
    const matches = matcher(url);
    if (from < this.#compacted) return void response.end(`${JSON.stringify({ type: 'ERROR', object: status(410, 'too old') })}\n`);
    const watching = { kind, matches, response };
    for (const change of this.#events) if (change.version > from) write(watching, change);
    this.#watches.add(watching);
    response.flushHeaders();
    response.once('close', () => this.#watches.delete(watching));
  }

  /** All watches break off. */
  cut(): void {
    for (const { response } of this.#watches) response.destroy();
    this.#watches.clear();
  }

  /** What has happened is forgotten: a watch that was cut must begin anew. */
  compact(): void {
    this.#compacted = this.#version + 1;
    this.#version += 2;
  }

  close(): Promise<void> {
    return this.server.close();
  }
}

/** What no longer matches is gone for the watch, which is told its last state that did; also where that was before it began. */
function write({ kind, matches, response }: Watching, { kind: changed, type, object, before }: Change): void {
  if (kind !== changed) return;
  const [now, was] = [matches(object), before !== undefined && matches(before)];
  if (!now && !was) return;
  const event = now || before === undefined ? { type: was || type !== 'MODIFIED' ? type : 'ADDED', object } : leaving(before, object);
  response.write(`${JSON.stringify(event)}\n`);
}

const leaving = (before: Stored, { metadata: { resourceVersion } }: Stored): { readonly type: Type; readonly object: Stored } => ({
  type: 'DELETED',
  object: { ...before, metadata: { ...before.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) } },
});

function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = { ...(target as object) };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
}
