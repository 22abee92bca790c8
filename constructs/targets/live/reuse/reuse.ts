// What is known of a chart with its default values, for a release whose values differ from them.
import { isDeepStrictEqual } from 'node:util';
import { showPath } from '../../../../helm/check';
import { isTrue } from '../../../../helm/print';
import { isTable } from '../../../../helm/yaml/values';
import type { Entry } from '../../../common/entry';
import { hasInteger, jsonOf } from '../../../common/narrow';
import type { LiveWishes } from '../../target';
import { compared, type Difference } from '../tree/compare';
import { dataOf, objectOf } from '../tree/data';
import { concerns, type Kept } from './learned-file';
import { inLists } from './rows';
import { defaultIn, hasTemplate, RELEASE_NAME, NAMESPACE, type Leaf } from '../values/leaves';
import { TEXTS, type Limit } from '../values/marks';
import { toldApartIn } from '../tree/identity';
import { evaluate, fieldOf, itemsOf, type Container, type Part, type Switch } from '../tree/model';
import type { Learned, Refusal } from '../described';
import { isRefusedBy } from '../refused';
import type { Given } from '../learn/changes';
import { Mending } from './mending';
import { LOST, Tangled, type Subject } from '../learn/renders';
import { PLAIN } from '../print/patterns';
import { NOT_PRINTED } from '../print/pins-file';
import { TYPED } from '../print/rules-file';
import { isContainer } from '../tree/skeleton';
import { thereIn } from '../tree/walk';
import { LARGEST, MOST } from '../tree/tests';

/** Much fewer than it was learned with: these are to see that it still holds. */
export const FEW_PROOFS = 8;

/** How often values are fixed that are computed with in this release. */
const TRIES = 8;
const OTHER_KIND = 'it is given as something else than charts take it';

/** What is other than it was learned with: values that are fixed, or what becomes of objects. @default nothing */
type Other = 'values' | 'objects' | undefined;

/** A release of which something is known already. */
export class Reused extends Mending {
  readonly known: Kept;
  /** Lists that are others than those that it was learned with. */
  private readonly lists: readonly number[];
  private far: number | undefined;

  constructor(
    subject: Subject,
    wishes: LiveWishes,
    usual: Kept,
    protected override readonly proofs: number = FEW_PROOFS,
  ) {
    super(subject, wishes);
    const { known, lists } = inLists(inNamespace(usual, subject.release.namespace), (leaf) => this.leaves[leaf]?.base);
    this.known = known;
    this.lists = lists;
    for (const [leaf, words] of known.words ?? []) this.setChoices(leaf, words);
    for (const [leaf, shapes] of known.shapes) this.shapes[leaf] = shapes;
    // What items must not be until it is looked at is known by now.
    this.limits.clear();
    for (const [leaf, limits] of known.limits) for (const limit of limits) this.limit(leaf, limit);
    for (const [leaf, fallback] of known.fallbacks ?? []) this.fallbacks.set(leaf, fallback);
    for (const start of toldApartIn(known.tree)) this.repeated.add(start);
    this.refusals.push(...(known.refusals ?? []));
    // A key that the chart has is gone with null.
    for (const leaf of thereIn(known.tree, this.refusals)) if (this.leaves[leaf]?.base !== undefined) this.limit(leaf, 'null');
    for (const leaf of known.alwaysOn) this.alwaysOn.add(leaf);
    for (const leaf of known.neverEmpty) this.neverEmpty.add(leaf);
    for (const { index, base } of this.leaves)
      if (base !== undefined && this.neverEmpty.has(index) && this.limits.get(index)?.has('null')) this.alwaysOn.add(index);
  }

  /**
   * What is known, with what values must not be looked at once more: there are other rules for it than when it was learned.
   * @param open values that are followed now, by their paths as people write them. @default those that were before
   */
  limitedAnew(open: readonly string[] = []): Learned | undefined {
    const learned = this.described(this.leaves.filter(({ path }) => open.includes(showPath(path))));
    if (!learned) return undefined;
    if (open.length) this.boundCounts(learned.tree);
    this.withoutOdd(learned.tree);
    const tree = this.reopened(learned.tree);
    this.boundTogether(tree);
    return { ...learned, tree };
  }

