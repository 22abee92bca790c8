// Builds, pulls and pushes through one Docker engine: BuildKit where it has it, the classic builder where not.
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { BuildFailure, EngineUnavailable, interruptionOf, messageOf, isError } from '../../errors';
import type { RegistryLogin } from '../../registry/login';
import type { Builder, BuildRequest, BuiltImage, ContextFolders, Engine, PulledImage, Work } from '../engine';
import { EngineClient, EngineError, EngineTimeout } from './client';
import { Leftovers } from './leftovers';
import { pruneEngine, releaseImage } from './prune';
import { readProgress, type Outcome } from './progress';
import { checkBuildArgs, type Query } from './query';
import { serveSession, sessionMethods, type SessionAnswers } from './session';

/** BuildKit over the API came with 1.39. */
const BUILDKIT_API = 39;
/** ARG with several names came to the classic builder with 1.41. */
const JOINED_ARGS_API = 41;
const PUSH_ATTEMPTS = 4;
/** What no further attempt changes. */
const DENIED =
  /denied|unauthorized|authentication required|no basic auth credentials|forbidden|does not exist locally|invalid reference|repository name not known/i;

const version = z.looseObject({ ApiVersion: z.string(), Os: z.string().optional() });
const image = z.looseObject({ Id: z.string() });
const descriptor = z.looseObject({ Descriptor: z.looseObject({ digest: z.string() }) });
const info = z.looseObject({
  RegistryConfig: z
    .looseObject({
      InsecureRegistryCIDRs: z.array(z.string()).nullish(),
      IndexConfigs: z.record(z.string(), z.looseObject({ Secure: z.boolean() })).nullish(),
    })
    .nullish(),
});

export interface DockerEngineSettings {
  readonly client: EngineClient;
  readonly builder: 'auto' | 'buildkit' | 'classic';
  readonly network?: string | undefined;
  /** First pause before a push is tried again; it doubles. @default 1,000 ms */
  readonly retryMs?: number;
}

/** The engine's API has no field for what an image tells of its layers: a build arg stands for it, which no step sees. */
const registryCache = ({ cacheFrom, args }: BuildRequest): Query =>
  cacheFrom === undefined ? {} : { cachefrom: cacheFrom, buildargs: { ...args, BUILDKIT_INLINE_CACHE: '1' } };

export class DockerEngine implements Engine {
  readonly #client: EngineClient;
  readonly #leftovers: Leftovers;

  constructor(private readonly settings: DockerEngineSettings) {
    this.#client = settings.client;
    this.#leftovers = new Leftovers(settings.client);
  }

  async ping(): Promise<void> {
    await this.#client.json({ method: 'GET', path: '/version' });
  }

