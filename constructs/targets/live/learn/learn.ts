// From many renders of a release to one description of it: where values stand, and what decides whether something is there.
import { anyOf } from './any-of';
import { Bits } from '../tree/bits';
import { isAsExpected, KnownMembers, type Expectation } from './expected';
import { Evidence, type Sample } from './evidence';
import { countOf, firstOf, Gathering, inOrder, inThose, samplesOf, type Seen } from './seen';
import { identified, isLone, labelOf, ONLY } from '../tree/identity';
import { isOneOrder, merged } from '../tree/orders';
import { isContainer, leavesIn, shown } from '../tree/skeleton';
import type { Choice, Condition, Container, Member, Node, Switch } from '../tree/model';

/** A place that none of the values explains. */
export interface Riddle {
  readonly path: readonly string[];
  /** The samples that differ there, one for each outcome. */
  readonly samples: readonly number[];
  readonly leaves: ReadonlySet<number>;
}

/** How many groups of switches may leave something out. */
const MOST_GROUPS = 4;

/** How much likelier a value decides over a place that was seen to do so. */
const SEEN = 2;

/** What is known of a release beside its samples. */
export interface Knowledge {
  /** The values that may decide something in an object, by its place. @default all */
  readonly decidingIn?: (id: string) => readonly number[];
  /** Objects that need not be learned again, by what they are known by. @default none */
  readonly known?: ReadonlyMap<string, Member>;
  /** Which values were seen to decide something by themselves. @default none */
  readonly evidence?: Evidence;
  /** Of a part of the items of a list: the list. Such a value decides nothing outside of them. @default there are no such parts */
  readonly listOf?: (leaf: number) => number | undefined;
  /** A description that holds but for a few places, and what each sample is by it. @default there is none */
  readonly before?: Expectation;
}

export class Learner {
  readonly riddles: Riddle[] = [];
  private readonly on: readonly Bits[];
  /** Lists in whose items we are. */
  private readonly entered: number[] = [];
  /** The values that may decide something in the object at hand. */
  private deciding: readonly number[] = [];
  /** Those of them that may do so in the items that we are in. */
  private here: { readonly deciding: readonly number[]; readonly place: string; readonly leaves: readonly number[] } | undefined;
  /** Those that were seen to decide by themselves whether the member at hand is there. */
  private decisive: ReadonlySet<number> | undefined;

  /** How near values are to those of the place at hand. */
  private near: { readonly others: ReadonlySet<number>; readonly known: Map<number, number> } | undefined;

  private readonly decidingIn: (id: string) => readonly number[];
  private readonly known: ReadonlyMap<string, Member>;
  private readonly evidence: Evidence;
  private readonly listOf: (leaf: number) => number | undefined;
  private readonly before: Knowledge['before'];

  constructor(
    private readonly samples: readonly Sample[],
    leaves: readonly number[],
    /** How near two values are to each other, by their paths. */
    private readonly nearness: (a: number, b: number) => number,
    { decidingIn = () => leaves, known = new Map(), evidence = new Evidence(), listOf = () => undefined, before }: Knowledge = {},
  ) {
    this.decidingIn = decidingIn;
    this.known = known;
    this.evidence = evidence;
    this.listOf = listOf;
    this.before = before;
    evidence.take(samples);
    const size = Math.max(-1, ...leaves) + 1;
    this.on = Array.from({ length: size }, (_, leaf) => Bits.where(samples.length, (sample) => samples[sample]?.on[leaf] === 1));
    this.deciding = leaves;
  }

  learn(): Container {
    return this.container(
      this.samples.map((sample, index) => ({ samples: [index], node: sample.root, expected: this.before?.roots[index] })),
      [],
      this.before?.tree,
    );
  }

  private onBits(leaf: number): Bits {
    return this.on[leaf] ?? Bits.of(this.samples.length);
  }

  private bits(samples: Iterable<number>): Bits {
    return Bits.of(this.samples.length, samples);
  }

  /** @param before what the place was before, where that is known */
  private node(seen: readonly Seen[], path: readonly string[], before?: Node): Node {
    const first = seen[0]?.node;
    if (!first) throw new Error('nothing was seen');
    if (before && seen.every(({ node, expected }) => expected && isAsExpected(node, expected))) return before;
    if (before?.t === 'choice') return this.chosen(seen, path, before);
    if (seen.every(({ node }) => node === first || shown(node) === shown(first))) return first;
    if (isContainer(first) && seen.every(({ node }) => node.t === first.t))
      return isOneOrder(seen.map(({ node }) => node as Container)) ? this.container(seen, path, before) : this.choice(seen, path, shown);
    return this.choice(seen, path, labelOf);
  }

