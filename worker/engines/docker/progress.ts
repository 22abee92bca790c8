// What the engine streams back (JSON messages, BuildKit's traces inside) as log lines and a result.
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { BuildFailure, EngineUnavailable } from '../../errors';
import type { Output } from '../engine';
import { messagesOf, numberOf, readFields, textOf, type Fields } from './protobuf';

const message = z.object({
  id: z.string().optional(),
  stream: z.string().optional(),
  status: z.string().optional(),
  progress: z.string().optional(),
  error: z.string().optional(),
  errorDetail: z.looseObject({ code: z.number().optional(), message: z.string().optional() }).optional(),
  aux: z.unknown().optional(),
});
const aux = z.looseObject({ ID: z.string().optional(), Digest: z.string().optional(), Tag: z.string().optional() });

export interface Outcome {
  /** Id of the image that was built. */
  readonly image?: string | undefined;
  /** Digest that the registry has taken. */
  readonly digest?: string | undefined;
}

/** Said by an engine that is being stopped, of every build it had. */
const GOING_DOWN = /context canceled|shutting down|transport is closing|client connection is closing|server is not initialized|no such session|no active session/i;

/**
 * @throws BuildFailure with the engine's message as soon as it tells an error; EngineUnavailable when the stream breaks off.
 */
export async function readProgress(stream: Readable, output: Output): Promise<Outcome> {
  const outcome: { image?: string; digest?: string } = {};
  const trace = new Trace();
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(Buffer.from(chunk), { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) await take(line);
  }
  await take(rest);
  await output(trace.end());
  return outcome;

  async function take(line: string): Promise<void> {
    if (line.trim() === '') return;
    const event = parse(line);
    const failure = event.errorDetail?.message ?? event.error;
    if (failure !== undefined) {
      await output(`${trace.end()}${failure}\n`);
      if (GOING_DOWN.test(failure)) throw new EngineUnavailable(`the Docker engine gave up: ${failure}`);
      throw new BuildFailure(explain(failure, event.errorDetail?.code));
    }
    if (event.id === 'moby.buildkit.trace' && typeof event.aux === 'string') {
      await output(trace.read(Buffer.from(event.aux, 'base64')));
      return;
    }
    const extra = aux.safeParse(event.aux);
    if (extra.success && extra.data.ID !== undefined) outcome.image = extra.data.ID;
    if (extra.success && extra.data.Digest !== undefined) outcome.digest = extra.data.Digest;
    if (event.stream !== undefined) await output(event.stream);
    // Progress bars are for terminals; of each layer the steps are told.
    else if (event.status !== undefined && (event.progress === undefined || event.progress === '')) await output(`${event.id === undefined ? '' : `${event.id}: `}${event.status}\n`);
  }
}

function parse(line: string): z.infer<typeof message> {
  try {
    return message.parse(JSON.parse(line));
  } catch (cause) {
    throw new EngineUnavailable('the Docker engine sent what is no message of its API', { cause });
  }
}

function explain(failure: string, code: number | undefined): string {
  const killed = code === 137 || /\b(returned a non-zero code|exit code): 137\b/.test(failure);
  return killed ? `${failure} (killed: out of memory, most likely)` : failure;
}

/** BuildKit's progress: steps by their digest, and what they print. */
class Trace {
  readonly #numbers = new Map<string, number>();
  readonly #finished = new Set<string>();
  readonly #partial = new Map<string, string>();

  read(bytes: Buffer): string {
    const status = readFields(bytes);
    let text = '';
    for (const vertex of messagesOf(status, 1)) text += this.#vertex(vertex);
    for (const log of messagesOf(status, 3)) text += this.#log(log);
    return text;
  }

  #number(digest: string): number {
    const known = this.#numbers.get(digest);
    if (known !== undefined) return known;
    this.#numbers.set(digest, this.#numbers.size + 1);
    return this.#numbers.size;
  }

  #vertex(vertex: Fields): string {
    const digest = textOf(vertex, 1);
    const known = this.#numbers.has(digest);
    const started = vertex.has(5);
    if (!started && !known) return '';
    const prefix = `#${this.#number(digest)} `;
    let text = known ? '' : `${prefix}${textOf(vertex, 3)}\n`;
    if (vertex.has(6) && !this.#finished.has(digest)) {
      this.#finished.add(digest);
      const error = textOf(vertex, 7);
      const rest = this.#partial.get(digest);
      this.#partial.delete(digest);
      if (rest !== undefined) text += `${prefix}${rest}\n`;
      text += `${prefix}${error !== '' ? `ERROR: ${error}` : numberOf(vertex, 4) === 1 ? 'CACHED' : 'DONE'}\n`;
    }
    return text;
  }

  #log(log: Fields): string {
    const digest = textOf(log, 1);
    const prefix = `#${this.#number(digest)} `;
    const lines = ((this.#partial.get(digest) ?? '') + textOf(log, 4)).split('\n');
    const rest = lines.pop() ?? '';
    if (rest === '') this.#partial.delete(digest);
    else this.#partial.set(digest, rest);
    return lines.map((line) => `${prefix}${line}\n`).join('');
  }

  /** What was printed without a line's end. */
  end(): string {
    const text = [...this.#partial].map(([digest, rest]) => `#${this.#number(digest)} ${rest}\n`).join('');
    this.#partial.clear();
    return text;
  }
}
