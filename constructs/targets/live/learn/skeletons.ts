// Skeletons of the objects of many renders: from one to the next most objects are the same, and most of those that are not.
import type { Node } from '../tree/model';
import { skeleton } from '../tree/skeleton';
import type { Marks } from '../values/found';
import { Pool } from './pool';

/** Texts from so many letters on are looked at once. */
const LONG = 40;

export class Skeletons {
  private readonly pool = new Pool();
  /** By the text of the data; of those that may be in base64 by themselves. */
  private readonly known = { plain: new Map<string, Node>(), encoded: new Map<string, Node>() };
  /** The shapes of values with which they were seen. */
  private shapes = '';

  /** Equal data have the same node. */
  of(data: unknown, marks: Marks): Node {
    this.see(marks);
    const known = this.known[marks.mayBeEncoded ? 'encoded' : 'plain'];
    const run = (one: unknown): Node => {
      const isLong = typeof one === 'object' ? one !== null : typeof one === 'string' && one.length >= LONG;
      // In the items of a list, the marks of these are seen, too.
      if (!isLong || marks.depth) return skeleton(one, marks, run);
      const text = textOf(one);
      const before = known.get(text);
      if (before) return before;
      const node = this.pool.one(skeleton(one, marks, run));
      known.set(text, node);
      return node;
    };
    return run(data);
  }

  private see({ shapes }: Marks): void {
    const text = shapes.join();
    if (text === this.shapes) return;
    this.shapes = text;
    this.known.plain.clear();
    this.known.encoded.clear();
  }
}

function textOf(data: unknown): string {
  try {
    return JSON.stringify(data);
  } catch {
    return JSON.stringify(data, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
  }
}
