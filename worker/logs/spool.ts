// The log of one running build: an append-only file that followers read while it grows.
import { once, EventEmitter } from 'node:events';
import { open, type FileHandle } from 'node:fs/promises';
import { BuildFailure } from '../errors';
import { Lines } from './lines';
import { Mask, Secrets } from './mask';

/** Bytes collected before they are written; lines show up after at most FLUSH_MS. */
const CHUNK_BYTES = 64 * 1024;
const FLUSH_MS = 50;
const CARRIAGE = Buffer.from('\r');
const NEWLINE = 10;

export interface LogOptions {
  readonly file: string;
  /** Bytes after which `write` fails. */
  readonly maxBytes: number;
  /** Called with every line, without its end; one above 64 KiB comes in parts. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Never written, whoever prints them. @default none */
  readonly secrets?: Secrets;
}

/** \r\n becomes \n; most output has none and stays as it is. */
function unixLines(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf('\r\n'); at >= 0; at = bytes.indexOf('\r\n', from)) {
    pieces.push(bytes.subarray(from, at));
    from = at + 1;
  }
  return from === 0 ? bytes : Buffer.concat([...pieces, bytes.subarray(from)]);
}

/**
 * Lines end in \n. What a program prints as \r\n is stored as \n, as buildshuttle does; everything else but secrets is stored byte for
 * byte.
 * A write that fails (full disk, too long) is remembered: every later one fails as well, so that the build ends with the reason.
 */
export class SpooledLog extends EventEmitter {
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #size: number;
  #atLineStart: boolean;
  #carriage = false;
  readonly #lines = new Lines();
  readonly #secrets: Secrets;
  readonly #mask: Mask;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  #ended = false;

  private constructor(
    private readonly handle: FileHandle,
    private readonly options: LogOptions,
    size: number,
    atLineStart: boolean,
  ) {
    super();
    this.setMaxListeners(0);
    this.#size = size;
    this.#atLineStart = atLineStart;
    this.#secrets = options.secrets ?? new Secrets([]);
    this.#mask = new Mask(this.#secrets);
  }

  /** Goes on where a crash left the file. */
  static async open(options: LogOptions): Promise<SpooledLog> {
    const handle = await open(options.file, 'a+', 0o600);
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    return new SpooledLog(handle, options, size, size === 0 || last[0] === 10);
  }

  get file(): string {
    return this.options.file;
  }

  /** Bytes that followers can read. */
  get size(): number {
    return this.#size;
  }

  /** Output as it comes, in pieces of any length. Waits while the disk is behind. */
  async write(output: string | Buffer): Promise<void> {
    await this.#take(this.#mask.push(typeof output === 'string' ? Buffer.from(output) : output));
  }

  async #take(output: Buffer): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#ended) return;
    if (output.length === 0) return;
    let bytes = this.#carriage ? Buffer.concat([CARRIAGE, output]) : output;
    // A \r at the end may be half of a \r\n.
    this.#carriage = bytes.at(-1) === CARRIAGE[0];
    if (this.#carriage) bytes = bytes.subarray(0, -1);
    this.#append(unixLines(bytes));
    if (this.#pendingBytes >= CHUNK_BYTES) await this.flush();
    else this.#timer ??= setTimeout(() => void this.flush().catch(() => undefined), FLUSH_MS);
  }

  #append(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#size + this.#pendingBytes + bytes.length > this.options.maxBytes) {
      this.#failure = new BuildFailure(`the log is longer than ${this.options.maxBytes} bytes; print less or raise MAX_LOG_BYTES`);
      throw this.#failure;
    }
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#atLineStart = bytes.at(-1) === NEWLINE;
    const { onLine } = this.options;
    if (onLine === undefined) return;
    for (const line of this.#lines.push(bytes)) onLine(line.bytes.toString('utf8'));
  }

  /** A line of the worker's own, on a line of its own. */
  async line(text: string): Promise<void> {
    // What was printed before is at its end.
    await this.#take(this.#mask.end());
    await this.#take(Buffer.from(`${this.#atLineStart && !this.#carriage ? '' : '\n'}${this.#secrets.text(text)}\n`));
  }

  /** Every write from now on fails with `error`. */
  fail(error: Error): void {
    this.#failure ??= error;
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const turn = this.#flushing.then(async () => {
      if (this.#failure !== undefined && !(this.#failure instanceof BuildFailure)) throw this.#failure;
      const bytes = Buffer.concat(this.#pending);
      this.#pending = [];
      this.#pendingBytes = 0;
      if (bytes.length === 0) return;
      try {
        for (let done = 0; done < bytes.length;) {
          const { bytesWritten } = await this.handle.write(bytes, done);
          done += bytesWritten;
          this.#size += bytesWritten;
        }
      } catch (cause) {
        this.#failure = new Error('the log cannot be written to DATA_DIR', { cause });
        throw this.#failure;
      }
      this.emit('grown');
    });
    this.#flushing = turn.catch(() => undefined);
    await turn;
  }

  /** Ends the log; what could be written is on disk afterwards. */
  async end(): Promise<void> {
    if (this.#ended) return;
    const rest = Buffer.concat([this.#carriage ? CARRIAGE : Buffer.alloc(0), this.#mask.end()]);
    this.#carriage = false;
    try {
      if (this.#failure === undefined) this.#append(unixLines(rest));
      if (this.#failure === undefined && !this.#atLineStart) this.#append(Buffer.from('\n'));
    } catch {
      // The log is full: its last line stays without an end.
    }
    this.#ended = true;
    await this.flush().catch(() => undefined);
    await this.handle.sync().catch(() => undefined);
    await this.handle.close();
    this.emit('grown');
  }

  /** What there is from `offset` on, as of now. */
  async *now(offset: number): AsyncGenerator<Buffer> {
    let left = this.#size - offset;
    if (left <= 0) return;
    for await (const chunk of this.follow(offset)) {
      yield chunk.subarray(0, left);
      left -= chunk.length;
      if (left <= 0) return;
    }
  }

  /** Everything from `offset` on, then what is written until the end. The reader's pace is kept. */
  async *follow(offset = 0, signal?: AbortSignal): AsyncGenerator<Buffer> {
    const reader = await open(this.file, 'r');
    try {
      let at = offset;
      const buffer = Buffer.alloc(CHUNK_BYTES);
      while (signal?.aborted !== true) {
        const ended = this.#ended;
        const { bytesRead } = await reader.read(buffer, 0, buffer.length, at);
        if (bytesRead > 0) {
          at += bytesRead;
          yield Buffer.from(buffer.subarray(0, bytesRead));
        } else if (ended) {
          return;
        } else if (this.#size <= at && !this.#ended) {
          await once(this, 'grown', signal === undefined ? {} : { signal }).catch(() => undefined);
        }
      }
    } finally {
      await reader.close();
    }
  }
}
