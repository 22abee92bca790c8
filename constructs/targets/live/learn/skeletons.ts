// Skeletons of the objects of many renders: from one to the next most objects are the same, and most of those that are not.
import { jsonOf } from '../../../common/narrow';
import type { Node } from '../tree/model';
import { skeleton } from '../tree/skeleton';
import type { Marks } from '../values/found';
import { repeatedBlocks } from '../tree/identity';
import { Pool } from './pool';

/** Texts from so many letters on are looked at once. */
const LONG = 40;

export class Skeletons {
  private readonly pool = new Pool();
  /** By the text of the data; of those that may be in base64 by themselves. */
  private readonly known = { plain: new Map<string, Node>(), encoded: new Map<string, Node>() };
  /** Beginnings of blocks that were seen several times in a text. */
  readonly repeated = new Set<string>();
  /** What they were seen with: the shapes of values, and beginnings of blocks that are told apart. */
  private seen = '';
  private marks: Marks | undefined;

  /** Equal data have the same node. */
  of(data: unknown, marks: Marks): Node {
    this.see(marks);
    const known = this.known[marks.mayBeEncoded ? 'encoded' : 'plain'];
    const run = (one: unknown): Node => {
      const isLong = typeof one === 'object' ? one !== null : typeof one === 'string' && one.length >= LONG;
      // In the items of a list, the marks of these are seen, too.
      if (!isLong || marks.depth) return skeleton(one, marks, run);
      const text = jsonOf(one);
      const before = known.get(text);
      if (before) return before;
      const node = this.pool.one(skeleton(one, marks, run));
      if (node.t === 'lines') for (const start of repeatedBlocks(node)) this.repeated.add(start);
      known.set(text, node);
      return node;
    };
    return run(data);
  }

  private see(marks: Marks): void {
    if (marks === this.marks) return;
    this.marks = marks;
    const { shapes, repeated } = marks;
    const text = [shapes.join(), ...repeated].join('\n');
    if (text === this.seen) return;
    this.seen = text;
    this.known.plain.clear();
    this.known.encoded.clear();
  }
}
