// Bytes that come in pieces, cut into lines: each byte is looked at once, and a line without an end takes no more than its limit.

/** What is handed on as one line at most: sinks and browsers take longer ones in parts. */
export const MOST_LINE_BYTES = 64 * 1024;

const NEWLINE = 10;

export interface Line {
  /** Without the \n. */
  readonly bytes: Buffer;
  /** `false` for a part of a line that is longer than the limit; more of it follows. */
  readonly whole: boolean;
}

/** Where a character ends, at most three bytes before `at`. */
function characterEnd(bytes: Buffer, at: number): number {
  for (let end = at; end > at - 4 && end > 0; end -= 1) if (((bytes[end] ?? 0) & 0xc0) !== 0x80) return end;
  return at;
}

export class Lines {
  #pieces: Buffer[] = [];
  #length = 0;

  /** @param most bytes of a line that are kept; longer ones come in parts that end with a whole character */
  constructor(private readonly most = MOST_LINE_BYTES) {}

  *push(chunk: Buffer): Generator<Line> {
    let from = 0;
    while (from < chunk.length) {
      const end = chunk.indexOf(NEWLINE, from);
      this.#keep(chunk.subarray(from, end < 0 ? chunk.length : end));
      while (this.#length > this.most) yield { bytes: this.#part(), whole: false };
      if (end < 0) return;
      yield { bytes: this.rest(), whole: true };
      from = end + 1;
    }
  }

  /** Takes what has come since the last line's end. */
  rest(): Buffer {
    const [only] = this.#pieces;
    const bytes = this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#length = 0;
    return bytes;
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  #part(): Buffer {
    const bytes = this.rest();
    const end = characterEnd(bytes, this.most);
    this.#keep(bytes.subarray(end));
    return bytes.subarray(0, end);
  }
}
