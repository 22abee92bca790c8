// Values that a release refuses beside others, or without them: which these are is found by rendering, and samples keep clear of them.
import { isDeepStrictEqual } from 'node:util';
import { showPath, ValuesError, type Issue } from '../../../../helm/check';
import { isTrue } from '../../../../helm/print';
import type { Refusal } from '../described';
import { isRefusedBy } from '../refused';
import { leastFailing } from './least';
import { isAt, type Leaf } from '../values/leaves';
import { passes, type Switch } from '../tree/model';
import { Answers } from './answers';
import { escaped, givenBy, oneEach, type Change, type Given } from './changes';
import { TEXTS, type Shape } from '../values/marks';
import { statesOf } from '../tree/tests';
import { WORDS } from '../values/words';

/** Values that a refusal depends on; what depends on more is fixed. */
const MOST_SWITCHES = 7;
/** How often the same complaint is looked into. */
const MOST_ATTEMPTS = 3;
/** Values near a refused one that are tried two at a time. */
const MOST_NEAR = 12;
/** Of these, how many ways to change many at a time are tried. */
const MIXED = 24;
/** How much is gone with what is on in the release; less is with others. */
const MUCH = 3;
/** Changes of one value each until a sample is one that is taken. */
const MOST_CHANGES = 40;

/** Kinds of values that have one shape, or are told apart by it. */
const PLAIN: ReadonlySet<string | undefined> = new Set(['text', 'number', 'flag']);

/** A text that is taken where short ones are not. */
const LONG = 'abcdefghijklmnopqrstuvwxyz012345';

export class Refusals extends Answers {
  /** What is known to be refused. */
  protected readonly refusals: Refusal[] = [];
  private readonly attempts = new Map<string, number>();
  private readonly explored = new Set<Refusal>();
  /** Complaints with the values that bring them: what else they depend on is looked for once. */
  private readonly lookedInto = new Set<string>();
  /** Whether a value that is nothing is looked into, too. */
  private asksForNothing = false;

  protected override all(state: 0 | 1): Uint8Array {
    return this.repaired(super.all(state));
  }

  protected override empty(): Uint8Array {
    return this.repaired(super.empty());
  }

  /** Marks of all values, as far as they are taken together. */
  protected allMarks(): (readonly [number, unknown])[] {
    const on = this.repaired(new Uint8Array(this.leaves.length).fill(1));
    return this.candidates.map((leaf) => [leaf.index, this.mark(leaf, on[leaf.index] ?? 0)] as const);
  }

  /** Whether values are refused, as far as it is known. */
  protected isKnownRefusal(given: Given): boolean {
    return this.brokenIn(given) !== undefined;
  }

  /**
   * A sample in which nothing is known to be refused.
   * @param pick chooses among the ways to mend it. @default always the first, which leaves the most of the release there
   * @param kept a value that stays as it is
   */
  protected repaired(on: Uint8Array, pick: (below: number) => number = () => 0, kept?: number): Uint8Array {
    let mended = on;
    for (let changes = 0; changes < MOST_CHANGES; changes++) {
      const all = this.brokenBy(mended);
      const [broken] = all;
      if (!broken) break;
      const every = broken.all
        .map((one) => [one.leaf, this.lossOf(one)] as const)
        .toSorted(([, one], [, other]) => one - other)
        .flatMap(([leaf, loss]) => (leaf === kept ? [] : this.statesBeside(mended, leaf)).map((way) => ({ way, loss })))
        .map((one) => ({ ...one, left: this.brokenBy(one.way).length }));
      // With the switch of a part, nothing is refused, and nothing is seen: it is turned off where nothing else helps.
      const gentle = every.filter(({ loss, left }) => loss < MUCH && left < all.length);
      const ways = gentle.length ? gentle : every;
      const least = Math.min(...ways.map(({ left }) => left));
      // Now and then another way than the shortest: values that are given together only are seen then.
      const open = pick(3) === 1 ? ways : ways.filter(({ left }) => left === least);
      const chosen = open[pick(open.length)];
      if (!chosen) break;
      mended = chosen.way;
    }
    return mended;
  }

