// What kinds of values allow and a release does not: fractions, large numbers, texts that YAML reads in another way, keys that are none.
import { Bounds } from './bounds';
import type { Leaf } from '../values/leaves';
import { textMark, TEXTS } from '../values/marks';
import type { Container, Node, Switch } from '../tree/model';
import { switchesOver } from '../tree/over';
import { patternsOf, ruleFor, SUSPECT } from '../values/rules';
import { isContainer } from '../tree/skeleton';

/** Texts that are something else, or nothing, where they stand without quotes. */
const MISREAD = ['# c', '1_000', '*a', '{a}', 'a: b', '@x', '- a'] as const;
const SPACED = [' x', 'x ', '\tx', '\u00a0x', 'x\n'] as const;
/** Numbers that are written in other ways than small ones. */
const LARGE = [999_999, 1_000_000, 2_147_483_648, 10 ** 15] as const;
/** Words of JavaScript, which cannot be keys everywhere. */
const WORDS = ['constructor'] as const;
/** Lengths that texts may have: any, and the longest of keys, tags and labels. */
const LENGTHS = [300, 253, 128, 63] as const;
const SMALL = '1m';
const MOST_THOUSANDTHS = 900 * 2 ** 30 * 1000;
const VARIABLE = /^[A-Z][A-Z0-9_]*$/;

type IsWrong = (value: unknown) => boolean;

/** What is found out of a value. */
interface Findings {
  /** Whether it is wrong somewhere. */
  readonly isWrong: IsWrong;
  /** Whether it is refused somewhere. */
  readonly isRefused: IsWrong;
  /** Whether it is wrong wherever some text is. */
  readonly isNeverRight: IsWrong;
  /** Names that the release has. */
  readonly variables: readonly string[];
}

export class Odd extends Bounds {
  protected override bounded(learned: Container): Container {
    const tree = super.bounded(learned);
    this.withoutOdd(tree);
    return tree;
  }

  /** Limits values to those that the tree is right with, or that the release takes. */
  protected withoutOdd(tree: Container): void {
    const surroundings = [new Map<number, unknown>(), ...this.rightAround(tree).slice(0, 2)];
    const variables = namesIn(tree);
    const over = switchesOver(tree, this.lookup(new Map()));
    const isWrongIn = (around: ReadonlyMap<number, unknown>, leaf: number, value: unknown): boolean =>
      this.differences(tree, new Map([...around, [leaf, value]]))?.length !== 0;
    for (const leaf of this.candidates) {
      const { index } = leaf;
      const plain = this.plainOf(leaf);
      const seen = (over.get(index) ?? []).map((switches) => this.switchedAs(switches.filter((one) => one.leaf !== index)));
      const own = plain === undefined ? [] : [...surroundings, ...seen].filter((around) => !isWrongIn(around, index, plain));
      if (!own.length) continue;
      // What nothing asks for takes any text.
      const isText = TEXTS.includes(this.shapeOf(index));
      const asking = own.filter((around) => isText && SUSPECT.some((text) => isWrongIn(around, index, text)));
      this.limitOne(leaf, {
        isWrong: (value) => own.some((around) => isWrongIn(around, index, value)),
        isRefused: (value) => own.some((around) => !this.differences(tree, new Map([...around, [index, value]]))),
        isNeverRight: (value) => asking.every((around) => isWrongIn(around, index, value)),
        variables: [...new Set([...variables, ...(leaf.declared?.reserved ?? [])])],
      });
    }
    this.limitAmounts((leaf, value, around = new Map()) => isWrongIn(around, leaf, value));
  }

  /** Values for which switches are as said. */
  protected switchedAs(switches: readonly Switch[]): ReadonlyMap<number, unknown> {
    return new Map(
      switches.flatMap(({ leaf, on, test }) => {
        if (test && on && 'is' in test) return [[leaf, test.is] as const];
        if (test && on && 'least' in test) return [[leaf, test.least] as const];
        return test ? [] : [[leaf, this.mark(this.leaves[leaf] as Leaf, on)] as const];
      }),
    );
  }

  /** Of amounts that none but fixed values are compared with: the least that is right. */
  private limitAmounts(isWrongIn: (leaf: number, value: unknown, around?: ReadonlyMap<number, unknown>) => boolean): void {
    const amounts = this.candidates.filter(({ index }) => this.limits.get(index)?.has('quantity') || this.limits.get(index)?.has('amount'));
    for (const { index } of amounts) {
      if (!isWrongIn(index, SMALL) || isWrongIn(index, `${MOST_THOUSANDTHS}m`)) continue;
      // Of two live ones it is known which must not be less.
      if (amounts.every((one) => one.index === index || isWrongIn(index, SMALL, new Map([[one.index, SMALL]]))))
        this.limit(index, `from ${leastOf((number) => !isWrongIn(index, `${number}m`))}`);
    }
  }

  /** A value of the shape that nothing is odd about; undefined of shapes that are not looked at. */
  private plainOf({ index, declared }: Leaf): unknown {
    const shape = this.shapeOf(index);
    if (TEXTS.includes(shape)) return shape === 'name' || declared?.choices ? undefined : this.mark(this.leaves[index] as Leaf, true);
    switch (shape) {
      case 'number':
        return this.mark(this.leaves[index] as Leaf, true);
      case 'map':
        return { first: 'x' };
      case 'names':
        return [{ name: textMark(index) }];
      case 'texts':
        return [textMark(index)];
      default:
        return undefined;
    }
  }

