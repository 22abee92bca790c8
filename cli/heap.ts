// How much room V8 takes for what is not used any more: where there is memory, it collects late.

/** More releases than these take so long that memory counts for more than some per cent of the time. */
const MANY = 100;
/** So many are made with all the room that V8 takes: by then, young objects have the few megabytes in which they are cheap. */
const FREE = 8;

/** Keeps the heap near to what is in use, for runs that make and drop much: to be told of each release. Nothing where V8 is another one. */
export class SmallHeap {
  private made = 0;

  constructor(private readonly releases: number) {}

  next(): void {
    this.made += 1;
    if (this.releases <= MANY || this.made !== FREE) return;
    try {
      const { setFlagsFromString } = require('node:v8') as typeof import('node:v8');
      setFlagsFromString('--heap-growing-percent=20');
      setFlagsFromString('--semi-space-growth-factor=1');
      // Of its compilers, the middle one of Node.js 22 and later holds tens of megabytes outside of the heap.
      setFlagsFromString('--no-maglev');
    } catch {
      // Bun has no such flags.
    }
  }
}
