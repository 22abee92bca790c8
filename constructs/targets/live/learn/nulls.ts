// Null in place of a value, as a values file takes one away: what stands there then.
import { carriedIn, placesIn } from './carried';
import { compared } from '../tree/compare';
import { dataOf } from '../tree/data';
import { markOf, TEXTS, type Shape } from '../values/marks';
import { passes, type Container, type Node, type Switch } from '../tree/model';
import { showPath } from '../../../../helm/check';
import type { Leaf } from '../values/leaves';
import { Naming } from './naming';
import { Tangled } from './renders';
import { switchesIn, withSwitches } from '../tree/walk';

/** Texts that names of objects are not made with. */
const SCALARS: readonly Shape[] = TEXTS.filter((shape) => shape !== 'name');

/** Other values, and what the release is with them. */
interface Seen {
  readonly given: ReadonlyMap<number, unknown>;
  readonly data: Record<string, unknown>;
}

/** Whether a node is a value, alone or in a text. */
const standsAs = (node: Node, leaf: number): boolean =>
  (node.t === 'hole' && node.leaf === leaf) ||
  (node.t === 'pieces' && node.parts.some((part) => typeof part === 'object' && part.t !== 'pieces' && part.leaf === leaf));

export class Nulls extends Naming {
  /** Flags of which null counts as on, as Helm counts the condition of a part that nobody gives. */
  protected settleFlags(): void {
    for (const { index, base } of this.candidates) {
      if (this.shapeOf(index) !== 'flag' || typeof base !== 'boolean') continue;
      for (const around of this.around()) {
        const [none, off, on] = [null, false, true].map((value) => this.seen(new Map([...around, [index, value]])));
        if (!none || !off || !on || !compared(none.data, off.data).length) continue;
        if (!compared(none.data, on.data).length) this.shapes[index] = ['switch'];
        break;
      }
    }
  }

  /**
   * The tree with the value itself in places that were seen with the value and with what it is while it is off, such as 0: where
   * nothing stands there without the value. It stands there as null then.
   */
  protected carried(learned: Container): Container {
    let tree = learned;
    const offOf = (leaf: number): unknown =>
      this.fixed.has(leaf) || this.neverEmpty.has(leaf) || this.fallbacks.has(leaf) || !this.leaves[leaf]?.declared
        ? undefined
        : markOf(leaf, this.shapeOf(leaf), false);
    for (const [leaf, count] of placesIn(tree, offOf)) {
      const seen = this.around().flatMap((around) => this.seen(new Map([...around, [leaf, null]])) ?? []);
      const wrong = (one: Container): number => seen.reduce((sum, { given, data }) => sum + this.wrong(one, given, data), 0);
      const chosen = new Set<number>();
      let least = wrong(tree);
      const attempt = (places: readonly number[]): void => {
        const all = [...chosen, ...places];
        const left = least ? wrong(carriedIn(tree, leaf, offOf(leaf), new Set(all))) : 0;
        if (left >= least) return;
        least = left;
        for (const place of all) chosen.add(place);
      };
      const places = Array.from({ length: count }, (_, place) => place);
      attempt(places);
      if (!chosen.size) for (const place of places) attempt([place]);
      if (chosen.size) tree = carriedIn(tree, leaf, offOf(leaf), chosen);
    }
    return tree;
  }

  /** The tree with what is decided by a text that is nothing or empty, where 0 and false are texts like others. */
  protected filled(learned: Container): Container {
    let tree = learned;
    const switches = switchesIn(learned);
    for (const { index, declared, item } of this.candidates) {
      const limits = this.limits.get(index);
      if (!switches.has(index) || item || declared?.kind !== 'text' || !SCALARS.includes(this.shapeOf(index)) || limits?.has('number'))
        continue;
      const values = limits?.has('flag') ? [0] : [0, false];
      const seen = this.around().flatMap((around) => values.flatMap((value) => this.seen(new Map([...around, [index, value]])) ?? []));
      const wrong = (one: Container): number => seen.reduce((sum, { given, data }) => sum + this.wrong(one, given, data), 0);
      const other = withSwitches(tree, (one) => (one.leaf === index && !one.test ? { ...one, test: { filled: true } } : one));
      if (wrong(other) < wrong(tree)) tree = other;
    }
    return tree;
  }

  /** The tree with what is decided by a value that is nothing by default, where its key alone does so, be it with null. */
  protected there(learned: Container): Container {
    let tree = learned;
    const switches = switchesIn(learned);
    for (const { index, base, item } of this.candidates) {
      if (!switches.has(index) || item || base !== undefined || !this.neverEmpty.has(index)) continue;
      const seen = this.around().flatMap((around) => this.seen(new Map([...around, [index, null]])) ?? []);
      const wrong = (one: Container): number => seen.reduce((sum, { given, data }) => sum + this.wrong(one, given, data), 0);
      const other = withSwitches(tree, (one, over) =>
        // Where the value itself stands, null is nothing.
        one.leaf === index && !one.test && !standsAs(over, index) ? { ...one, test: { there: true } } : one,
      );
      if (wrong(other) < wrong(tree)) tree = other;
    }
    return tree;
  }

  /** The same for what is refused. */
  protected refuseThere(): void {
    this.refusals.forEach((refusal, place) => {
      const all = refusal.all.map((one): Switch => {
        if (!one.on || one.test || this.leaves[one.leaf]?.base !== undefined || !this.neverEmpty.has(one.leaf)) return one;
        const others = refusal.all.filter(({ leaf, on, test }) => leaf !== one.leaf && passes(this.leaves[leaf]?.base, test) !== on);
        if (others.some(({ test }) => test)) return one;
        const around = others.map(({ leaf, on }) => [leaf, this.mark(this.leaves[leaf] as Leaf, on)] as const);
        const error = this.refusalOf(new Map([...around, [one.leaf, null]]), false);
        const isSame = error?.issues.some(({ path, message }) => `${showPath(path)}: ${message}` === refusal.message);
        return isSame ? { ...one, test: { there: true } } : one;
      });
      this.refusals[place] = { ...refusal, all };
    });
  }

  private wrong(tree: Container, given: ReadonlyMap<number, unknown>, data: Record<string, unknown>): number {
    return compared(this.printed(tree, given), data).length;
  }

  /** The release as it is, with all that is on by a mark, and with its parts alone. */
  protected around(): readonly ReadonlyMap<number, unknown>[] {
    const marked = (on: Uint8Array): ReadonlyMap<number, unknown> =>
      new Map(this.candidates.map((leaf) => [leaf.index, this.mark(leaf, on[leaf.index] ?? 0)]));
    return [new Map(), marked(this.all(1)), marked(this.empty())];
  }

  /** Undefined for values that are refused. */
  private seen(given: ReadonlyMap<number, unknown>): Seen | undefined {
    try {
      return { given, data: dataOf(this.again(given, false)) };
    } catch (error) {
      // Whoever computes with the value may fail in any way.
      if (error instanceof Tangled) throw error;
      return undefined;
    }
  }
}
