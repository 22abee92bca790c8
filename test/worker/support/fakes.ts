// Stand-ins for unit tests: an engine whose steps the test decides, payloads, archives, folders.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack, type Headers } from 'tar-stream';
import pino from 'pino';
import type { BuildRequest, Engine, PulledImage, Work } from '../../../worker/engines/engine';
import { BuildFailure, interruptionOf } from '../../../worker/errors';

export const APP_UUID = '56bce159-87a7-437f-bed3-2da4e44d9cf3';
export const DIGEST = `sha256:${'a'.repeat(64)}`;
export const silent = pino({ level: 'silent' });

/** Work of this process since then, in milliseconds: what others do on the machine does not count. */
export function workedMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/**
 * How many times the work of something less it is, in milliseconds of work. A machine only ever adds to either: the least of two is
 * taken for less, and more is done again, up to three times in all, while it is not below the bound.
 */
export async function timesTheWork(
  bound: number,
  more: () => Promise<number> | number,
  less: () => Promise<number> | number,
): Promise<number> {
  const few = Math.min(await less(), await less());
  let least = Infinity;
  for (let tries = 0; tries < 3 && least / few >= bound; tries++) least = Math.min(least, await more());
  return least / few;
}

export function tempFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'worker-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export type TarEntry = Headers & { readonly content?: string };

export async function tar(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  const chunks: Buffer[] = [];
  archive.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
  // One after the other: what is not read yet makes each further entry slower.
  for (const { content, ...header } of entries)
    await new Promise<void>((resolve, reject) =>
      archive.entry({ mtime: new Date(0), ...header }, content ?? '', (error) => (error ? reject(error) : resolve())),
    );
  archive.finalize();
  await new Promise((resolve) => archive.on('end', resolve));
  return Buffer.concat(chunks);
}

export async function dataUri(dockerfile = 'FROM base:1\n'): Promise<string> {
  return `data:application/gzip;base64,${gzipSync(await tar([{ name: 'Dockerfile', content: dockerfile }])).toString('base64')}`;
}

export async function payload(number: number, more: Readonly<Record<string, unknown>> = {}): Promise<Record<string, unknown>> {
  return {
    app: 'web',
    space: 'default',
    app_uuid: APP_UUID,
    build_uuid: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    build_number: number,
    gm_registry_host: 'registry.example.com',
    gm_registry_repo: 'acme',
    sources: await dataUri(),
    ...more,
  };
}

export async function until(condition: () => boolean | Promise<boolean>, ms = 30_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export interface LocalServer {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  close(): Promise<void>;
}

export async function serve(listener: RequestListener, port = 0): Promise<LocalServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

export interface Received {
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
}

export interface CallbackReceiver extends LocalServer {
  readonly received: Received[];
  /** What the next notice is answered; only those answered 200 count as received. */
  status: number;
}

export async function callbackReceiver(port = 0): Promise<CallbackReceiver> {
  const received: Received[] = [];
  const server = await serve((request, response) => {
    void bodyOf(request).then((text) => {
      if (receiver.status === 200)
        received.push({ authorization: request.headers.authorization, body: JSON.parse(text) as Record<string, unknown> });
      response.writeHead(receiver.status).end('ok');
    });
  }, port);
  const receiver: CallbackReceiver = { ...server, received, status: 200 };
  return receiver;
}

type Step = (work: Work, name: string) => Promise<void>;

/** Builds that end when the test lets them. */
export class FakeEngine implements Engine {
  readonly requests: BuildRequest[] = [];
  readonly pushed: string[] = [];
  readonly removed: string[] = [];
  readonly released: string[] = [];
  readonly digests = new Map<string, string>();
  running = 0;
  peak = 0;
  onPing: () => Promise<void> = async () => undefined;
  onBuild: Step = async () => undefined;
  onPush: Step = async () => undefined;
  onRemove: (reference: string) => Promise<void> = async () => undefined;
  /** What a push reports. */
  digestOfPush: string | undefined = DIGEST;

  ping(): Promise<void> {
    return this.onPing();
  }

  async build(request: BuildRequest, work: Work): Promise<string> {
    this.requests.push(request);
    this.running += 1;
    this.peak = Math.max(this.peak, this.running);
    try {
      await work.output('Step 1 : FROM base\n');
      await interruptible(work, () => this.onBuild(work, request.tag));
    } finally {
      this.running -= 1;
    }
    return `sha256:${'b'.repeat(64)}`;
  }

  async pull(reference: string): Promise<PulledImage> {
    return { id: reference, fresh: true };
  }

  async tag(): Promise<void> {
    // The fake has no images.
  }

  async push(repository: string, tag: string, _login: unknown, work: Work): Promise<string> {
    await interruptible(work, () => this.onPush(work, `${repository}:${tag}`));
    if (this.digestOfPush === undefined) throw new BuildFailure('the registry confirmed no digest');
    this.pushed.push(`${repository}:${tag}`);
    this.digests.set(`${repository}:${tag}`, this.digestOfPush);
    return this.digestOfPush;
  }

  async digest(reference: string): Promise<string | undefined> {
    return this.digests.get(reference);
  }

  async checkLogin(): Promise<void> {
    // Every login is fine.
  }

  async isInsecure(): Promise<boolean> {
    return false;
  }

  async remove(reference: string): Promise<void> {
    this.removed.push(reference);
    await this.onRemove(reference);
  }

  async release(reference: string): Promise<void> {
    this.released.push(reference);
  }

  async prune(): Promise<number> {
    return 0;
  }
}

async function interruptible({ signal }: Work, run: () => Promise<void>): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(interruptionOf(signal) ?? new Error('aborted')), { once: true });
    run().then(resolve, reject);
  });
}
