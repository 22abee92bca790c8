// Secrets kept out of text that comes in pieces: every value is found wherever the pieces were cut, and each byte is looked at once.

/** Values that are shorter are in too many words to be masked. */
export const LEAST_MASKED = 6;
/**
 * Of one value, and of all. Above it only the values themselves are looked for:
 * the other spellings take nine times their size in memory.
 */
const MOST_SPELLED = 4096;
const MOST_SPELLED_BYTES = 64 * 1024;
/** Of all values; a build that has more is refused before anything could print them. */
const MOST_VALUES_BYTES = 4 * 1024 ** 2;
const MASK = Buffer.from('***');

/**
 * base64 of bytes inside a longer text, as it is at each of the three places they may
 * have in a group; ends that depend on neighbours are left out.
 */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const core = whole.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** How a value is written inside JSON, URLs and Basic authentication. */
function spellings(value: string): string[] {
  const percent = encodeURIComponent(Buffer.from(value).toString());
  return [
    JSON.stringify(value).slice(1, -1),
    percent,
    percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    ...base64Forms(value),
  ];
}

/** A value, and its lines without the blanks around them: builders put a step's number before each. */
function partsOf(value: string): string[] {
  const parts = [value, value.trim(), ...value.split(/[\r\n]+/).map((line) => line.trim())];
  return parts.filter((part) => part.length >= LEAST_MASKED && part.trim() !== '');
}

function patternsOf(values: Iterable<string>): Set<string> {
  const patterns = new Set<string>();
  let bytes = 0;
  let spelled = 0;
  for (const value of values) {
    bytes += value.length;
    if (bytes > MOST_VALUES_BYTES) break;
    for (const part of partsOf(value)) {
      patterns.add(part);
      if (part.length > MOST_SPELLED || spelled + part.length > MOST_SPELLED_BYTES) continue;
      spelled += part.length;
      for (const spelling of spellings(part)) patterns.add(spelling);
    }
  }
  return patterns;
}

const LETTERS = 256;

/**
 * All values as one automaton (Aho and Corasick's), in arrays: a state is a number, 0 the root, and stands for the longest end of what was
 * read that a pattern begins with. About 21 bytes of memory for each byte of the patterns.
 */
class Automaton {
  readonly #root = new Int32Array(LETTERS);
  readonly #letter: Uint8Array;
  readonly #child: Int32Array;
  readonly #sibling: Int32Array;
  readonly #fallback: Int32Array;
  /** Bytes that a state stands for. */
  readonly depth: Int32Array;
  /** Length of the longest pattern that ends here; 0 for none. */
  readonly found: Int32Array;

  constructor(patterns: readonly Buffer[]) {
    const most = 1 + patterns.reduce((sum, { length }) => sum + length, 0);
    this.#letter = new Uint8Array(most);
    this.#child = new Int32Array(most);
    this.#sibling = new Int32Array(most);
    this.#fallback = new Int32Array(most);
    this.depth = new Int32Array(most);
    this.found = new Int32Array(most);
    let states = 1;
    for (const pattern of patterns) {
      let at = 0;
      for (const letter of pattern) {
        let next = this.#step(at, letter);
        if (next === 0) {
          next = states;
          states += 1;
          this.#letter[next] = letter;
          this.depth[next] = this.depth[at]! + 1;
          if (at === 0) this.#root[letter] = next;
          else {
            this.#sibling[next] = this.#child[at]!;
            this.#child[at] = next;
          }
        }
        at = next;
      }
      this.found[at] = pattern.length;
    }
    this.#link(states);
  }

  /** Where to go on when a state has no such letter: breadth first, so that shorter states are known. */
  #link(states: number): void {
    const order = new Int32Array(states);
    let end = 0;
    for (const first of this.#root) if (first !== 0) order[end++] = first;
    for (let begin = 0; begin < end; begin += 1) {
      const at = order[begin]!;
      for (let child = this.#child[at]!; child !== 0; child = this.#sibling[child]!) {
        order[end++] = child;
        const fallback = this.next(this.#fallback[at]!, this.#letter[child]!);
        this.#fallback[child] = fallback;
        if (this.found[child] === 0) this.found[child] = this.found[fallback]!;
      }
    }
  }

  #step(state: number, letter: number): number {
    if (state === 0) return this.#root[letter]!;
    let child = this.#child[state]!;
    while (child !== 0 && this.#letter[child] !== letter) child = this.#sibling[child]!;
    return child;
  }

  next(state: number, letter: number): number {
    let at = state;
    for (;;) {
      const next = this.#step(at, letter);
      if (next !== 0 || at === 0) return next;
      at = this.#fallback[at]!;
    }
  }
}

/** The secrets of one build. Made once, used for each of its streams. */
export class Secrets {
  /** `undefined` when there is nothing to mask. */
  readonly automaton: Automaton | undefined;

