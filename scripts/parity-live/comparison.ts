// What Helm prints, held against objects of ours. Most documents of a chart are the same whatever its values are: each is compared once.
import { createHash } from 'node:crypto';
import type { KubeObject } from '../../kubernetes/object';
import type { Compare, Difference } from '../parity-values/types';
import { isSame } from './same';

/** As compare.mjs answers. */
type Compared = ReturnType<Compare> & { readonly byLedger: Readonly<Record<string, number>>; readonly objects: number };

export class Comparison {
  /** Sums of documents that were found equal, or to be left out. */
  private readonly known = new Set<string>();

  constructor(
    private readonly compare: Compare,
    private readonly options: { readonly namespace: string; readonly chart: string },
  ) {}

  /** @param theirs a YAML stream of Helm. @returns the first difference; what the ledger excuses elsewhere is one here */
  difference(theirs: string, ours: readonly KubeObject[]): Difference | object | undefined {
    const objects = byName(ours, ({ kind, metadata: { name } }) => `${kind}/${name}`);
    const documents = byName(
      theirs.split(/^---\n/m).filter((text) => text.trim() !== ''),
      nameOf,
    );
    const left: string[] = [];
    const done = new Set<string>();
    for (const [name, all] of documents) {
      const [text = '', ...others] = all;
      const [object, ...more] = objects.get(name) ?? [];
      // Two of one name are told apart beside each other only.
      if (!others.length && !more.length && this.isEqual(text, object)) done.add(name);
      else left.push(...all);
    }
    const rest = [...objects].flatMap(([name, all]) => (done.has(name) ? [] : all));
    if (!left.length && !rest.length) return undefined;
    const { open, byLedger } = this.compared(left, rest);
    return open[0] ?? (Object.keys(byLedger).length ? byLedger : undefined);
  }

  private isEqual(text: string, object: KubeObject | undefined): boolean {
    const pair = createHash('sha1')
      .update(text)
      .update('\0')
      .update(JSON.stringify(object ?? null))
      .digest('base64');
    if (this.known.has(pair)) return true;
    if (object && isSame(text, object)) {
      this.known.add(pair);
      return true;
    }
    const { open, byLedger, objects } = this.compared([text], object ? [object] : []);
    if (open.length || Object.keys(byLedger).length || objects !== (object ? 1 : 0)) return false;
    this.known.add(pair);
    return true;
  }

  private compared(theirs: readonly string[], ours: readonly KubeObject[]): Compared {
    const texts = ours.map((object) => JSON.stringify(object));
    return this.compare(theirs.join('---\n'), texts.join('\n---\n'), this.options) as Compared;
  }
}

/** Kind and name of a document, as its text has them; where they are hidden, it is compared with those that are left. */
function nameOf(text: string): string {
  const kind = /^kind: "?([^"\n]*)"?$/m.exec(text)?.[1] ?? '';
  const name = /^metadata:\n(?: .*\n)*? {2}name: "?([^"\n]*)"?$/m.exec(text)?.[1] ?? '';
  return `${kind}/${name}`;
}

function byName<T>(all: readonly T[], nameOfOne: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const out = new Map<string, T[]>();
  for (const one of all) {
    const name = nameOfOne(one);
    const there = out.get(name);
    if (there) there.push(one);
    else out.set(name, [one]);
  }
  return out;
}
