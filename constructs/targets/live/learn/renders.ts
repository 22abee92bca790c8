// A release rendered again and again, with marks in place of its values or with other values.
import { showPath } from '../../../../helm/check';
import { mergeValues } from '../../../../helm/merge';
import { isTrue } from '../../../../helm/print';
import { isGroup, type Schema } from '../../../../helm/schema';
import { isTable } from '../../../../helm/yaml/values';
import type { Entry } from '../../../common/entry';
import { withTexts } from '../../../common/strings';
import type { LiveWishes, Source } from '../../target';
import { withoutNulls } from '../tree/data';
import { lookupWith } from '../described';
import { fixedByName } from '../values/hints';
import { asValues, defaultIn, hasLost, hasTemplate, leavesOf, NAMESPACE, RELEASE_NAME, valueAt, type Leaf } from '../values/leaves';
import { ITEMS, markOf, type Limit, type Shape } from '../values/marks';
import { isPartOf, Marks, type ItemLeaf } from '../values/found';
import { twinOf } from '../values/twins';
import type { Lookup, Node } from '../tree/model';
import { generator } from '../values/random';
import { NOT_PRINTED } from '../print/pins-file';
import { Evaluation, Numbers } from '../tree/evaluation';
import { statesOf } from '../tree/tests';

/** A release that can be made again with other values. */
export interface Subject extends Source {
  readonly release: { readonly name: string; readonly namespace: string };
  /** Looks at this part alone. @default all of the release */
  readonly part?: string;
}

/** An entry of a map as the item that it is. */
export interface MapEntry {
  readonly key: unknown;
  readonly value: unknown;
}

/** All values. */
const ALL = '.';
/** Of each hundred, how many are on. */
const FLAGS_ON = 75;
const ENABLED = 85;
const OTHERS_ON = 80;

/** Nobody waits longer. */
const MOST_RENDERS = 20_000;
/** Of a part, which takes a small share of the time. */
const MOST_OF_PART = 60_000;

export const READ_IN_PARTS = 'it is read in parts';
export const LOST = 'entries that it has by default, and not here, come back with any other value';

/** Whether a path is one of some, or below one. */
export const isBelow = (paths: readonly string[], path: string): boolean =>
  paths.some((one) => one === ALL || path === one || path.startsWith(`${one}.`));

/** What the values decide was not found out. */
export class Tangled extends Error {}

export class Renders {
  protected readonly leaves: readonly Leaf[];
  readonly shapes: (readonly Shape[])[];
  /** Values that are parts of the items of a list, by their numbers. */
  protected readonly items: ReadonlyMap<number, ItemLeaf>;
  /** What the items of lists consist of. */
  protected readonly fields = new Map<number, Leaf[]>();
  protected readonly fixed: Map<number, string>;
  protected readonly alwaysOn = new Set<number>([RELEASE_NAME, NAMESPACE]);
  /** Values that are there or not, but never empty. */
  protected readonly neverEmpty = new Set<number>();
  protected readonly limits = new Map<number, Set<Limit>>();
  /** Values that names of objects are made with, and that are empty in the release. */
  protected readonly naming = new Set<number>();
  /** What stands in for a value that is empty. */
  readonly fallbacks = new Map<number, Node>();
  /** Beginnings of blocks of lines that are there several times in a text. */
  protected readonly repeated = new Set<string>();
  /** By the keys of objects in the release. */
  protected readonly entries = new Map<string, Entry>();
  /** Who makes an object, by its key with marks. */
  protected readonly owners = new Map<string, readonly string[]>();
  protected readonly random = generator(1);
  protected renders = 0;
  /** Values that were not fixed from the beginning: no other is ever looked at. */
  private readonly open: readonly number[];
  private readonly chances: readonly number[];
  private readonly evaluation = new Evaluation();
  /** Whether a map of the release has numbers or flags, which are texts in labels and annotations: templates print them so. */
  private readonly hasBareTexts: boolean;
  private readonly numbers = new Numbers();
  /** Single values with which the release was rendered. */
  private readonly taken = new Set<string>();

