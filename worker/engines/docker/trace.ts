// BuildKit's progress as text: its steps by number, and what they print, each stream's lines whole.
import { Lines } from '../../logs/lines';
import { bytesOf, messagesOf, numberOf, readFields, textOf, type Fields } from './protobuf';

/** What BuildKit prints where it stops to pass a step's output on. */
const CLIPPED = /^\[output clipped, log limit .{1,40} reached\]$/;
const CLIPPED_HINT =
  "The engine clips the output of a step; its environment's BUILDKIT_STEP_LOG_MAX_SIZE and " +
  'BUILDKIT_STEP_LOG_MAX_SPEED (in bytes) raise the limits.';
const NEWLINE = Buffer.from('\n');

/** One stream (1 or 2) of one step. */
interface Slot {
  readonly step: number;
  readonly lines: Lines;
}

export class Trace {
  readonly #numbers = new Map<string, number>();
  readonly #finished = new Set<string>();
  readonly #slots = new Map<string, Map<number, Slot>>();
  /** Whose line is not at its end, because it is long. */
  #open: Slot | undefined;
  #hinted = false;

  read(bytes: Buffer): Buffer {
    const status = readFields(bytes);
    const output: Buffer[] = [];
    for (const vertex of messagesOf(status, 1)) this.#vertex(vertex, output);
    for (const log of messagesOf(status, 3)) this.#log(log, output);
    return Buffer.concat(output);
  }

  #number(digest: string): number {
    const known = this.#numbers.get(digest);
    if (known !== undefined) return known;
    this.#numbers.set(digest, this.#numbers.size + 1);
    return this.#numbers.size;
  }

  #vertex(vertex: Fields, output: Buffer[]): void {
    const digest = textOf(vertex, 1);
    const known = this.#numbers.has(digest);
    if (!vertex.has(5) && !known) return;
    const step = this.#number(digest);
    if (!known) this.#tell(step, textOf(vertex, 3), output);
    if (!vertex.has(6) || this.#finished.has(digest)) return;
    this.#finished.add(digest);
    this.#close(digest, output);
    const error = textOf(vertex, 7);
    this.#tell(step, error !== '' ? `ERROR: ${error}` : numberOf(vertex, 4) === 1 ? 'CACHED' : 'DONE', output);
  }

  #log(log: Fields, output: Buffer[]): void {
    const digest = textOf(log, 1);
    const slot = this.#slot(digest, numberOf(log, 3));
    for (const { bytes, whole } of slot.lines.push(bytesOf(log, 4))) this.#print(slot, bytes, whole, output);
  }

  #slot(digest: string, stream: number): Slot {
    const slots = this.#slots.get(digest) ?? new Map<number, Slot>();
    this.#slots.set(digest, slots);
    const slot = slots.get(stream) ?? { step: this.#number(digest), lines: new Lines() };
    slots.set(stream, slot);
    return slot;
  }

  /** A long line comes in parts, which follow each other as long as nothing else is printed. */
  #print(slot: Slot, bytes: Buffer, whole: boolean, output: Buffer[]): void {
    if (this.#open !== slot) {
      if (this.#open !== undefined) output.push(NEWLINE);
      output.push(Buffer.from(`#${slot.step} `));
    }
    output.push(bytes);
    this.#open = whole ? undefined : slot;
    if (!whole) return;
    output.push(NEWLINE);
    if (this.#hinted || bytes.length > 100 || !CLIPPED.test(bytes.toString('utf8'))) return;
    this.#hinted = true;
    this.#tell(slot.step, CLIPPED_HINT, output);
  }

  #tell(step: number, text: string, output: Buffer[]): void {
    if (this.#open !== undefined) output.push(NEWLINE);
    this.#open = undefined;
    output.push(Buffer.from(`#${step} ${text}\n`));
  }

  /** What a step printed without a line's end. */
  #close(digest: string, output: Buffer[]): void {
    for (const slot of this.#slots.get(digest)?.values() ?? []) {
      const rest = slot.lines.rest();
      if (rest.length > 0 || this.#open === slot) this.#print(slot, rest, true, output);
    }
    this.#slots.delete(digest);
  }

  end(): Buffer {
    const output: Buffer[] = [];
    for (const digest of [...this.#slots.keys()]) this.#close(digest, output);
    return Buffer.concat(output);
  }
}