  /** Takes values away that are known to be refused beside others. @param around what is given, too */
  protected clear(given: Map<number, unknown>, around: Given = new Map()): void {
    for (let broken = this.brokenIn(given, around); broken; broken = this.brokenIn(given, around)) {
      const own = broken.all.find(({ leaf }) => given.has(leaf));
      if (!own) return;
      given.delete(own.leaf);
    }
  }

  /** The same, or gives those that are missing. @param other a value that something else may be */
  protected mend(given: Map<number, unknown>, other: (leaf: Leaf) => unknown): void {
    for (let changes = 0; changes < MOST_CHANGES; changes++) {
      const broken = this.brokenIn(given);
      const one = broken?.all[this.random(broken.all.length)];
      const leaf = one && this.leaves[one.leaf];
      if (!leaf) return;
      if (this.fixed.has(leaf.index) || this.alwaysOn.has(leaf.index)) continue;
      const [, ...states] = statesOf(leaf, this.shapeOf(leaf.index));
      if (passes(leaf.base, one.test) !== one.on) given.delete(leaf.index);
      else if (states.length) given.set(leaf.index, states[this.random(states.length)]);
      else given.set(leaf.index, one.on ? this.mark(leaf, false) : other(leaf));
    }
    this.clear(given);
  }

  private brokenIn(given: Given, around: Given = new Map()): Refusal | undefined {
    const lookup = this.lookup(new Map([...around, ...given]));
    return this.refusals.find((one) => isRefusedBy(one, lookup));
  }

  /** How much of a release may be gone when a switch is turned over: little where something is given, or is as in the release then. */
  private lossOf({ leaf, on }: Switch): number {
    const one = this.leaves[leaf] as Leaf;
    const isFlag = one.declared?.kind === 'flag';
    return on ? (this.isOn(one) ? MUCH : 1) : isFlag ? 2 : 0;
  }

  private brokenBy(on: Uint8Array): readonly Refusal[] {
    // Marks are all of about one amount.
    return this.refusals.filter(({ all, less }) => !less && all.every((one) => this.isMet(on, one)));
  }

  private isMet(on: Uint8Array, { leaf, on: isOn, test }: Switch): boolean {
    const one = this.leaves[leaf] as Leaf;
    if (this.fixed.has(leaf) || !this.isThere(leaf)) return passes(one.base, test) === isOn;
    const states = statesOf(one, this.shapeOf(leaf));
    if (states.length) return passes(states[on[leaf] ?? 0], test) === isOn;
    // Nothing is what is never empty.
    if (test && 'given' in test) return ((on[leaf] ?? 0) > 0 || !this.neverEmpty.has(leaf)) === isOn;
    return test && !('there' in test) ? !isOn : (on[leaf] ?? 0) > 0 === isOn;
  }

  /** The samples in which one value is another. */
  private statesBeside(on: Uint8Array, leaf: number): Uint8Array[] {
    if (this.fixed.has(leaf) || !this.isThere(leaf) || this.alwaysOn.has(leaf)) return [];
    const count = this.statesOf(leaf);
    return Array.from({ length: count - 1 }, (_, step) => {
      const other = Uint8Array.from(on);
      other[leaf] = ((on[leaf] ?? 0) + step + 1) % count;
      return other;
    });
  }

  /** Finds the values by which something is refused. @returns whether any were found */
  protected explainedAll(given: Given, error: unknown): boolean {
    if (!(error instanceof ValuesError)) return false;
    return error.issues.some((issue) => this.explained(given, issue));
  }

  /** What is looked into in between, with what is refused of values that are nothing. */
  protected withNothing<T>(run: () => T): T {
    this.asksForNothing = true;
    try {
      return run();
    } finally {
      this.asksForNothing = false;
    }
  }

  /** What is refused of values is looked into. @returns whether it is known now */
  protected explainedRefusal(given: Given): boolean {
    const error = this.refusalOf(given);
    return error !== undefined && this.explainedAll(given, error);
  }