  constructor(
    protected readonly subject: Subject,
    wishes: LiveWishes,
  ) {
    this.leaves = [...leavesOf(subject.schema, subject.values, subject.release)];
    this.shapes = this.leaves.map(({ shapes }) => shapes);
    this.items = new Map(this.leaves.flatMap(({ index, item }) => (item ? [[index, item]] : [])));
    this.fixed = new Fixed(this.items);
    for (const leaf of this.leaves) {
      const { index, declared, item } = leaf;
      if (!item) continue;
      const own = this.fields.get(item.list) ?? [];
      own.push(leaf);
      this.fields.set(item.list, own);
      // A field that is not there is not empty, and what is always there is never either.
      this.neverEmpty.add(index);
      if (declared?.kind !== 'flag') this.limit(index, 'empty');
      // By one of their texts, items are told apart.
      if (own.every((one) => one === leaf || one.declared?.kind !== 'text') || ['key', 'value'].includes(item.at.join('.'))) {
        this.alwaysOn.add(index);
        this.limit(index, 'null');
      }
    }
    for (const { index, path, declared, base, item } of this.leaves) {
      if (!declared || item) continue;
      if (subject.part !== undefined && path[0] !== subject.part) {
        this.fixed.set(index, 'it is for several parts');
        continue;
      }
      const name = showPath(path);
      if (!isBelow(wishes.live, name)) this.fixed.set(index, 'it was not asked for');
      else if (isBelow(wishes.fix, name)) this.fixed.set(index, 'it was asked for');
      else if (!subject.hasSecrets && holdsSecret(declared)) this.fixed.set(index, NOT_PRINTED);
      else if (hasTemplate(base)) this.fixed.set(index, 'it is a Go template');
      else if (hasLost(valueAt(subject.values, path), defaultIn(subject.release, declared))) this.fixed.set(index, LOST);
      else {
        const reason = fixedByName(name);
        if (reason !== undefined) this.fixed.set(index, reason);
      }
    }
    this.hasBareTexts = this.leaves.some(({ base }) => isTable(base) && Object.values(base).some(isBare));
    this.open = this.leaves.flatMap(({ index, declared }) => (declared && !this.fixed.has(index) ? [index] : []));
    this.chances = this.leaves.map(({ path, declared }) => chanceOf(path.at(-1) ?? '', declared?.kind === 'flag'));
  }

  /** Takes a text for one that is one of a few words. */
  protected setChoices(leaf: number, choices: readonly string[]): void {
    const one = this.leaves[leaf];
    if (one?.declared) (this.leaves as Leaf[])[leaf] = { ...one, declared: { ...one.declared, choices }, isByWord: true };
  }

  protected get candidates(): readonly Leaf[] {
    return this.open.flatMap((index) => (!this.fixed.has(index) && this.isThere(index) ? (this.leaves[index] as Leaf) : []));
  }

  /** Whether a value is one: a part of items is, where they are looked at one by one. */
  protected isThere(leaf: number): boolean {
    const list = this.items.get(leaf)?.list;
    return list === undefined || (this.shapeOf(list) === 'each' && !this.fixed.has(list) && this.isThere(list));
  }

  protected shapeOf(leaf: number): Shape {
    return this.shapes[leaf]?.[0] ?? 'text';
  }

  /** A mark in place of what the release has: of a map, nothing stays. */
  protected mark(leaf: Leaf, state: boolean | number): unknown {
    const { index, base } = leaf;
    const shape = this.shapeOf(index);
    const states = statesOf(leaf, shape);
    if (states.length) return states[Number(state)];
    const on = Number(state) > 0;
    // What is given in the release is taken away.
    if (!on && this.neverEmpty.has(index)) return base === undefined ? undefined : null;
    if (!on && shape === 'each' && this.hasEntries(index)) return nothingOf(base);
    const mark = markOf(index, shape, on);
    return shape === 'map' && isTable(base) ? { ...nothingOf(base), ...(mark as object) } : mark;
  }

  /** The values with items of lists, where there are values for parts of these. */
  protected assembled(values: ReadonlyMap<number, unknown>): ReadonlyMap<number, unknown> {
    if (![...values].some(([leaf, value]) => value === ITEMS || this.items.has(leaf))) return values;
    const out = new Map(values);
    // Lists in lists come last.
    for (const [list, fields] of [...this.fields].toReversed()) {
      const isAsked = out.get(list) === ITEMS || (!out.has(list) && fields.some(({ index }) => out.has(index)));
      if (isAsked && this.shapeOf(list) === 'each') out.set(list, this.twoItems(list, fields, out));
      for (const { index } of fields) out.delete(index);
    }
    return out;
  }

