// What is known of a chart with its default values, for a release whose values differ from them.
import { isTrue } from '../../../helm/print';
import { isTable } from '../../../helm/yaml/values';
import type { Entry } from '../../common/entry';
import type { LiveWishes } from '../target';
import { compared } from './compare';
import { dataOf, objectOf } from './data';
import { concerns, type Kept } from './learned-file';
import { RELEASE_NAME, NAMESPACE, type Leaf } from './leaves';
import { FLAGS, TEXTS, type Limit } from './marks';
import { evaluate, fieldOf, itemsOf } from './model';
import type { Learned } from './described';
import { Proof } from './proof';
import { hasTemplate, type Subject } from './renders';
import { TYPED } from './schema-file';
import { isContainer } from './skeleton';
import { LARGEST, MOST } from './tests';

/** Much fewer than it was learned with: these are to see that it still holds. */
export const FEW_PROOFS = 8;

/** A release of which something is known already. */
export class Reused extends Proof {
  constructor(
    subject: Subject,
    wishes: LiveWishes,
    private readonly known: Kept,
    protected override readonly proofs: number = FEW_PROOFS,
  ) {
    super(subject, wishes);
    for (const [leaf, words] of known.words ?? []) this.setChoices(leaf, words);
    for (const [leaf, shapes] of known.shapes) this.shapes[leaf] = shapes;
    for (const [leaf, limits] of known.limits) for (const limit of limits) this.limit(leaf, limit);
    for (const [leaf, fallback] of known.fallbacks ?? []) this.fallbacks.set(leaf, fallback);
    this.conflicts.push(...(known.conflicts ?? []));
    for (const leaf of known.alwaysOn) this.alwaysOn.add(leaf);
    for (const leaf of known.neverEmpty) this.neverEmpty.add(leaf);
  }

  /** Undefined where the release is another one than by its live values: then it is to be learned. */
  described(): Learned | undefined {
    const { subject, known, leaves } = this;
    if (!subject.isPlain || !subject.hasSecrets || leaves.length !== known.leaves) return undefined;
    const { name, namespace } = subject.release;
    const fixed = new Map(known.fixed);
    if ((fixed.has(RELEASE_NAME) && name !== known.release.name) || (fixed.has(NAMESPACE) && namespace !== known.release.namespace))
      return undefined;
    const bases = new Map(known.bases);
    const own = leaves.filter((leaf) => !leaf.item && concerns(subject, leaf));
    const isSame = (leaf: Leaf): boolean =>
      fixed.has(leaf.index) ? JSON.stringify(leaf.base) === JSON.stringify(bases.get(leaf.index)) : this.isTaken(leaf);
    if (!own.every(isSame)) return undefined;
    for (const [leaf, reason] of fixed) if (!this.fixed.has(leaf)) this.fixed.set(leaf, reason);
    const tree = this.withFixed(known.tree);
    const entries = this.again(new Map(), false);
    const lookup = this.lookup(new Map());
    if (compared(evaluate(tree, lookup), dataOf(entries)).length) return undefined;
    const there = new Map(entries.map((entry) => [entry.key, entry]));
    tree.members.forEach(({ key, value }, index) => {
      const id = String(key && evaluate(key, lookup));
      const object = known.objects[index];
      if (!object || !isContainer(value)) throw new Error(`nothing is known of the object ${id}`);
      this.entries.set(id, there.get(id) ?? ({ ...object, key: id, object: objectOf(evaluate(value, lookup)) } satisfies Entry));
    });
    // Parts are held against other values when all are together.
    const proven = subject.part === undefined ? this.proven(tree) : tree;
    if (!proven) return undefined;
    const { limits, conflicts, renders, shapes, alwaysOn, neverEmpty } = this;
    return {
      leaves,
      fixed: this.fixed,
      tree: proven,
      fallbacks: this.openFallbacks(),
      entries: this.entries,
      limits,
      refusedNames: known.refusedNames ?? { words: [] },
      conflicts,
      renders,
      shapes,
      alwaysOn,
      neverEmpty,
    };
  }

  /** Whether a live value may be what it is in the release. */
  private isTaken(leaf: Leaf, base: unknown = leaf.base): boolean {
    const { index, declared } = leaf;
    const limits = this.limits.get(index) ?? new Set<Limit>();
    const shape = this.shapeOf(index);
    if (leaf.item && base === undefined) return !limits.has('null');
    if (typeof declared?.default !== 'function' && JSON.stringify(base) === JSON.stringify(declared?.default)) return true;
    if (base === undefined) return this.neverEmpty.has(index) || !limits.has('null');
    if (base === null) return !limits.has('null');
    if (limits.has('empty') && !isTrue(base)) return false;
    if (limits.has('typed') && typeof base === 'string' && new RegExp(TYPED).test(base)) return false;
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
    if (FLAGS.includes(shape)) return typeof base === 'boolean';
    if (shape === 'number') return typeof base === 'number';
    return TEXTS.includes(shape) && (typeof base === 'string' || (typeof base === 'number' && !limits.has('number')));
  }
}

/** Why values of a part are fixed, as far as it is for no other reason than what the part is. */
export const reasonsOf = ({ fixed }: Kept): readonly (readonly [leaf: number, reason: string])[] =>
  fixed.filter(([leaf]) => leaf > NAMESPACE);