  /** What was decided by a value before, each of the two by itself. */
  private chosen(seen: readonly Seen[], path: readonly string[], before: Choice): Node {
    const [yes, no] = [true, false].map((is) => {
      const own = inThose(seen, (sample) => this.before?.holds(before.when, sample) === is);
      const known = is ? before.yes : before.no;
      return own.length ? this.node(own, path, known) : known;
    });
    return { ...before, yes: yes as Node, no: no as Node };
  }

  /** Different at different times: decided by a value. @param labelled what is different */
  private choice(seen: readonly Seen[], path: readonly string[], labelled: (node: Node) => string, depth = 0): Node {
    const groups = new Map<string, Seen[]>();
    for (const one of seen) {
      const label = labelled(one.node);
      const group = groups.get(label);
      if (group) group.push(one);
      else groups.set(label, [one]);
    }
    if (groups.size === 1) return this.node(seen, path);
    const inside = new Set(seen.flatMap(({ node }) => [...leavesIn(node)]));
    const best = depth < 6 ? this.bestSplit(seen, [...groups.values()], inside, this.evidence.at(path)) : undefined;
    if (best === undefined) {
      this.riddle(
        path,
        [...groups.values()].map(([one]) => (one ? firstOf(one) : 0)),
        inside,
      );
      return seen[0]?.node as Node;
    }
    const on = this.onBits(best);
    return simplified({
      t: 'choice',
      when: { all: [{ leaf: best, on: true }] },
      yes: this.choice(
        inThose(seen, (sample) => on.has(sample)),
        path,
        labelled,
        depth + 1,
      ),
      no: this.choice(
        inThose(seen, (sample) => !on.has(sample)),
        path,
        labelled,
        depth + 1,
      ),
    });
  }

  private bestSplit(
    seen: readonly Seen[],
    groups: readonly (readonly Seen[])[],
    inside: ReadonlySet<number>,
    decisive?: ReadonlySet<number>,
  ): number | undefined {
    const all = this.bits(samplesOf(seen));
    const { size } = all;
    const labels = groups.map((group) => this.bits(samplesOf(group)));
    const before = entropy(labels.map(({ size }) => size));
    let best: number | undefined;
    let most = 1e-9;
    for (const leaf of this.decidingHere()) {
      const on = this.onBits(leaf);
      const there = on.shared(all);
      if (!there || there === size) continue;
      const yes = labels.map((label) => on.shared(label));
      const no = labels.map((label, index) => label.size - (yes[index] ?? 0));
      const gain = before - entropy(yes) - entropy(no);
      if (gain * 4 <= most) continue;
      const score = gain * (inside.has(leaf) ? 1.15 : 1) * (decisive?.has(leaf) ? SEEN : 1) * (1 + 0.05 * this.nearnessTo(leaf, inside));
      if (score > most + 1e-9) [most, best] = [score, leaf];
    }
    return best;
  }

  /** Values that may decide something where we are. */
  private decidingHere(): readonly number[] {
    const place = this.entered.join();
    if (this.here?.deciding === this.deciding && this.here.place === place) return this.here.leaves;
    const leaves = this.deciding.filter((leaf) => {
      const list = this.listOf(leaf);
      return list === undefined || this.entered.includes(list);
    });
    this.here = { deciding: this.deciding, place, leaves };
    return leaves;
  }

  private nearnessTo(leaf: number, others: ReadonlySet<number>): number {
    if (this.near?.others !== others) this.near = { others, known: new Map() };
    const before = this.near.known.get(leaf);
    if (before !== undefined) return before;
    let most = 0;
    for (const other of others) most = Math.max(most, this.nearness(leaf, other));
    this.near.known.set(leaf, most);
    return most;
  }