  /**
   * Negative where more of what is known is of use here than there. What is known of releases with other secrets comes last; where fixed
   * values are others, it counts how much of the release is.
   */
  compareTo(other: Reused): number {
    const [own, others] = [this, other].map(({ otherFixed }) => otherFixed.length) as [number, number];
    return Number(this.hasOtherSecrets) - Number(other.hasOtherSecrets) || (own && others ? this.distance - other.distance : own - others);
  }

  /** In how many places the release is another one than what is known makes of its values. */
  private get distance(): number {
    return (this.far ??= compared(this.printed(this.known.tree, new Map()), dataOf(this.again(new Map(), false))).length);
  }

  /** Whether secrets are given that were not, or none are where some were: objects have other keys then. */
  private get hasOtherSecrets(): boolean {
    return this.otherFixed.some(([, reason]) => reason === NOT_PRINTED);
  }

  /** Fixed values that are others than those that it was learned with. */
  private get otherFixed(): Kept['fixed'] {
    const bases = new Map(this.known.bases);
    return this.known.fixed.filter(([leaf]) => leaf > NAMESPACE && jsonOf(this.leaves[leaf]?.base) !== jsonOf(bases.get(leaf)));
  }

  /**
   * Undefined where nothing that is known is of use, or what is different in the release was not found out: then it is to be learned.
   * @param open values that are followed, though they were fixed. @default none
   */
  described(open: readonly Leaf[] = []): Learned | undefined {
    const { subject, known, leaves } = this;
    // Those of items that the schema does not tell of come behind the others.
    if (leaves.length < known.leaves) return undefined;
    const { name, namespace } = subject.release;
    this.opened = open;
    const opened = new Set(open.map(({ index }) => index));
    const fixed = new Map(known.fixed.filter(([leaf]) => !opened.has(leaf)));
    if ((fixed.has(RELEASE_NAME) && name !== known.release.name) || (fixed.has(NAMESPACE) && namespace !== known.release.namespace))
      return undefined;
    const bases = new Map(known.bases);
    const own = leaves.filter((leaf) => !leaf.item && concerns(subject, leaf));
    const isKnown = (leaf: Leaf): boolean =>
      fixed.has(leaf.index) ? jsonOf(leaf.base) === jsonOf(bases.get(leaf.index)) : this.isTaken(leaf);
    for (const [leaf, reason] of fixed) if (!this.fixed.has(leaf)) this.fixed.set(leaf, reason);
    if (open.length) {
      [undefined, this.all(1)].forEach((on) => this.settleCounts(on, open));
      this.settleWords(this.all(1), open);
    }
    const entries = this.again(new Map(), false);
    const treeWithout = (others: readonly Leaf[]): Container | undefined => {
      for (const { index } of others) if (!this.fixed.has(index)) this.fixed.set(index, OTHER_KIND);
      this.settleLone();
      if (others.length) this.forgetRefusals();
      return this.asItIs(entries, others.length > 0 ? 'values' : subject.isPlain && !open.length ? undefined : 'objects');
    };
    let others: readonly Leaf[] = own.filter((leaf) => !isKnown(leaf));
    let tree = treeWithout(others);
    if (!tree && !others.length) {
      others = this.oddlyGiven(own);
      if (others.length) tree = treeWithout(others);
    }
    if (!tree) return undefined;
    this.knowObjects(tree, entries);
    // Parts are held against other values when all are together.
    const proven = subject.part === undefined ? this.proven(tree) : tree;
    if (!proven) return undefined;
    if (others.length) this.boundGiven(proven, own);
    const { limits, refusals, renders, shapes, alwaysOn, neverEmpty } = this;
    return {
      leaves,
      fixed: this.fixed,
      tree: proven,
      fallbacks: this.openFallbacks(),
      entries: this.entries,
      limits,
      refusedNames: known.refusedNames ?? { words: [] },
      refusals,
      renders,
      shapes,
      alwaysOn,
      neverEmpty,
    };
  }

