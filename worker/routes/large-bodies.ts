// Bodies of requests: received at each client's own pace, and parsed two large ones at a time, so that no slow client is in another's way.
import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import { codeOf, requestErrors } from '../errors';

/**
 * Up to this size a body is received in memory. A larger one waits on the disk until
 * it is whole: parsed, it is in memory several times over.
 */
const LARGE_BYTES = 1024 ** 2;
/** Of all bodies that are received in memory; above it only the smallest ones are. */
const MOST_HELD_BYTES = 128 * 1024 ** 2;
const SMALL_BYTES = 32 * 1024;
const PARSED_AT_ONCE = 2;
/** Large bodies that are under way. */
const RECEIVED_AT_ONCE = 256;
const RECEIVED_FROM_ONE_CLIENT = 64;
const LEAST_BYTES_A_SECOND = 8 * 1024;
/** Time in which a body may be slower. */
const PATIENCE_MS = 15_000;
const CIPHER = 'aes-256-ctr';

export interface BodyOptions {
  /** For bodies under way; nothing of them stays there. */
  readonly folder: string;
  readonly maxBytes: number;
  /** Refuses large bodies when there is no room for them. */
  readonly admit: () => Promise<void>;
  /** @default 15,000 ms */
  readonly patienceMs?: number;
  /** Of bodies in memory while they are received. @default 128 MiB */
  readonly mostHeldBytes?: number;
}

/** So many at once in all, and so many of one client; who is let in next is who waits longest and may. */
class Slots {
  readonly #taken: string[] = [];
  readonly #waiting: { readonly client: string; readonly enter: () => void }[] = [];

  constructor(
    private readonly most: number,
    private readonly mostOfOne = most,
  ) {}

  async take(client = ''): Promise<() => void> {
    if (this.#free(client)) this.#taken.push(client);
    else await new Promise<void>((enter) => this.#waiting.push({ client, enter }));
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#taken.splice(this.#taken.indexOf(client), 1);
      const next = this.#waiting.findIndex((waiting) => this.#free(waiting.client));
      if (next < 0) return;
      for (const { client: entering, enter } of this.#waiting.splice(next, 1)) {
        this.#taken.push(entering);
        enter();
      }
    };
  }

  #free(client: string): boolean {
    return this.#taken.length < this.most && this.#taken.filter((taken) => taken === client).length < this.mostOfOne;
  }
}

/** A body in a file without a name: encrypted with a key that only this process has, and gone with it. */
class BodyFile {
  readonly #key = randomBytes(32);
  readonly #iv = randomBytes(16);
  readonly #cipher = createCipheriv(CIPHER, this.#key, this.#iv);

  private constructor(private readonly handle: FileHandle) {}

  static async open(folder: string): Promise<BodyFile> {
    const path = join(folder, `${randomUUID()}.body`);
    const handle = await open(path, 'wx+', 0o600);
    await rm(path);
    return new BodyFile(handle);
  }

  async write(bytes: Buffer): Promise<void> {
    await this.handle.writeFile(this.#cipher.update(bytes));
  }

  async *read(): AsyncGenerator<Buffer> {
    const decipher = createDecipheriv(CIPHER, this.#key, this.#iv);
    for await (const chunk of this.handle.createReadStream({ start: 0, autoClose: false })) yield decipher.update(Buffer.from(chunk));
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/**
 * What a client sends, as long as it keeps the least rate. What the reader does in between takes none of its time.
 * @throws RequestError 408
 */
async function* paced(body: Readable, patienceMs: number): AsyncGenerator<Buffer> {
  const chunks = body.iterator({ destroyOnReturn: false });
  let bytes = 0;
  let waitedMs = 0;
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => (timer = setTimeout(() => reject(requestErrors.tooSlow()), patienceMs)));
    const begun = performance.now();
    const next = chunks.next();
    next.catch(() => undefined);
    const { done, value } = await Promise.race([next, late]).finally(() => clearTimeout(timer));
    waitedMs += performance.now() - begun;
    if (done === true) return;
    const chunk = Buffer.from(value as Buffer);
    bytes += chunk.length;
    if (waitedMs > patienceMs && (bytes * 1000) / waitedMs < LEAST_BYTES_A_SECOND) throw requestErrors.tooSlow();
    yield chunk;
  }
}

type Hook = (request: FastifyRequest, reply: FastifyReply, payload: RequestPayload) => Promise<RequestPayload>;

/** A hook that hands a body on when it is whole. */
export function largeBodies({ folder, maxBytes, admit, patienceMs = PATIENCE_MS, mostHeldBytes = MOST_HELD_BYTES }: BodyOptions): Hook {
  const receiving = new Slots(RECEIVED_AT_ONCE, RECEIVED_FROM_ONE_CLIENT);
  const parsing = new Slots(PARSED_AT_ONCE);
  let held = 0;

  return async ({ headers, ip }, reply, payload) => {
    if (Number(headers['content-length'] ?? 0) > maxBytes) throw requestErrors.bodyTooLarge();
    const chunks = paced(payload as IncomingMessage, patienceMs);
    const small: Buffer[] = [];
    let bytes = 0;
    let counted = 0;
    const release = () => {
      held -= counted;
      counted = 0;
    };
    reply.raw.once('finish', release).once('close', release);
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      small.push(next.value);
      bytes += next.value.length;
      counted += next.value.length;
      held += next.value.length;
      if (bytes > LARGE_BYTES || (held > mostHeldBytes && bytes > SMALL_BYTES)) return large(small, chunks, ip, { bytes, reply, release });
    }
    return Readable.from(small, { objectMode: false });
  };

  async function large(
    begun: Buffer[],
    rest: AsyncGenerator<Buffer>,
    client: string,
    { bytes: length, reply, release }: { readonly bytes: number; readonly reply: FastifyReply; readonly release: () => void },
  ): Promise<Readable> {
    const received = await receiving.take(client);
    // Answered, or gone: whatever happens, the file goes with it.
    const gone = new Promise<void>((resolve) => reply.raw.once('close', resolve));
    if (reply.raw.destroyed) return (received(), Readable.from([]));
    try {
      await admit();
      const file = await BodyFile.open(folder);
      void gone.then(() => file.close()).catch(() => undefined);
      let bytes = length;
      // Taken out one by one, so that nothing keeps them in memory.
      for (let chunk = begun.shift(); chunk !== undefined; chunk = begun.shift()) await file.write(chunk);
      release();
      for await (const chunk of rest) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw requestErrors.bodyTooLarge();
        await file.write(chunk);
      }
      const parsed = await parsing.take();
      reply.raw.once('finish', parsed).once('close', parsed);
      if (reply.raw.destroyed) parsed();
      return Readable.from(file.read(), { objectMode: false });
    } catch (error) {
      if (codeOf(error) === 'ENOSPC') throw requestErrors.diskFull();
      throw error;
    } finally {
      received();
    }
  }
}