  /** @param values those of less than 6 characters are left as they are */
  constructor(values: Iterable<string>) {
    const patterns = patternsOf(values);
    this.automaton = patterns.size === 0 ? undefined : new Automaton([...patterns].map((pattern) => Buffer.from(pattern)));
  }

  /** A whole text, masked. */
  text(text: string): string {
    if (this.automaton === undefined) return text;
    const mask = new Mask(this);
    return Buffer.concat([mask.push(Buffer.from(text)), mask.end()]).toString('utf8');
  }
}

interface Span {
  start: number;
  end: number;
  /** `***` stands in the output already. */
  told: boolean;
}

/**
 * One stream. What may be the beginning of a secret is held back until it is known to be none, so the output may be behind the input by as
 * much
 * as the longest secret has bytes.
 */
export class Mask {
  readonly #automaton: Automaton | undefined;
  #state = 0;
  /** Pieces from `#first` on that were not handed out; they begin at `#begin` in the stream. */
  readonly #held: Buffer[] = [];
  #first = 0;
  #begin = 0;
  #end = 0;
  /** What to mask in the pieces, in order and apart from each other. */
  #spans: Span[] = [];

  constructor({ automaton }: Secrets) {
    this.#automaton = automaton;
  }

  push(chunk: Buffer): Buffer {
    const automaton = this.#automaton;
    if (automaton === undefined || chunk.length === 0) return chunk;
    let state = this.#state;
    for (let at = 0; at < chunk.length; at += 1) {
      state = automaton.next(state, chunk[at]!);
      const length = automaton.found[state]!;
      if (length > 0) this.#mark(this.#end + at + 1 - length, this.#end + at + 1);
    }
    this.#state = state;
    this.#held.push(chunk);
    this.#end += chunk.length;
    return this.#release(this.#end - automaton.depth[state]!);
  }

  /** What was held back. A secret that breaks off here is masked from its sixth byte on as if it were whole. */
  end(): Buffer {
    if (this.#automaton === undefined) return Buffer.alloc(0);
    const depth = this.#automaton.depth[this.#state]!;
    if (depth >= LEAST_MASKED) this.#mark(this.#end - depth, this.#end);
    this.#state = 0;
    return this.#release(this.#end);
  }

  #mark(start: number, end: number): void {
    const span: Span = { start, end, told: false };
    for (let last = this.#spans.at(-1); last !== undefined && last.end >= span.start; last = this.#spans.at(-1)) {
      span.start = Math.min(span.start, last.start);
      span.told ||= last.told;
      this.#spans.pop();
    }
    this.#spans.push(span);
  }

  /** Hands out everything before `until`. */
  #release(until: number): Buffer {
    const output: Buffer[] = [];
    let done = 0;
    for (const span of this.#spans) {
      if (span.start >= until) break;
      this.#take(span.start, output);
      if (!span.told) output.push(MASK);
      span.told = true;
      this.#take(Math.min(span.end, until));
      if (span.end <= until) done += 1;
    }
    this.#spans.splice(0, done);
    this.#take(until, output);
    return output.length === 1 && output[0] !== undefined ? output[0] : Buffer.concat(output);
  }

  /** Moves the pieces' begin to `until`, into the output or away. */
  #take(until: number, output?: Buffer[]): void {
    while (this.#begin < until) {
      const piece = this.#held[this.#first] ?? Buffer.alloc(0);
      const count = Math.min(piece.length, until - this.#begin);
      output?.push(piece.subarray(0, count));
      this.#begin += count;
      if (count < piece.length) this.#held[this.#first] = piece.subarray(count);
      else this.#first += 1;
    }
    // Now and then, not each time: pieces may be many and small.
    if (this.#first < this.#held.length && this.#first < 1000) return;
    this.#held.splice(0, this.#first);
    this.#first = 0;
  }
}