  private twoItems(list: number, fields: readonly Leaf[], given: ReadonlyMap<number, unknown>): unknown {
    const values = new Map(fields.map((leaf) => [leaf.index, given.has(leaf.index) ? given.get(leaf.index) : this.mark(leaf, true)]));
    const isWhole = fields.length === 1 && !fields[0]?.item?.at.length;
    const first = isWhole
      ? [...values.values()][0]
      : asValues(
          fields.flatMap(({ index, item }) => {
            const value = values.get(index);
            return value === undefined || !item ? [] : [[item.at, value] as const];
          }),
        );
    const depth = this.depthOf(list);
    const second = twinOf(first, depth, (leaf) => isPartOf(this.items, leaf, list));
    if (!this.hasEntries(list)) return [first, second];
    const entries = [first, second].map((one) => [String((one as MapEntry).key), (one as MapEntry).value] as const);
    return { ...nothingOf(this.leaves[list]?.base), ...Object.fromEntries(entries) };
  }

  /** Whether what is looked at one by one are entries of a map. */
  private hasEntries(list: number): boolean {
    return this.fields.get(list)?.some(({ item }) => item?.at[0] === 'key') ?? false;
  }

  private depthOf(list: number): number {
    const above = this.items.get(list)?.list;
    return above === undefined ? 0 : 1 + this.depthOf(above);
  }

  protected again(values: ReadonlyMap<number, unknown>, isMarked: boolean, name = this.subject.release.name): readonly Entry[] {
    if (++this.renders > (this.subject.part === undefined && this.subject.parts.length ? MOST_RENDERS : MOST_OF_PART))
      throw new Tangled('its values act on each other in too many ways');
    const given = [...this.assembled(values)];
    const entries = this.rendered(given, isMarked, name);
    if (!isMarked && name === this.subject.release.name && given.length <= 1) this.taken.add(this.textOf(given));
    return entries;
  }

  /** Whether a value was tried by itself, and taken. */
  protected wasTaken(values: ReadonlyMap<number, unknown>): boolean {
    const given = [...this.assembled(values)];
    return given.length <= 1 && this.taken.has(this.textOf(given));
  }

  /** The same for values that are the same to a release. */
  protected keyOf(values: ReadonlyMap<number, unknown>): string {
    return this.textOf([...this.assembled(values)]);
  }

  private textOf(given: readonly (readonly [leaf: number, value: unknown])[]): string {
    return given.map(([leaf, value]) => `${leaf} ${this.numbers.of(value)}`).join();
  }

  protected rendered(
    given: readonly (readonly [leaf: number, value: unknown])[],
    isMarked: boolean,
    name: string,
    part = this.subject.part,
  ): readonly Entry[] {
    const { namespace } = this.subject.release;
    const own = (leaf: number, base: string): string => (isMarked && !this.fixed.has(leaf) ? String(markOf(leaf, 'text', true)) : base);
    return this.subject.again({
      ...(part === undefined ? {} : { part }),
      name: own(RELEASE_NAME, name),
      namespace: own(NAMESPACE, namespace),
      values: asValues(given.flatMap(([leaf, value]) => (value === undefined ? [] : [[this.leaves[leaf]?.path ?? [], value]]))),
    });
  }

  protected marked(on: Uint8Array): readonly Entry[] {
    return this.again(new Map(this.candidates.map((leaf) => [leaf.index, this.mark(leaf, on[leaf.index] ?? 0)])), true);
  }

  protected marks(): Marks {
    return new Marks(
      this.leaves.map(({ index }) => (this.fixed.has(index) || !this.isThere(index) ? undefined : this.shapeOf(index))),
      this.items,
      [...this.repeated],
    );
  }

  protected limit(leaf: number, limit: Limit): void {
    const limits = this.limits.get(leaf) ?? new Set();
    limits.add(limit);
    this.limits.set(leaf, limits);
  }

