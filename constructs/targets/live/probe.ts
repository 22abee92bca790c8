// Renders a release with marked values until it is known which of them are carried, where to, and what switches what.
import { ValuesError } from '../../../helm/check';
import type { LiveWishes } from '../target';
import { jsonOf } from '../../common/narrow';
import { isSamePath } from './learn/bounds';
import { compared } from './tree/compare';
import { dataOf } from './tree/data';
import { refusedByAny, withUnseen, type Described, type Learned } from './described';
import { evaluate, type Container, type Member } from './tree/model';
import type { Given } from './learn/changes';
import { kept, type Kept } from './reuse/learned-file';
import { Proof } from './learn/proof';
import { Reopening } from './learn/reopening';
import { markOf, TEXTS } from './values/marks';
import { FEW_PROOFS, reasonsOf, Reused } from './reuse/reuse';
import { opened } from './learn/opened';
import { READ_IN_PARTS, Tangled, type Subject } from './learn/renders';
import { isContainer, switchesOf } from './tree/skeleton';
import { WORDS } from './values/words';

const ROUNDS = 40;
/** Words that one text chooses by. */
const MOST_WORDS = 4;
const TANGLED = 'it acts on others in too many ways';
const NOT_KNOWN = 'its part is another one than with the default values: name it with --live to have it followed there, too';

/**
 * @param known what is known of the chart with its default values. @default nothing
 * @param proofs how many renders with other values what is known is held against
 * @throws ValuesError when the release itself is wrong
 */
export function describe(subject: Subject, wishes: LiveWishes, known: readonly Kept[] = [], proofs = FEW_PROOFS): Described {
  const learned = (part: string | undefined): Learned => {
    const own: Subject = part === undefined ? subject : { ...subject, part };
    const nearest = known
      .filter((one) => one.part === part)
      .map((one) => new Reused(own, wishes, one, proofs))
      .toSorted((one, other) => one.compareTo(other));
    const reused = nearest.reduce<Learned | undefined>((found, one) => found ?? one.described(), undefined);
    return reused ?? (wishes.isDefault ? new Probe(own, wishes).frozen(NOT_KNOWN) : describePart(own, wishes, nearest[0]?.known));
  };
  const { parts } = subject;
  return withUnseen(parts.length ? new Whole(subject, wishes, parts.map(learned), proofs).describe() : learned(undefined));
}

/** What is learned of a part, or of a chart without parts. Larger parts of it that are off are looked at as if they were on. */
export function describePart(subject: Subject, wishes: LiveWishes, known?: Kept): Learned {
  const open = opened(subject, wishes);
  const found = open && new Reused(subject, wishes, kept(open, learnedOf(open, wishes, known))).described();
  return found ?? learnedOf(subject, wishes, known);
}

/** A part whose values act on each other in too many ways keeps those that are carried; or none. */
function learnedOf(subject: Subject, wishes: LiveWishes, known?: Kept): Learned {
  const probe = (): Probe => new Probe(subject, wishes, known?.release.name).without(known ? reasonsOf(known) : []);
  const first = firstOf([(): Learned => probe().describe(), (): Learned => probe().withoutFlags().describe()]);
  if (!first) return new Probe(subject, wishes).frozen(TANGLED);
  // Words that are fixed in the end may have shown lists in places where these are not in the release.
  const words = [...first.fixed].filter(([leaf]) => first.shapes[leaf]?.[0] === 'word');
  if (!words.length || ![...first.fixed.values()].includes(READ_IN_PARTS)) return first;
  const second = firstOf([(): Learned => probe().without(words).describe()]);
  return second && second.fixed.size < first.fixed.size ? second : first;
}

/** The first attempt that comes to an end. */
function firstOf(attempts: readonly (() => Learned)[]): Learned | undefined {
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof Tangled)) throw error;
    }
  }
  return undefined;
}

class Probe extends Reopening {
  protected override readonly canLearnAgain = true;

  /** @param usualName the name that the release mostly has. @default nothing is known of it */
  constructor(
    subject: Subject,
    wishes: LiveWishes,
    private readonly usualName?: string,
  ) {
    super(subject, wishes);
  }

  /** Where a value chooses among a few words, they are told apart in place of fixing it. */
  protected override fix(leaf: number, reason: string): void {
    const shape = this.shapeOf(leaf);
    if (TEXTS.includes(shape) && shape !== 'name' && !this.items.has(leaf) && !this.leaves[leaf]?.declared?.choices) {
      const words = this.choicesOf(leaf);
      if (words.some((word) => word !== this.leaves[leaf]?.base)) this.setChoices(leaf, words);
    }
    if (this.leaves[leaf]?.declared?.choices && shape !== 'word') {
      this.shapes[leaf] = ['word'];
      this.alwaysOn.delete(leaf);
      this.hasOtherShapes = true;
    } else super.fix(leaf, reason);
  }

