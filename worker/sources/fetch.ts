// Sources onto the disk: http(s) with redirects, or a data URI. Bounded in size, time and redirects.
import { createWriteStream } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Transform } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import type { EgressPolicy } from '../egress/policy';
import { EgressRefused } from '../egress/policy';
import { sendRequest } from '../egress/request';
import { BuildFailure, codeOf, isError, messageOf } from '../errors';
import { displayUrl } from '../state/payload';
import { decodeDataUri } from './data-uri';

const MOST_REDIRECTS = 10;
const ATTEMPTS = 3;
const PAUSE_MS = 1000;
/** A server that sends nothing for so long has hung; one that sends less than the least rate in it holds a build's place as well. */
const IDLE_MS = 60_000;
const LEAST_BYTES_A_SECOND = 1024;

export interface FetchOptions {
  readonly sources: string;
  /** Written whole or not at all. */
  readonly file: string;
  readonly maxBytes: number;
  readonly policy: EgressPolicy;
  readonly signal: AbortSignal;
  readonly note: (line: string) => Promise<void>;
  /** Told how many bytes it is at least, as far as that is known; may throw to end it. */
  readonly size?: (bytes: number) => void;
  /** @default 60,000 ms */
  readonly idleMs?: number;
  /** Between the first two attempts; the next pause is twice as long. @default 1000 ms */
  readonly pauseMs?: number;
}

/** @throws BuildFailure that says what is wrong with the sources. */
export async function fetchSources(options: FetchOptions): Promise<void> {
  const part = `${options.file}.part`;
  try {
    if (options.sources.startsWith('data:')) {
      const bytes = decodeDataUri(options.sources);
      if (bytes.length > options.maxBytes) throw tooLarge(options.maxBytes);
      await writeFile(part, bytes, { mode: 0o600 });
    } else {
      await download(options, part);
    }
    await rename(part, options.file);
  } finally {
    await rm(part, { force: true });
  }
}

function tooLarge(maxBytes: number): BuildFailure {
  return new BuildFailure(`the sources are larger than ${maxBytes} bytes; send less or raise MAX_SOURCE_BYTES`);
}

/**
 * For `docker://` sources: the engine connects, and whoever posted the build is told what answers there.
 * @throws BuildFailure
 */
export async function checkImageHost(policy: EgressPolicy, host: string): Promise<void> {
  try {
    await policy.checkRemote(host);
  } catch (cause) {
    throw new BuildFailure(`the image cannot be pulled: ${messageOf(cause)}`, { cause });
  }
}

class Temporary extends Error {}

/** Not to be had now, after several attempts; later they may be. */
export class SourcesUnavailable extends BuildFailure {}

async function download(options: FetchOptions, part: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await downloadOnce(options, part);
      return;
    } catch (error) {
      if (options.signal.aborted) throw error;
      if (error instanceof BuildFailure) throw error;
      if (codeOf(error) === 'ENOSPC') throw error;
      const problem = `the sources at ${displayUrl(options.sources)} could not be fetched: ${messageOf(error)}`;
      if (error instanceof EgressRefused) throw new BuildFailure(problem, { cause: error });
      if (attempt >= ATTEMPTS) throw new SourcesUnavailable(problem, { cause: error });
      await options.note(`${problem}; trying again`);
      await sleep((options.pauseMs ?? PAUSE_MS) * 2 ** (attempt - 1), undefined, { signal: options.signal });
    }
  }
}

async function downloadOnce(
  { sources, maxBytes, policy, signal, size = () => undefined, idleMs = IDLE_MS }: FetchOptions,
  part: string,
): Promise<void> {
  let url = new URL(sources);
  const origin = url.origin;
  for (let redirects = 0; ; redirects += 1) {
    const headers = authorization(url, origin);
    const bare = new URL(url);
    bare.username = '';
    bare.password = '';
    const response = await sendRequest(policy, {
      url: bare,
      headers: { 'user-agent': 'build-worker', accept: '*/*', ...headers },
      idleMs,
      signal,
    });
    const status = response.statusCode ?? 0;
    if (status >= 300 && status < 400 && response.headers.location !== undefined) {
      response.destroy();
      if (redirects >= MOST_REDIRECTS)
        throw new BuildFailure(`the sources at ${displayUrl(sources)} are redirected more than ${MOST_REDIRECTS} times`);
      url = redirected(url, response.headers.location);
      continue;
    }
    if (status !== 200) {
      response.destroy();
      const problem = `the sources at ${displayUrl(sources)} answer ${status}`;
      if (status >= 500 || status === 429 || status === 408) throw new Temporary(`status ${status}`);
      throw new BuildFailure(`${problem}; the URL must give an archive`);
    }
    const announced = Number(response.headers['content-length'] ?? 0);
    if (announced > maxBytes) {
      response.destroy();
      throw tooLarge(maxBytes);
    }
    await save(response, part, { maxBytes, size: (bytes) => size(Math.max(bytes, announced)), signal, idleMs });
    return;
  }
}

/** Credentials of the URL go to its own host only. */
function authorization(url: URL, origin: string): Record<string, string> {
  if (url.username === '' || url.origin !== origin) return {};
  return {
    authorization: `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64')}`,
  };
}

function redirected(from: URL, location: string): URL {
  if (!URL.canParse(location, from.href))
    throw new BuildFailure(`the sources are redirected to "${location.slice(0, 100)}", which is not a URL`);
  const to = new URL(location, from);
  if (to.protocol !== 'http:' && to.protocol !== 'https:')
    throw new BuildFailure(`the sources are redirected to ${to.protocol}, only http and https are followed`);
  if (from.origin === to.origin && to.username === '') {
    to.username = from.username;
    to.password = from.password;
  }
  return to;
}

async function save(
  response: IncomingMessage,
  part: string,
  { maxBytes, size, signal, idleMs }: Required<Pick<FetchOptions, 'maxBytes' | 'size' | 'signal' | 'idleMs'>>,
): Promise<void> {
  let bytes = 0;
  let before = 0;
  const pace = setInterval(() => {
    if (!response.readableEnded && ((bytes - before) * 1000) / idleMs < LEAST_BYTES_A_SECOND)
      response.destroy(new Temporary(`they come more slowly than ${LEAST_BYTES_A_SECOND} bytes a second`));
    before = bytes;
  }, idleMs).unref();
  const bound = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      try {
        if (bytes > maxBytes) throw tooLarge(maxBytes);
        size(bytes);
        done(null, chunk);
      } catch (error) {
        done(isError(error) ? error : new Error(messageOf(error)));
      }
    },
  });
  await pipeline(response, bound, createWriteStream(part, { mode: 0o600, flush: true }), { signal }).finally(() => clearInterval(pace));
  if (!response.complete) throw new Temporary('the connection ended before the sources did');
}