  /**
   * The values that are refused beside others, or without them, by themselves and in any company.
   * @returns whether a refusal was found that was not known, or another shape in which a value is taken
   */
  protected explained(given: Given, issue: Issue): boolean {
    const place = showPath(issue.path);
    const attempts = this.attempts.get(place) ?? 0;
    if (attempts >= MOST_ATTEMPTS || this.isKnownRefusal(given)) return false;
    const isFound = this.find(given, issue, place);
    if (!isFound) this.attempts.set(place, attempts + 1);
    return isFound;
  }

  /** Whether the value that is complained of is refused by itself. */
  protected isRefusedAlone(given: Given, { path }: Issue): boolean {
    const place = showPath(path);
    const own = this.candidates.filter((leaf) => isAt(leaf, path));
    return own.some((leaf) => this.issueAt([{ leaf, value: given.get(leaf.index) }], place) !== undefined);
  }

  private find(given: Given, { path }: Issue, place: string): boolean {
    let message: string | undefined;
    const isRefused = (changes: readonly Change[]): boolean => {
      // What is known already hides what else there is.
      const issue = this.isKnownRefusal(givenBy(changes)) ? undefined : this.issueAt(changes, place);
      if (issue) message = issue.message;
      return issue !== undefined;
    };
    const changes = this.candidates.flatMap((leaf): Change[] =>
      !leaf.item && given.has(leaf.index) ? [{ leaf, value: this.usual(leaf, given.get(leaf.index)) }] : [],
    );
    const own = changes.filter(({ leaf }) => isAt(leaf, path));
    const first = own.length && isRefused(own) ? own : isRefused(changes) ? leastFailing(changes, isRefused) : [];
    if (!first.length || first.length > MOST_SWITCHES || (first === own && this.isForm(own, place))) return false;
    if (this.isReshaped(first, path)) return true;
    const switches = first.map((change) => this.switchOf(change));
    if (!switches.every((one) => one !== undefined)) return false;
    const all: Switch[] = [...switches];
    const key = JSON.stringify([place, all]);
    if (this.lookedInto.has(key)) return false;
    this.lookedInto.add(key);
    isRefused(first);
    const complaint = message ?? '';
    if (!this.withCircumstances(all, first, this.nearTo(path, complaint, first), isRefused)) return false;
    if (all.length < 2 || this.refusals.some((one) => isDeepStrictEqual(new Set(one.all), new Set(all)))) return false;
    const isDoubtful = ({ leaf, value }: Change): boolean => value !== null && !PLAIN.has(leaf.declared?.kind);
    if (first.some((one) => isDoubtful(one) && !this.isTakenSomewhere(one, first, all))) return false;
    this.refusals.push({ all, ...(this.tells(complaint) ? { message: `${place}: ${complaint}` } : {}) });
    return true;
  }

  /**
   * Whether a list or a map is taken somewhere where it is seen, with one of the other switches of a refusal turned over. If not, it is
   * refused for what is in it, as far as anybody knows.
   */
  private isTakenSomewhere(own: Change, first: readonly Change[], all: readonly Switch[]): boolean {
    const others = first.filter((one) => one !== own);
    const left = others.map((one) => givenBy(others.filter((other) => other !== one)));
    const turned = all
      .filter(({ leaf }) => !first.some((one) => one.leaf.index === leaf))
      .flatMap(({ leaf }) => this.changesOf(this.leaves[leaf] as Leaf))
      .map((change) => givenBy([...others, change]));
    const known = new Set(all.map(({ leaf }) => leaf));
    const marks = this.allMarks().filter(([leaf]) => !known.has(leaf));
    return [...left, ...turned].some((given) => [[], marks].some((around) => this.isTakenAndSeen(own, new Map([...around, ...given]))));
  }