  /** Values of whose content what is known makes something else: bare numbers in a list that is printed as texts, null, or rows. */
  private oddlyGiven(own: readonly Leaf[]): readonly Leaf[] {
    const { tree } = this.known;
    const count = (given: Given): number | undefined => this.differences(tree, given)?.length;
    const all = count(new Map());
    if (!all) return [];
    const usualOf = ({ declared }: Leaf): unknown => defaultIn(this.subject.release, declared);
    const given = own.filter(
      (leaf) =>
        (typeof leaf.base === 'object' || leaf.base === undefined) &&
        (!this.fixed.has(leaf.index) || this.fixed.get(leaf.index) === LOST) &&
        !isDeepStrictEqual(leaf.base, usualOf(leaf)),
    );
    const found = given.filter((leaf) => (count(new Map([[leaf.index, usualOf(leaf) ?? null]])) ?? all) < all);
    if (found.length) return found;
    const lists = own.filter(({ index }) => this.lists.includes(index));
    // Go templates in what they are otherwise may hide it.
    return lists.length ? lists : given;
  }

  /** Forgets what was refused beside fixed values that are others in this release: it is not refused itself, and others are not. */
  private forgetRefusals(): void {
    const own = this.lookup(new Map());
    // Many are of the same values, but for fixed ones.
    const known = new Map<string, boolean>();
    const isRefusedWith = (all: readonly Switch[]): boolean => {
      const given = new Map(all.flatMap((one) => (this.fixed.has(one.leaf) ? [] : [[one.leaf, this.valueFor(one)]])));
      const key = this.keyOf(given);
      const refused = known.get(key) ?? this.refusalOf(given, false) !== undefined;
      known.set(key, refused);
      return refused;
    };
    const isRefused = ({ all, less }: Refusal): boolean => !isRefusedBy({ all }, own) && (less !== undefined || isRefusedWith(all));
    this.refusals.splice(0, this.refusals.length, ...this.refusals.filter(isRefused));
  }

  /** A value for which a switch is as said. */
  private valueFor({ leaf, on, test }: Switch): unknown {
    if (test && on && 'is' in test) return test.is;
    if (test && on && 'least' in test) return test.least;
    if (test && on && 'nought' in test) return 0;
    return !on && test && ('given' in test || 'there' in test) ? null : this.mark(this.leaves[leaf] as Leaf, on);
  }

  /** What is given in a release may be what other fixed values ask for: whether it may be nothing, or empty, is looked at again. */
  private boundGiven(tree: Container, own: readonly Leaf[]): void {
    const given = own.filter(
      ({ index, base, declared }) => !this.fixed.has(index) && isTrue(base) && !isDeepStrictEqual(base, declared?.default),
    );
    for (const limit of ['null', 'empty'] as const) {
      const open = given.filter(
        ({ index, declared }) =>
          !this.limits.get(index)?.has(limit) && !(limit === 'empty' && (declared?.kind === 'flag' || !this.mayBeEmpty(index))),
      );
      const values = new Map(open.map((leaf) => [leaf.index, limit === 'null' ? null : this.mark(leaf, false)]));
      this.clear(values);
      while (values.size) {
        const found = this.boundedBy(tree, values);
        if (!found.length) break;
        for (const leaf of found) {
          this.limit(leaf, limit);
          values.delete(leaf);
        }
      }
    }
  }

  /** What is known, as far as it is right for the release; undefined where it was not found out what is different. */
  private asItIs(entries: readonly Entry[], other: Other): Container | undefined {
    const data = dataOf(entries);
    const differencesOf = (tree: Container): readonly Difference[] => compared(this.printed(tree, new Map()), data);
    let from: Container | undefined;
    for (let tries = 0; tries < TRIES; tries++) {
      const tree = this.mendedIf(other, from);
      const differences = tree && differencesOf(tree);
      if (!differences || (!other && differences.length)) return undefined;
      if (!differences.length) return tree;
      const culprits = this.missingIn(tree, differences);
      if (!culprits.length) break;
      for (const leaf of culprits) this.fix(leaf, 'what it decides follows others, too');
      from = tree;
    }
    // What is different under the release's own names or in its namespace alone follows these in a way of its own, as patches do.
    const names = this.candidates.flatMap(({ index }) => (this.shapeOf(index) === 'name' ? [index] : []));
    for (const own of [[NAMESPACE], [RELEASE_NAME], [NAMESPACE, RELEASE_NAME], [NAMESPACE, RELEASE_NAME, ...names]]) {
      const fixed = own.filter((leaf) => !this.fixed.has(leaf));
      if (!fixed.length) continue;
      for (const leaf of fixed) this.fixed.set(leaf, 'objects are others under another one');
      const tree = this.mendedIf(other);
      if (!tree) return undefined;
      if (!differencesOf(tree).length) return tree;
      for (const leaf of fixed) this.fixed.delete(leaf);
    }
    return undefined;
  }

