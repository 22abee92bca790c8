// Charts whose values live: numbers that decide which objects there are, and stand in them, too.
import { withCounts } from '../../../constructs/targets/live/tree/counts';
import { evaluate, type Node } from '../../../constructs/targets/live/tree/model';
import { integer } from '../../../helm/print';
import { number, flag, text } from '../../../helm/schema';
import { released } from '../../support/live-release';

const FIELDS = { replicas: number(3, 'Replicas.'), rule: flag(false, 'Rule.'), tag: text('1', 'Tag.') };
type Make = Parameters<typeof released>[1];

/** As of a database: its size is a number, and from two on, something starts it. */
const sized: Make = ({ replicas, rule, tag }) => [
  { tag, replicas: integer(replicas) },
  ...(rule ? [{ from: [{ name: 'own' }, ...(integer(replicas) > 1 ? [{ name: 'init' }] : [])] }] : []),
];

const NUMBERS = [null, 0, 1, 2, 3, 5, 7, 8, 64, 1000];
const VALUES = NUMBERS.flatMap((replicas) => [{ replicas }, { replicas, rule: true, tag: '2' }]);

describe('a number that stands in an object, and decides what there is', () => {
  it('may be any', () => {
    const release = released(FIELDS, sized);
    expect([release.isFixed('replicas'), release.limits('replicas')]).toEqual([false, []]);
    for (const values of VALUES) expect([values, release.printed(values)]).toEqual([values, release.expected(values)]);
  });

  it('is no more than what is told apart where an address is written for each', () => {
    const make: Make = ({ replicas }) => [{ args: Array.from({ length: integer(replicas) }, (_, index) => `--peer=${index}`), replicas }];
    const release = released({ replicas: FIELDS.replicas }, make);
    expect([release.isFixed('replicas'), release.limits('replicas')]).toEqual([false, ['large']]);
  });
});

describe('a value that was fixed', () => {
  it('is followed beside what is known, when that is asked for', () => {
    const release = released(FIELDS, sized).opened('replicas');
    expect([release?.isFixed('replicas'), release?.limits('replicas')]).toEqual([false, []]);
    for (const values of VALUES) expect([values, release?.printed(values)]).toEqual([values, release?.expected(values)]);
  });

  it('stays it where it is computed with', () => {
    const make: Make = ({ tag }) => [{ tag: String(tag).length }];
    expect(released({ tag: FIELDS.tag }, make).opened('tag')?.isFixed('tag')).toBe(true);
  });
});

describe('a number for each number', () => {
  const least = (leaf: number, number: number, yes: Node, no: Node): Node => ({
    t: 'choice',
    when: { all: [{ leaf, on: true, test: { least: number } }] },
    yes,
    no,
  });
  const literal = (value: number): Node => ({ t: 'literal', value });
  const chain = (leaf: number, valueOf: (number: number) => number): Node =>
    [1, 2, 3, 4, 5, 6, 7].reduce<Node>((no, number) => least(leaf, number, literal(valueOf(number)), no), literal(valueOf(0)));

  it('is the number itself', () => {
    const node = withCounts(
      chain(7, (number) => number),
      () => true,
    );
    expect(node).toEqual({ t: 'hole', leaf: 7, form: 'whole' });
    expect([null, '12', 1_000_000, 'x'].map((value) => evaluate(node, () => value))).toEqual([0, 12, 1_000_000, 0]);
  });

  it('stays as it is where it is another one, of another kind of value, or decided by several', () => {
    const other = chain(7, (number) => Math.min(number, 6));
    const two = least(
      7,
      1,
      chain(8, (number) => number),
      literal(0),
    );
    for (const [node, isCount] of [
      [other, true],
      [chain(7, (number) => number), false],
      [two, false],
    ] as const)
      expect(withCounts(node, () => isCount)).toEqual(node);
  });
});