  /** Words with which a text that is one makes something else than with any other text, in the release or with all of it on. */
  private choicesOf(leaf: number): readonly string[] {
    if (!WORDS.some((word) => word === this.leaves[leaf]?.base)) return [];
    const printed = (around: readonly (readonly [number, unknown])[], text: string): string | undefined => {
      try {
        return jsonOf(dataOf(this.again(new Map([...around, [leaf, text]]), false)));
      } catch (error) {
        if (!(error instanceof ValuesError)) throw error;
        return undefined;
      }
    };
    const mark = String(markOf(leaf, 'text', true));
    const marked = this.allMarks();
    const decides = (word: string): boolean =>
      [[], marked].some((around) => {
        const [own, other] = [printed(around, word), printed(around, mark)];
        return own !== undefined && other !== undefined && own !== other.replaceAll(mark, word);
      });
    const words = WORDS.filter(decides);
    // What changes the letters of a text makes something else of many words.
    return words.length > MOST_WORDS ? [] : words;
  }

  /** Texts that decide by being the word that they are, and by no other: a mark never shows what there is with it. */
  private settleOwnWords(): void {
    for (const { index, base, declared, item } of this.candidates) {
      if (item || declared?.choices || !TEXTS.includes(this.shapeOf(index)) || !WORDS.some((word) => word === base)) continue;
      const words = this.choicesOf(index);
      if (words.length === 1 && words[0] === base) this.fixed.set(index, 'it chooses by the word that it is');
    }
  }

  describe(): Learned {
    this.settleRelease();
    this.settleAbsent();
    this.settleCounts();
    this.settleNumbers();
    this.settleWords();
    this.settleFlags();
    let tree: Container | undefined;
    for (let round = 0; round < ROUNDS && !tree; round++) {
      this.settle(1);
      this.settleRefusals();
      // What has another shape now may be refused in it.
      if (this.hasOtherShapes) this.settle(1);
      if (round === 0) this.settleCounts(this.all(1));
      // First of all what objects are called by: without it, two of them may have the same name.
      this.settleParts();
      this.settle(0);
      this.settle(0, () => this.empty());
      this.settle(1, () => this.like());
      this.settleWords(this.all(1));
      this.settleOwnWords();
      if (!this.settleNames()) continue;
      this.hasOtherShapes = false;
      const learned = this.learned();
      const formed = learned && this.formed(learned);
      tree = formed && !this.settleChoosing(formed) ? this.proven(this.filled(this.there(this.carried(formed)))) : undefined;
      if (tree && this.usualName !== undefined) tree = this.besideName(tree, this.usualName);
      if (tree && this.settleDefinitions(tree)) tree = undefined;
      if (tree) tree = this.named(tree);
      if (tree) tree = this.allowed(this.switched(tree));
      if (tree && !this.hasOtherShapes) tree = this.reopened(this.bounded(this.tried(tree)));
      // What has another shape now is learned with it.
      if (this.hasOtherShapes) tree = undefined;
    }
    if (!tree) throw new Tangled('its values act on each other in too many ways');
    this.boundTogether(tree);
    this.settleLone();
    return this.told(this.withFixed(tree));
  }

  /** What switches CustomResourceDefinitions is fixed: Helm installs them whatever the values are. @returns whether there was any */
  private settleDefinitions(tree: Container): boolean {
    const switches = tree.members.flatMap(({ value, when }) => {
      const kind = isContainer(value) && value.members.find(({ key }) => key?.t === 'literal' && key.value === 'kind')?.value;
      const isDefinition = kind && kind.t === 'literal' && kind.value === 'CustomResourceDefinition';
      return isDefinition && when ? switchesOf(when) : [];
    });
    for (const { leaf } of switches) this.fixed.set(leaf, 'definitions of kinds come with it');
    return switches.length > 0;
  }

  /** Fixes what is known to be none that is carried. */
  without(reasons: ReturnType<typeof reasonsOf>): this {
    for (const [leaf, reason] of reasons) if (!this.fixed.has(leaf)) this.fixed.set(leaf, reason);
    return this;
  }

  /** Fixes what most often decides something. */
  withoutFlags(): this {
    for (const { index, declared } of this.candidates) if (declared?.kind === 'flag') this.fixed.set(index, TANGLED);
    return this;
  }

  frozen(reason: string): Learned {
    this.settleRelease();
    for (const { index } of this.candidates) this.fixed.set(index, reason);
    for (;;) {
      const tree = this.rootOf(this.again(new Map(), true));
      if (!this.differences(tree, new Map())?.length || !this.followsRelease(tree)) return this.told(tree);
    }
  }