  private limitOne(leaf: Leaf, findings: Findings): void {
    const { isWrong, isNeverRight, variables } = findings;
    const { index } = leaf;
    switch (this.shapeOf(index)) {
      case 'number':
        this.limitNumber(leaf, isWrong);
        break;
      case 'map':
        this.limitMap(index, findings);
        break;
      case 'names':
        this.limitNames(index, isWrong, variables);
        break;
      case 'texts':
        this.limitText(leaf, (text) => isWrong([text]));
        break;
      default:
        this.limitText(leaf, isWrong, isNeverRight);
    }
  }

  private limitNumber({ index, base }: Leaf, isWrong: IsWrong): void {
    if (isWrong('')) this.limit(index, 'blank');
    if (Number.isInteger(base ?? 0) && (isWrong(1.5) || isWrong(0.5))) this.limit(index, 'whole');
    if (isWrong(-1)) this.limit(index, `least ${isWrong(0) ? 1 : 0}`);
    const place = LARGE.findIndex(isWrong);
    if (place < 0) return;
    const wrong = leastOf(isWrong, LARGE[place - 1] ?? 1, LARGE[place]);
    this.limit(index, `most ${wrong - 1}`);
  }

  private limitText({ index, declared }: Leaf, isWrong: IsWrong, isNeverRight: IsWrong = isWrong): void {
    if (isWrong(this.numberFor(index))) this.limit(index, 'number');
    else if (isWrong(0.5)) this.limit(index, 'large');
    else if (isWrong(2_147_483_648)) this.limit(index, 'most 999999');
    if (!this.limits.get(index)?.has('number') && (isWrong(-1) || isWrong(-0.5))) this.limit(index, 'least 0');
    const patternsNow = (): readonly string[] => patternsOf((one) => this.limits.get(index)?.has(one) ?? false, declared?.default);
    const rule = patternsNow().length ? undefined : ruleFor(isWrong, isNeverRight);
    if (rule) this.limit(index, rule);
    const patterns = patternsNow().map((one) => new RegExp(one));
    const isOddlyWrong = (text: string): boolean => patterns.every((pattern) => pattern.test(text)) && isWrong(text);
    this.limitSpelling(index, isOddlyWrong);
    const ofLength = (letters: number): string => 'x'.repeat(letters);
    const length = LENGTHS.find((one) => patterns.every((pattern) => pattern.test(ofLength(one))));
    if (length === undefined || !isWrong(ofLength(length)) || isWrong(ofLength(1))) return;
    this.limit(index, `letters ${leastOf((letters) => isWrong(ofLength(letters)), 1, length) - 1}`);
  }

  /** Of a text, or of the texts in a map: those that YAML reads as they are, or those without blanks around them. */
  private limitSpelling(index: number, isWrong: (text: string) => boolean): void {
    if (MISREAD.some(isWrong)) this.limit(index, 'typed');
    else if (SPACED.some(isWrong)) this.limit(index, 'trimmed');
  }

  private limitMap(index: number, { isWrong, isRefused }: Findings): void {
    if (isWrong({ a: { b: 'c' } }) || isWrong({ a: ['b'] })) this.limit(index, 'scalars');
    if (isRefused({ a: 1 }) || isRefused({ a: true })) this.limit(index, 'quoted');
    if (isWrong({ a: 'two words' })) this.limit(index, 'labels');
    else {
      if (isWrong({ 'two words': 'a' })) this.limit(index, 'keys');
      this.limitSpelling(index, (text) => isWrong({ a: text }));
    }
    for (const key of WORDS) if (isWrong({ [key]: 'a' })) this.limit(index, `not ${key}`);
  }

  private limitNames(index: number, isWrong: IsWrong, variables: readonly string[]): void {
    if (!isWrong([{}])) return;
    this.limit(index, 'named');
    const rule = ruleFor((text) => isWrong([{ name: text }]));
    if (rule) this.limit(index, rule);
    if (isWrong([{ name: 'a' }, { name: 'a' }])) this.limit(index, 'distinct');
    for (const name of variables) if (isWrong([{ name }])) this.limit(index, `not ${name}`);
  }
}

/** The first of numbers that has what all after it have, too, where the one has it not and the other has. */
function leastOf(has: (number: number) => boolean, without = 1, having = MOST_THOUSANDTHS): number {
  const middle = Math.floor((without + having) / 2);
  if (having - without <= 1) return having;
  return has(middle) ? leastOf(has, without, middle) : leastOf(has, middle, having);
}

/** Names of variables of containers that a release has of its own. */
function namesIn(tree: Container): readonly string[] {
  const found = new Set<string>();
  const visit = (node: Node): void => {
    if (node.t === 'choice') [node.yes, node.no].forEach(visit);
    if (!isContainer(node)) return;
    for (const { key, value } of node.members) {
      const isName = key?.t === 'literal' && key.value === 'name' && value.t === 'literal';
      if (isName && VARIABLE.test(String(value.value))) found.add(String(value.value));
      visit(value);
    }
  };
  visit(tree);
  return [...found];
}