  protected fix(leaf: number, reason: string): void {
    this.fixed.set(leaf, reason);
  }

  /** How often a value is on, of a hundred times: more of a release is seen when its switches are. */
  protected chanceOf(leaf: number): number {
    return this.chances[leaf] ?? OTHERS_ON;
  }

  /** How many states a value has in samples. */
  protected statesOf(leaf: number): number {
    return Math.max(2, statesOf(this.leaves[leaf] as Leaf, this.shapeOf(leaf)).length);
  }

  /** Whether a value is one of a few, each of which may decide something. */
  protected isTested(leaf: number): boolean {
    return ['word', 'count'].includes(this.shapeOf(leaf));
  }

  /** All off; or on, but for what switches other things off. */
  protected all(state: 0 | 1): Uint8Array {
    const on = new Uint8Array(this.leaves.length).fill(state);
    for (const index of this.open)
      if (this.isTested(index)) on[index] = 0;
      else if (this.alwaysOn.has(index)) on[index] = 1;
      else if (state === 1 && this.chanceOf(index) < 50) on[index] = 0;
    on[RELEASE_NAME] = on[NAMESPACE] = 1;
    return on;
  }

  /** All parts are there, and all that is not a switch is off. */
  protected empty(): Uint8Array {
    const on = this.all(1);
    for (const { index, declared, item } of this.candidates)
      if (declared?.kind !== 'flag' && !item && !this.alwaysOn.has(index)) on[index] = 0;
    return on;
  }

  /** On is what is on in the release. */
  protected like(): Uint8Array {
    const on = this.all(0);
    for (const leaf of this.candidates) if (this.isOn(leaf) && !this.isTested(leaf.index)) on[leaf.index] = 1;
    return on;
  }

  protected isOn({ index, base }: Leaf): boolean {
    return this.alwaysOn.has(index) || this.items.has(index) || isTrue(base);
  }

  /** What a tree prints with other values. It must not be changed: parts of it are kept. */
  protected printed(tree: Node, values: ReadonlyMap<number, unknown>): unknown {
    const data = this.evaluation.evaluate(tree, this.lookup(values));
    return this.hasBareTexts ? withTexts(data) : data;
  }

  protected lookup(values: ReadonlyMap<number, unknown>): Lookup {
    const given = this.assembled(values);
    return lookupWith(this, (leaf) => {
      const base = this.leaves[leaf]?.base;
      if (!given.has(leaf)) return base;
      const value = given.get(leaf);
      return isTable(base) && isTable(value) ? withoutNulls(mergeValues([base, value])) : value;
    });
  }
}

const isBare = (value: unknown): boolean => value !== null && !['string', 'object', 'undefined'].includes(typeof value);

/** What takes the keys of a map away. */
const nothingOf = (base: unknown): Readonly<Record<string, null>> =>
  isTable(base) ? Object.fromEntries(Object.keys(base).map((key) => [key, null])) : {};

const chanceOf = (key: string, isFlag: boolean): number =>
  isFlag ? (/^(skip|no|disable|without)[A-Z]/.test(key) ? 100 - FLAGS_ON : key === 'enabled' ? ENABLED : FLAGS_ON) : OTHERS_ON;

/** Whether a value, or something in its items, is secret. */
const holdsSecret = (field: Schema): boolean =>
  isGroup(field)
    ? Object.values(field.fields).some(holdsSecret)
    : field.secret !== undefined || (field.items !== undefined && holdsSecret(field.items));

/** Reasons why values are fixed, by their numbers. A list and the parts of its items are fixed together. */
class Fixed extends Map<number, string> {
  private readonly parts = new Map<number, number[]>();

  constructor(private readonly items: ReadonlyMap<number, ItemLeaf>) {
    super();
    for (const [part, { list }] of items) {
      const own = this.parts.get(list) ?? [];
      own.push(part);
      this.parts.set(list, own);
    }
  }

  override set(leaf: number, reason: string): this {
    const list = this.items.get(leaf)?.list;
    if (list !== undefined && !this.has(list)) return this.set(list, reason);
    super.set(leaf, reason);
    for (const part of this.parts.get(leaf) ?? []) if (!this.has(part)) super.set(part, reason);
    return this;
  }
}