  /**
   * Adds to the switches of a refusal those of other values, as they are in the release, without which there is none.
   * @returns whether they are few enough
   */
  private withCircumstances(
    all: Switch[],
    first: readonly Change[],
    near: Near,
    isRefused: (changes: readonly Change[]) => boolean,
  ): boolean {
    for (;;) {
      const changed = this.takenWith(first, near, all);
      if (!changed) return true;
      const deciding = leastFailing(changed, (part) => isRefused([...first, ...changed.filter((one) => !part.includes(one))]));
      all.push(...deciding.map(({ leaf }) => this.switchInRelease(leaf)));
      if (all.length > MOST_SWITCHES) return false;
    }
  }

  /**
   * Takes note that an amount must not be less than another one.
   * @param changes both, as they are refused
   */
  protected refuseLess(changes: readonly [less: Change, than: Change], { path, message }: Issue): void {
    const place = showPath(path);
    const [less, than] = [changes[0].leaf.index, changes[1].leaf.index];
    const all: Switch[] = [less, than].map((leaf) => ({ leaf, on: true }));
    const isRefused = (others: readonly Change[]): boolean => this.issueAt(others, place) !== undefined;
    if (!this.withCircumstances(all, changes, this.nearTo(path, message, changes), isRefused)) return;
    // What the amounts are is another thing each time.
    const [words = ''] = message.split(/,? *"/);
    this.refusals.push({ all, less: [less, than], message: `${place}: ${words}` });
  }

  /** Whether a text is refused for what it looks like: another one is taken. */
  private isForm([one]: readonly Change[], place: string): boolean {
    const leaf = one?.leaf;
    return (
      leaf !== undefined &&
      TEXTS.includes(this.shapeOf(leaf.index)) &&
      [...WORDS, LONG].some((value) => this.issueAt([{ leaf, value }], place) === undefined)
    );
  }

  /** A mark in place of another value: what is refused of that one alone is no refusal beside others. */
  private usual(leaf: Leaf, value: unknown): unknown {
    return isTrue(value) && !this.isTested(leaf.index) && !leaf.declared?.choices ? this.mark(leaf, true) : value;
  }

  /** What a change is as a switch; undefined where it is not the switch that makes the difference. */
  private switchOf({ leaf, value }: Change): Switch | undefined {
    const { index, base, declared } = leaf;
    // Nothing is often refused where an empty text is not.
    if (value === null) return this.asksForNothing && base !== undefined ? { leaf: index, on: false, test: { given: true } } : undefined;
    if (this.shapeOf(index) === 'count' || this.shapeOf(index) === 'name') return undefined;
    if (this.shapeOf(index) === 'word' || declared?.choices?.includes(value as string))
      return { leaf: index, on: true, test: { is: String(value) } };
    if (value === 0 && TEXTS.includes(this.shapeOf(index))) return { leaf: index, on: true, test: { nought: true } };
    const isOn = value === undefined ? this.isOn(leaf) : isTrue(value) || value === this.mark(leaf, true);
    return isOn === isTrue(base) ? undefined : { leaf: index, on: isOn };
  }

  private switchInRelease(leaf: Leaf): Switch {
    const { index, base } = leaf;
    return this.shapeOf(index) === 'word' ? { leaf: index, on: true, test: { is: String(base) } } : { leaf: index, on: this.isOn(leaf) };
  }

  /** Changes of other values with which a refused one is taken; undefined where none were found. */
  private takenWith(first: readonly Change[], { near, others }: Near, all: readonly Switch[]): readonly Change[] | undefined {
    const known = new Set(all.map(({ leaf }) => leaf));
    const [open, far] = [near, others].map((some) => some.filter(({ leaf }) => !known.has(leaf.index))) as [Change[], Change[]];
    const few = open.slice(0, MOST_NEAR);
    const attempts = function* (random: (below: number) => number): Generator<readonly Change[]> {
      for (const one of [...open, ...far]) yield [one];
      yield oneEach(open);
      for (const [index, one] of few.entries()) for (const other of few.slice(index + 1)) if (one.leaf !== other.leaf) yield [one, other];
      if (open.length > 2) for (let count = 0; count < MIXED; count++) yield oneEach(open.filter(() => random(2) > 0));
    };
    for (const changed of attempts(this.random)) if (changed.length && this.areTaken([...first, ...changed])) return changed;
    return undefined;
  }

  /** Changes of values that a refusal may depend on: those beside what is refused, and those that the complaint names; and switches. */
  private nearTo(path: Issue['path'], complaint: string, first: readonly Change[]): Near {
    const isOwn = (leaf: Leaf): boolean => first.some((one) => one.leaf === leaf);
    const keys = path.map(String);
    const group = this.leaves.some((leaf) => isAt(leaf, path)) ? keys.slice(0, -1) : keys;
    const open = this.candidates.filter((leaf) => !leaf.item && !isOwn(leaf) && !this.alwaysOn.has(leaf.index));
    const isNear = (leaf: Leaf): boolean =>
      (group.length > 0 && group.every((key, at) => leaf.path[at] === key)) ||
      first.some((one) => leaf.path.slice(0, -1).join('\0') === one.leaf.path.slice(0, -1).join('\0'));
    const isNamed = ({ path: own }: Leaf): boolean =>
      own.some((_, at) => own.length - at > 1 && new RegExp(`(^|[^\\w.-])${own.slice(at).map(escaped).join('\\.')}\\b`).test(complaint));
    const changes = (leaves: readonly Leaf[]): Change[] => leaves.flatMap((leaf) => this.changesOf(leaf));
    const near = open
      .filter((leaf) => isNamed(leaf) || isNear(leaf))
      .toSorted((one, other) => Number(isNamed(other)) - Number(isNamed(one)));
    const isSwitch = ({ declared, index }: Leaf): boolean => declared?.kind === 'flag' || this.shapeOf(index) === 'word';
    return { near: changes(near), others: changes(open.filter((leaf) => !near.includes(leaf) && isSwitch(leaf))) };
  }

  private changesOf(leaf: Leaf): Change[] {
    const states = statesOf(leaf, this.declaredShape(leaf)).slice(1);
    return (states.length ? states : [this.mark(leaf, !this.isOn(leaf))]).map((value) => ({ leaf, value }));
  }

  /** The shape of a value, of which each of its words may be another state. */
  private declaredShape({ index, declared, base }: Leaf): Shape {
    return declared?.choices?.includes(base as string) ? 'word' : this.shapeOf(index);
  }

  /** Whether a complaint may be repeated: it quotes no mark, and nothing that is secret. */
  private tells(complaint: string): boolean {
    const quotesSecret = this.leaves.some(
      ({ declared, base }) => declared?.secret !== undefined && isTrue(base) && complaint.includes(String(base)),
    );
    return complaint !== '' && !quotesSecret && !/zq\d{4}q|3[1-3]\d{3}/.test(complaint);
  }

  /** Ways to give values beside those of a refusal, until all of them that are refused are known. */
  protected settleRefusals(): void {
    for (let refusal = this.unexplored(); refusal; refusal = this.unexplored()) {
      this.explored.add(refusal);
      const leaves = refusal.all.map(({ leaf }) => this.leaves[leaf] as Leaf);
      const groups = new Set(leaves.map(({ path }) => path.slice(0, -1).join('\0')));
      const beside = this.candidates
        .filter((leaf) => !leaf.item && (leaves.includes(leaf) || groups.has(leaf.path.slice(0, -1).join('\0'))))
        .filter(({ index }) => !this.alwaysOn.has(index))
        .slice(0, MOST_NEAR);
      for (let count = 0; count < MIXED; count++) {
        const given = givenBy(oneEach(beside.filter(() => this.random(2) > 0).flatMap((leaf) => this.changesOf(leaf))));
        this.mend(given, (leaf) => this.mark(leaf, true));
        if (!this.isKnownRefusal(given)) this.explainedRefusal(given);
      }
    }
  }

  private unexplored(): Refusal | undefined {
    return this.refusals.find((one) => !this.explored.has(one));
  }
}

interface Near {
  readonly near: readonly Change[];
  /** Tried one at a time. */
  readonly others: readonly Change[];
}