  async build(request: BuildRequest, work: Work): Promise<string> {
    checkBuildArgs(request.args, this.#query(request), Buffer.byteLength(JSON.stringify(request.logins)) * (4 / 3));
    const { buildkit, joinsArgs } = await this.#builder(request);
    if (!buildkit && Object.keys(request.secrets).length > 0)
      throw new BuildFailure('build_secrets need BuildKit, which this engine does not have or BUILDER=classic switches off');
    if (!buildkit && request.needsBuildKit)
      await work.output('The Dockerfile uses what only BuildKit has; this engine builds it with the classic builder.\n');
    const outcome = await guarded(work, () => (buildkit ? this.#buildKit(request, work) : this.#classic(request, work, joinsArgs)));
    // Neither a stream that just ends nor a tag of an earlier build counts: the engine must have named the image.
    if (outcome.image === undefined) throw new EngineUnavailable('the Docker engine ended the build without naming an image');
    const found = await this.#inspect(request.tag);
    if (found !== outcome.image)
      throw new EngineUnavailable(`the Docker engine has ${found ?? 'nothing'} under ${request.tag} instead of ${outcome.image}`);
    return outcome.image;
  }

  /** Asks the engine only where that makes a difference. */
  async #builder({ args }: BuildRequest): Promise<{ readonly buildkit: boolean; readonly joinsArgs: boolean }> {
    const { builder } = this.settings;
    if (builder === 'buildkit' || (builder === 'classic' && Object.keys(args).length < 2))
      return { buildkit: builder === 'buildkit', joinsArgs: false };
    const { ApiVersion, Os } = version.parse(await this.#client.json({ method: 'GET', path: '/version' }));
    const [major = 0, minor = 0] = ApiVersion.split('.').map(Number);
    const knows = (api: number) => Os !== 'windows' && (major > 1 || minor >= api);
    return { buildkit: builder === 'auto' && knows(BUILDKIT_API), joinsArgs: knows(JOINED_ARGS_API) };
  }

  #query(request: BuildRequest, builder?: Builder): Query {
    return {
      t: request.tag,
      dockerfile: request.dockerfile,
      buildargs: request.args,
      labels: builder === 'classic' && request.labelled === true ? undefined : request.labels,
      nocache: request.noCache ? 1 : undefined,
      networkmode: this.settings.network,
      rm: 1,
      forcerm: 1,
    };
  }

  #classic(request: BuildRequest, work: Work, joinsArgs: boolean): Promise<Outcome> {
    const context = () => request.context('classic', joinsArgs);
    return this.#leftovers.during((onStep) => this.#stream({ ...request, context }, work, 'classic', {}, onStep));
  }

  /** Streams the context in and the progress out. The context is made when nothing has interrupted yet, and closed whatever happens. */
  async #stream(
    request: BuildRequest,
    { output, signal }: Work,
    builder: Builder,
    query: Query,
    onStep?: (image: string) => void,
  ): Promise<Outcome> {
    signal.throwIfAborted();
    const body = query['remote'] === undefined ? request.context(builder) : undefined;
    let broken: unknown;
    body?.on('error', (error) => (broken ??= error));
    try {
      return await readProgress(
        await this.#client.stream({
          method: 'POST',
          path: '/build',
          query: { ...this.#query(request, builder), ...query },
          logins: request.logins,
          ...(body === undefined ? {} : { body }),
          signal,
        }),
        output,
        onStep,
      );
    } catch (error) {
      // What is wrong with the sources is the cause, that the connection broke off only follows.
      throw broken instanceof BuildFailure ? broken : error;
    } finally {
      body?.destroy();
    }
  }

  async #buildKit(request: BuildRequest, work: Work): Promise<Outcome> {
    const folders = await request.apart?.();
    try {
      return await this.#inSession(request, folders, work);
    } finally {
      await folders?.close();
    }
  }

  async #inSession(request: BuildRequest, folders: ContextFolders | undefined, work: Work): Promise<Outcome> {
    const { signal } = work;
    const session = randomUUID();
    const { logins, secrets } = request;
    const socket = await this.#openSession(session, { logins, secrets, folders }, signal);
    // The engine ends a build when its connection ends; asked as well, in case a proxy keeps the connection.
    const cancel = () =>
      void this.#client.json({ method: 'POST', path: '/build/cancel', query: { id: request.id } }).catch(() => undefined);
    signal.addEventListener('abort', cancel);
    try {
      const remote = folders === undefined ? undefined : 'client-session';
      const query = { version: '2', session, buildid: request.id, remote, ...registryCache(request) };
      return await this.#stream(request, work, 'buildkit', query);
    } finally {
      signal.removeEventListener('abort', cancel);
      socket.destroy();
    }
  }

  async #openSession(session: string, answers: SessionAnswers, signal: AbortSignal): Promise<Duplex> {
    const socket = await this.#client.upgrade({
      method: 'POST',
      path: '/session',
      signal,
      headers: {
        Upgrade: 'h2c',
        'X-Docker-Expose-Session-Uuid': session,
        'X-Docker-Expose-Session-Name': 'build-worker',
        // Files are compared with those of the same key: nothing of another build is taken for this one's.
        'X-Docker-Expose-Session-Sharedkey': session,
        'X-Docker-Expose-Session-Grpc-Method': sessionMethods(answers),
      },
    });
    serveSession(socket, answers);
    return socket;
  }

  async pull(reference: string, login: RegistryLogin | undefined, work: Work): Promise<PulledImage> {
    const fresh = (await this.#inspect(reference)) === undefined;
    await guarded(work, async () => {
      const at = reference.lastIndexOf('@');
      const colon = reference.lastIndexOf(':');
      const tagged = at < 0 && colon > reference.lastIndexOf('/');
      const query =
        at >= 0
          ? { fromImage: reference.slice(0, at), tag: reference.slice(at + 1) }
          : { fromImage: tagged ? reference.slice(0, colon) : reference, tag: tagged ? reference.slice(colon + 1) : 'latest' };
      const stream = await this.#client.stream({ method: 'POST', path: '/images/create', query, login, signal: work.signal });
      return readProgress(stream, work.output);
    });
    const id = await this.#inspect(reference);
    if (id === undefined) throw new EngineUnavailable(`the Docker engine pulled ${reference} and does not have it`);
    return { id, fresh };
  }

  async #inspect(reference: string): Promise<string | undefined> {
    try {
      return image.parse(await this.#client.json({ method: 'GET', path: `/images/${reference}/json` })).Id;
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) return undefined;
      throw error;
    }
  }

  async tag(id: string, repository: string, tag: string): Promise<void> {
    try {
      await this.#client.json({ method: 'POST', path: `/images/${id}/tag`, query: { repo: repository, tag } });
    } catch (error) {
      if (error instanceof EngineError && error.status === 404)
        throw new BuildFailure(`the Docker engine has no image ${id}`, { cause: error });
      throw error;
    }
  }

  async push(repository: string, tag: string, login: RegistryLogin | undefined, work: Work): Promise<string> {
    const reference = `${repository}:${tag}`;
    for (let attempt = 1; ; attempt += 1) {
      try {
        // Without the header the engine answers 400; an empty login is none.
        const outcome = await guarded(work, async () =>
          readProgress(
            await this.#client.stream({
              method: 'POST',
              path: `/images/${repository}/push`,
              query: { tag },
              login: login ?? {},
              signal: work.signal,
            }),
            work.output,
          ),
        );
        if (outcome.digest === undefined) throw new BuildFailure(`the registry confirmed no digest for ${reference}`);
        await this.#confirm(reference, outcome.digest, login, work);
        return outcome.digest;
      } catch (error) {
        if (!(error instanceof BuildFailure)) throw error;
        const failure = new BuildFailure(`the push of ${reference} failed: ${messageOf(error)}`, { cause: error });
        if (attempt >= PUSH_ATTEMPTS || DENIED.test(error.message)) throw failure;
        await work.output(`The push failed; attempt ${attempt + 1} of ${PUSH_ATTEMPTS} follows.\n`);
        await pause((this.settings.retryMs ?? 1000) * 2 ** (attempt - 1), work.signal);
      }
    }
  }

  /** The engine says that it pushed; the registry must say that it has it. Only where it may not be asked, the engine's word counts. */
  async #confirm(reference: string, digest: string, login: RegistryLogin | undefined, work: Work): Promise<void> {
    let confirmed: string | undefined;
    try {
      confirmed = await this.digest(reference, login);
    } catch (error) {
      const status = error instanceof BuildFailure && error.cause instanceof EngineError ? refusalOf(error.cause) : undefined;
      if (status === undefined) throw error;
      await work.output(
        `The registry does not let the digest of ${reference} be read (${status}): the digest that the push reported counts.\n`,
      );
      return;
    }
    if (confirmed !== digest) throw new BuildFailure(`the registry has ${confirmed ?? 'nothing'} under ${reference} instead of ${digest}`);
  }

  async digest(reference: string, login: RegistryLogin | undefined): Promise<string | undefined> {
    try {
      return descriptor.parse(await this.#client.json({ method: 'GET', path: `/distribution/${reference}/json`, login: login ?? {} }))
        .Descriptor.digest;
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) return undefined;
      // The engine asks the registry: one that hangs makes it hang.
      if (error instanceof EngineError || error instanceof EngineTimeout)
        throw new BuildFailure(`the registry does not tell the digest of ${reference}: ${error.message}`, { cause: error });
      throw error;
    }
  }

  async checkLogin(host: string, login: RegistryLogin): Promise<void> {
    try {
      await this.#client.json({ method: 'POST', path: '/auth', body: { ...login, serveraddress: host } });
    } catch (error) {
      if (error instanceof EngineError && /unauthorized|denied|incorrect/i.test(error.message))
        throw new BuildFailure(`${host} refuses the login of ${login.username ?? 'a token'}: ${error.message}`, { cause: error });
      // A registry that is down now may be up at the push.
      if (!(error instanceof EngineError || error instanceof EngineTimeout)) throw error;
    }
  }

  async isInsecure(host: string): Promise<boolean> {
    const { RegistryConfig } = info.parse(await this.#client.json({ method: 'GET', path: '/info' }));
    const configured = RegistryConfig?.IndexConfigs?.[host];
    if (configured !== undefined) return !configured.Secure;
    const name = host.replace(/:\d+$/, '');
    return (
      name === 'localhost' || /^127\./.test(name) || (RegistryConfig?.InsecureRegistryCIDRs ?? []).some((cidr) => cidr === `${name}/32`)
    );
  }

  async remove(reference: string): Promise<void> {
    try {
      await this.#client.json({ method: 'DELETE', path: `/images/${reference}` });
    } catch (error) {
      // 404: gone already. 409: a container uses it; the pruning comes back to it.
      if (!(error instanceof EngineError) || (error.status !== 404 && error.status !== 409)) throw error;
    }
  }

  release(reference: string): Promise<void> {
    return releaseImage(this.#client, reference);
  }

  prune(maxBytes: number, built: readonly BuiltImage[]): Promise<number> {
    return pruneEngine(this.#client, maxBytes, built);
  }
}

/** 401 or 403: the engine's status, or that of the registry which it only quotes when the answer was no JSON. */
function refusalOf({ status, message }: EngineError): string | undefined {
  if (status === 401 || status === 403) return String(status);
  return /\b(?:HTTP|status|status code)[ :]+(401|403)\b/i.exec(message)?.[1] ?? /\b(401 Unauthorized|403 Forbidden)\b/i.exec(message)?.[1];
}

/** One sort of error for one cause: interruption first, then the build's own, then the engine. */
async function guarded<T>({ signal }: Work, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const interruption = interruptionOf(signal);
    if (interruption !== undefined) throw interruption;
    if (error instanceof BuildFailure || error instanceof EngineUnavailable) throw error;
    if (error instanceof EngineError) throw new BuildFailure(error.message, { cause: error });
    if (
      isError(error) &&
      /aborted|premature close|socket hang up|ECONN|EPIPE|terminated/i.test(`${error.message} ${'code' in error ? String(error.code) : ''}`)
    ) {
      throw new EngineUnavailable(`the connection to the Docker engine broke off (${error.message})`, { cause: error });
    }
    throw error;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', abort);
    function done(): void {
      signal.removeEventListener('abort', abort);
      resolve();
    }
    function abort(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      reject(interruptionOf(signal) ?? new Error('interrupted'));
    }
    if (signal.aborted) abort();
  });
}