  /** Values whose own content makes a difference: with marks for all of them, the tree is right. */
  private missingIn(tree: Container, differences: readonly Difference[]): readonly number[] {
    const all = this.candidates;
    if (differences.some((difference) => this.isMissing(tree, difference, all, new Set()))) return [];
    return [...new Set(differences.flatMap((difference) => this.missing(tree, difference, all)))];
  }

  private mendedIf(other: Other, from?: Container): Container | undefined {
    try {
      return other ? this.mended(this.known.tree, other === 'objects', from) : this.withFixed(this.known.tree);
    } catch (error) {
      if (!(error instanceof Tangled)) throw error;
      return undefined;
    }
  }

  /** Keeps what is known of objects beside their data; of those that came with other values, samples told it. */
  private knowObjects(tree: Container, entries: readonly Entry[]): void {
    const lookup = this.lookup(new Map());
    const { known } = this;
    const objects = new Map(known.tree.members.map(({ key }, index) => [String(key && evaluate(key, lookup)), known.objects[index]]));
    const there = new Map(entries.map((entry) => [entry.key, entry]));
    for (const { key, value } of tree.members) {
      const id = String(key && evaluate(key, lookup));
      const object = objects.get(id) ?? this.entries.get(id);
      if (!object || !isContainer(value)) throw new Error(`nothing is known of the object ${id}`);
      this.entries.set(id, there.get(id) ?? ({ ...object, key: id, object: objectOf(evaluate(value, lookup)) } satisfies Entry));
    }
  }

  /** Whether a live value may be what it is in the release. */
  private isTaken(leaf: Leaf, base: unknown = leaf.base): boolean {
    const { index, declared } = leaf;
    const limits = this.limits.get(index) ?? new Set<Limit>();
    const shape = this.shapeOf(index);
    if (leaf.item && base === undefined) return !limits.has('null');
    // A values file would make a float of it, which templates write with an exponent.
    if (hasInteger(base)) return false;
    if (typeof declared?.default !== 'function' && jsonOf(base) === jsonOf(declared?.default)) return true;
    if (base === undefined) return this.neverEmpty.has(index) || !limits.has('null');
    if (base === null) return !limits.has('null');
    if (limits.has('empty') && !isTrue(base)) return false;
    if (limits.has('typed') && typeof base === 'string' && (new RegExp(TYPED).test(base) || !new RegExp(PLAIN).test(base))) return false;
    if (hasTemplate(base)) return false;
    if (shape === 'word') return declared?.choices?.includes(base as string) ?? false;
    if (shape === 'count') return Number.isInteger(base) && Number(base) >= 0 && Number(base) <= (limits.has('large') ? MOST : LARGEST);
    if (shape === 'yaml') return typeof base === 'string';
    if (shape === 'map') return isTable(base);
    if (shape === 'names' || shape === 'texts') return Array.isArray(base);
    if (shape === 'each')
      return itemsOf(base).every((item) =>
        (this.fields.get(index) ?? []).every((field) => this.isTaken(field, fieldOf(item, field.item?.at ?? []))),
      );
    if (shape === 'flag') return typeof base !== 'object';
    if (shape === 'switch') return typeof base === 'boolean';
    if (shape === 'number') return typeof base === 'number';
    return (
      TEXTS.includes(shape) &&
      (typeof base === 'string' || (typeof base === 'number' && !limits.has('number') && (!limits.has('large') || Number.isInteger(base))))
    );
  }
}

/** The same, with the namespace of a release in keys of objects that have the one as it was. */
function inNamespace(known: Kept, namespace: string): Kept {
  const replaced = (part: Part): Part =>
    typeof part === 'string' ? part.replaceAll(`\0${known.release.namespace}\0`, `\0${namespace}\0`) : part;
  const members = known.tree.members.map((member) =>
    member.key?.t === 'pieces' ? { ...member, key: { ...member.key, parts: member.key.parts.map(replaced) } } : member,
  );
  return namespace === known.release.namespace ? known : { ...known, tree: { ...known.tree, members } };
}

/** Why values of a part are fixed, as far as it is for no other reason than what the part is. */
export const reasonsOf = ({ fixed }: Kept): readonly (readonly [leaf: number, reason: string])[] =>
  fixed.filter(([leaf]) => leaf > NAMESPACE);