  private container(seen: readonly Seen[], path: readonly string[], before?: Node): Container {
    const [first] = seen;
    const kind = (first?.node as Container | undefined)?.t;
    if (!kind) throw new Error('nothing was seen');
    const areLone = seen.every((one) => isLone(one.node));
    const found = new Map<string, { readonly member: Member; readonly at: Gathering }>();
    const orders = new Map<string, string[]>();
    const known = new KnownMembers(before, seen, areLone);
    for (const { samples, node, expected } of seen) {
      const order: string[] = [];
      const others = known.expected(expected);
      for (const { id: own, member } of identified(node as Container)) {
        const id = areLone ? ONLY : own;
        order.push(id);
        if (!others.has(id)) known.unexpected.add(id);
        const there = found.get(id) ?? { member, at: new Gathering() };
        there.at.add({ samples, node: member.value, expected: others.get(id) });
        found.set(id, there);
      }
      const own = new Set(order);
      for (const id of others.keys()) if (!own.has(id)) known.unexpected.add(id);
      orders.set(order.join('\u0001'), order);
    }
    const count = countOf(seen);
    orders.set('', known.order());
    const container = first?.node as Container;
    if (container.t === 'each') this.entered.push(container.leaf);
    const all = merged([...orders.values()]).flatMap((id): readonly Member[] => {
      const own = known.at(id);
      const is = found.get(id);
      if (!is) return own && !known.unexpected.has(id) ? [own] : [];
      const { member } = is;
      const there = is.at.seen;
      const at = [...path, id];
      if (!path.length) {
        const object = this.known.get(id);
        if (object) return [object];
        this.deciding = this.decidingIn(id);
      }
      const value = this.node(there, at, own?.value);
      if (own && !known.unexpected.has(id)) return [{ ...own, value }];
      const key = member.key ? { key: member.key } : {};
      if (countOf(there) === count) return [{ ...key, value }];
      const present = this.bits(samplesOf(there));
      const absent = this.bits(samplesOf(seen)).without(present);
      const inside = leavesIn(value);
      if (member.key) leavesIn(member.key, inside);
      this.decisive = this.evidence.at(at);
      // Parts of its items may decide over a loop: that is in the loop.
      if (value.t === 'each') this.entered.push(value.leaf);
      const when = this.explain(present, absent, inside);
      if (value.t === 'each') this.entered.pop();
      const without = inThose(seen, (sample) => absent.has(sample));
      const derived = when ? undefined : this.whereFilled(value, there, without, at);
      if (derived) return [{ ...key, ...derived }];
      if (!when)
        this.riddle(
          at,
          [there, without].map(([one]) => (one ? firstOf(one) : 0)),
          inside,
        );
      return [{ ...key, value, when }];
    });
    if (container.t === 'each') this.entered.pop();
    return { ...container, members: all };
  }

  /** A list or a map that is there while anything is in it, with what is in it learned where it is not there, too. */
  private whereFilled(value: Node, there: readonly Seen[], without: readonly Seen[], path: readonly string[]): Member | undefined {
    if (value.t !== 'list' && value.t !== 'map') return undefined;
    const empty: Container = { t: value.t, members: [] };
    const before = this.riddles.length;
    const all = [
      ...there.map(({ samples, node }) => ({ samples, node })),
      { samples: samplesOf(without).toSorted((a, b) => a - b), node: empty },
    ];
    const whole = this.container(inOrder(all), path);
    const when = anyOf(whole.members.map((member) => member.when));
    if (when && this.riddles.length === before) return { value: whole, when };
    this.riddles.length = before;
    return undefined;
  }

  /** What holds for all of the first and for none of the others. */
  private explain(present: Bits, absent: Bits, inside: ReadonlySet<number>): Condition | undefined {
    const { chosen, left } = this.conjunction(present, absent, inside);
    let best: Condition | undefined = left.isEmpty ? { all: chosen } : undefined;
    let fewest = left.isEmpty ? chosen.length : Infinity;
    // What is left out when several are as they are at the same time. The fewer switches, the less is chance.
    for (let count = 0; count <= chosen.length && count + 1 < fewest; count++) {
      const all = chosen.slice(0, count);
      const rest = all.reduce((bits, { leaf, on }) => (on ? bits.and(this.onBits(leaf)) : bits.without(this.onBits(leaf))), absent);
      const unless = this.covering(rest, present, inside);
      const size = count + (unless?.flat().length ?? Infinity);
      if (!unless || size >= fewest) continue;
      best = { all, unless };
      fewest = size;
    }
    return best;
  }

