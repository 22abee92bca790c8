// Sets of small numbers, for counting fast.

const WORD = 32;

export class Bits {
  private constructor(readonly words: Uint32Array) {}

  static of(size: number, members: Iterable<number> = []): Bits {
    const words = new Uint32Array(Math.ceil(size / WORD));
    for (const member of members) words[member >>> 5] = (words[member >>> 5] ?? 0) | (1 << (member & 31));
    return new Bits(words);
  }

  static where(size: number, isIn: (member: number) => boolean): Bits {
    const words = new Uint32Array(Math.ceil(size / WORD));
    for (let member = 0; member < size; member++) if (isIn(member)) words[member >>> 5] = (words[member >>> 5] ?? 0) | (1 << (member & 31));
    return new Bits(words);
  }

  has(member: number): boolean {
    return (((this.words[member >>> 5] ?? 0) >>> (member & 31)) & 1) === 1;
  }

  get isEmpty(): boolean {
    return this.words.every((word) => word === 0);
  }

  get size(): number {
    let sum = 0;
    for (const word of this.words) sum += ones(word);
    return sum;
  }

  and(other: Bits): Bits {
    return new Bits(this.words.map((word, index) => word & (other.words[index] ?? 0)));
  }

  without(other: Bits): Bits {
    return new Bits(this.words.map((word, index) => word & ~(other.words[index] ?? 0)));
  }

  /** How many are in both. */
  shared(other: Bits): number {
    let sum = 0;
    for (let index = 0; index < this.words.length; index++) sum += ones((this.words[index] ?? 0) & (other.words[index] ?? 0));
    return sum;
  }
}

function ones(word: number): number {
  let left = word - ((word >>> 1) & 0x55555555);
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