  private told(learned: Container): Learned {
    const tree = this.withShortNames(learned);
    const { leaves, fixed, entries, limits, refusals, renders, shapes, alwaysOn, neverEmpty } = this;
    const refusedNames = this.refusedNames(tree);
    return {
      leaves,
      fixed,
      tree,
      fallbacks: this.openFallbacks(),
      entries,
      limits,
      refusedNames,
      refusals,
      renders,
      shapes,
      alwaysOn,
      neverEmpty,
    };
  }
}

/** All parts together, and what is of none. */
class Whole extends Proof {
  constructor(
    subject: Subject,
    wishes: LiveWishes,
    private readonly parts: readonly Learned[],
    protected override readonly proofs: number,
  ) {
    super(subject, wishes);
    const places = new Map(subject.parts.map((part, index) => [part, parts[index]]));
    for (const leaf of this.leaves.keys()) {
      const learned = places.get(this.leaves[leaf]?.path[0] ?? '');
      const reason = learned ? learned.fixed.get(leaf) : parts.map(({ fixed }) => fixed.get(leaf)).find((one) => one !== undefined);
      if (learned) this.shapes[leaf] = learned.shapes[leaf] ?? [];
      const found = learned?.leaves[leaf];
      if (found?.isByWord) this.setChoices(leaf, found.declared?.choices ?? []);
      if (reason !== undefined && !this.fixed.has(leaf)) this.fixed.set(leaf, reason);
      // What was found out of items is right, and not what they are taken for at first.
      if (learned) this.limits.delete(leaf);
      for (const limit of learned?.limits.get(leaf) ?? []) this.limit(leaf, limit);
      if (learned?.alwaysOn.has(leaf)) this.alwaysOn.add(leaf);
      if (learned?.neverEmpty.has(leaf)) this.neverEmpty.add(leaf);
      this.renders = 0;
    }
    for (const { entries, fallbacks, refusals } of parts) {
      this.refusals.push(...refusals);
      for (const [key, entry] of entries) this.entries.set(key, entry);
      for (const [leaf, fallback] of fallbacks) this.fallbacks.set(leaf, fallback);
    }
  }

  /** An object is another one in its part, too. */
  protected override mayDiffer(tree: Container, path: readonly string[], values: Given): ReturnType<Proof['mayDiffer']> {
    const [key = ''] = path;
    const { parts, release } = this.subject;
    const named = ({ members }: Container, given: Given): Member[] => {
      const lookup = this.lookup(given);
      return members.filter((member) => member.key && String(evaluate(member.key, lookup)) === key);
    };
    const base = this.lookup(new Map());
    const owners = new Set(
      named(tree, values).map((member) => this.entries.get(String(member.key && evaluate(member.key, base)))?.owner[0]),
    );
    const [owner, ...others] = owners;
    if (owner === undefined || others.length || !parts.includes(owner)) return undefined;
    const isOfOthers = (leaf: number): boolean => {
      const [first = ''] = this.leaves[leaf]?.path ?? [];
      return first !== owner && parts.includes(first);
    };
    return (given) => {
      try {
        const own = [...this.assembled(given)].filter(([leaf]) => !isOfOthers(leaf));
        const { [key]: there } = dataOf(this.rendered(own, false, release.name, owner));
        const { [key]: printed } = this.printed({ ...tree, members: named(tree, given) }, given) as Record<string, unknown>;
        return compared({ [key]: printed }, { [key]: there }).some((one) => isSamePath(one.path, path));
      } catch (error) {
        if (!(error instanceof ValuesError)) throw error;
        return false;
      }
    };
  }

  describe(): Described {
    const members = this.parts.flatMap(({ tree }) => tree.members);
    const own = this.again(new Map(), true).filter(({ owner, isAdded }) => isAdded || !this.subject.parts.includes(owner[0] ?? ''));
    this.settleLone();
    const tree = this.proven({ t: 'map', members: [...members, ...this.rootOf(own).members] });
    if (!tree) throw new Tangled('its parts are others when they are together');
    if (this.proofs > FEW_PROOFS) this.fixUnseen(tree);
    const { leaves, fixed, entries, shapes, limits, refusals, renders } = this;
    const refusedNames = refusedByAny(this.parts.map((part) => part.refusedNames));
    this.settleLone();
    return {
      leaves,
      fixed,
      tree: this.withFixed(tree),
      fallbacks: this.openFallbacks(),
      entries,
      shapes,
      limits,
      refusedNames,
      refusals,
      renders,
    };
  }
}