  /** Groups of switches of which one is as it is in each of the first, and none in any of the others. */
  private covering(absent: Bits, present: Bits, inside: ReadonlySet<number>): Switch[][] | undefined {
    const groups: Switch[][] = [];
    let open = absent;
    while (!open.isEmpty) {
      if (groups.length === MOST_GROUPS) return undefined;
      // All at once where that goes; or as many as there are when the likeliest switch is as it is.
      let group = this.conjunction(open, present, inside);
      for (let part = open; !group.left.isEmpty; group = this.conjunction(part, present, inside)) {
        const smaller = this.narrowed(part, present, group.chosen);
        if (!smaller) return undefined;
        part = smaller;
      }
      groups.push(group.chosen);
      const covered = group.chosen.reduce(
        (bits, { leaf, on }) => (on ? bits.and(this.onBits(leaf)) : bits.without(this.onBits(leaf))),
        open,
      );
      open = open.without(covered);
    }
    return groups;
  }

  /** Those for which one more switch is the same, by which most of the others are told from them. */
  private narrowed(part: Bits, others: Bits, known: readonly Switch[]): Bits | undefined {
    let best: Bits | undefined;
    let most = -Infinity;
    for (const leaf of this.decidingHere()) {
      if (known.some((one) => one.leaf === leaf)) continue;
      const bits = this.onBits(leaf);
      const there = bits.shared(part);
      const left = bits.shared(others);
      for (const on of [true, false]) {
        const kept = on ? there : part.size - there;
        if (!kept || kept === part.size) continue;
        const told = others.isEmpty ? 0 : (on ? others.size - left : left) / others.size;
        const score = (kept / part.size + told) * (this.decisive?.has(leaf) ? SEEN : 1);
        if (score > most) [most, best] = [score, on ? part.and(bits) : part.without(bits)];
      }
    }
    return best;
  }

  /** Switches that are as they are in all of the first, until as few as can be of the others are left. */
  private conjunction(present: Bits, absent: Bits, inside: ReadonlySet<number>): { readonly chosen: Switch[]; readonly left: Bits } {
    const { size } = present;
    const candidates = this.decidingHere().flatMap((leaf): (Switch & { readonly bits: Bits })[] => {
      const bits = this.onBits(leaf);
      const on = bits.shared(present);
      return on === size ? [{ leaf, on: true, bits }] : on === 0 ? [{ leaf, on: false, bits }] : [];
    });
    const chosen: Switch[] = [];
    let left = absent;
    while (!left.isEmpty && chosen.length < 6) {
      let best: (typeof candidates)[number] | undefined;
      let most = 0;
      for (const one of candidates) {
        const shared = one.bits.shared(left);
        const excluded = one.on ? left.size - shared : shared;
        if (excluded * 6 <= most) continue;
        const seen = this.decisive?.has(one.leaf) ? SEEN : 1;
        const score =
          excluded * seen * (inside.has(one.leaf) ? 1.3 : 1) * (one.on ? 1.02 : 1) * (1 + 0.1 * this.nearnessTo(one.leaf, inside));
        if (score > most) [most, best] = [score, one];
      }
      if (!best) break;
      chosen.push({ leaf: best.leaf, on: best.on });
      left = best.on ? left.and(best.bits) : left.without(best.bits);
    }
    return { chosen, left };
  }

  private riddle(path: readonly string[], samples: readonly number[], leaves: ReadonlySet<number>): void {
    this.riddles.push({ path, samples, leaves });
  }
}

const entropy = (sizes: readonly number[]): number => {
  const sum = sizes.reduce((a, b) => a + b, 0);
  return sizes.reduce((bits, size) => (size ? bits - size * Math.log2(size / sum) : bits), 0);
};

/** `if a: (if b: X else Y) else Y` is `if a and b: X else Y`. */
function simplified(choice: Extract<Node, { t: 'choice' }>): Node {
  const { when, yes, no } = choice;
  if (shown(yes) === shown(no)) return yes;
  if (yes.t === 'choice' && !yes.when.unless && shown(yes.no) === shown(no))
    return { t: 'choice', when: { all: [...when.all, ...yes.when.all] }, yes: yes.yes, no };
  const [one] = when.all;
  if (one && when.all.length === 1 && no.t === 'choice' && !no.when.unless && shown(no.no) === shown(yes))
    return { t: 'choice', when: { all: [{ ...one, on: !one.on }, ...no.when.all] }, yes: no.yes, no: yes };
  return choice;
}
