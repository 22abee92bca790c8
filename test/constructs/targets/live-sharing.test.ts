// Charts whose values live: what is the same in many renders is looked at once, and is what it would be each time by itself.
import { knownOf } from '../../../constructs/targets/live/known';
import { Expectation, type State } from '../../../constructs/targets/live/learn/expected';
import { Gathering, inThose } from '../../../constructs/targets/live/learn/seen';
import { Skeletons } from '../../../constructs/targets/live/learn/skeletons';
import { Evaluation } from '../../../constructs/targets/live/tree/evaluation';
import { evaluate, type Lookup, type Node } from '../../../constructs/targets/live/tree/model';
import { skeleton } from '../../../constructs/targets/live/tree/skeleton';
import { specialized } from '../../../constructs/targets/live/tree/specialize';
import { Marks, type ItemLeaf } from '../../../constructs/targets/live/values/found';
import { markOf, type Shape } from '../../../constructs/targets/live/values/marks';
import { generator } from '../../../constructs/targets/live/values/random';

const [{ tree } = { tree: { t: 'map', members: [] } as const }] = knownOf('devstats');
const VALUES = ['', 'a', 0, 3, true, false, null, undefined, ['a'], [{ name: 'a' }, { name: 'b' }], {}, { a: '1' }, 5n];

/** Values of which some are others than in those before. */
function* lookups(count: number, others = 8): Generator<Lookup> {
  const random = generator(7);
  const given: unknown[] = [];
  for (let one = 0; one < count; one++) {
    for (let change = 0; change < others; change++) given[random(220)] = VALUES[random(VALUES.length)];
    const own = [...given];
    yield (leaf) => own[leaf];
  }
}

it('evaluates a tree again and again as it does once', () => {
  const evaluation = new Evaluation();
  for (const lookup of lookups(25)) expect(evaluation.evaluate(tree, lookup)).toEqual(evaluate(tree, lookup));
});

it('leaves a tree as it is of which nothing is fixed, and is right where something is', () => {
  expect(
    specialized(
      tree,
      () => false,
      () => undefined,
    ),
  ).toBe(tree);
  for (const lookup of lookups(4)) {
    const some = specialized(tree, (leaf) => leaf % 3 === 0, lookup);
    expect(evaluate(some, lookup)).toEqual(evaluate(tree, lookup));
  }
});

it('expects of each of many samples what it expects of it alone', () => {
  const random = generator(3);
  const all = new Expectation(tree);
  const other: Node = { t: 'pieces', parts: [{ t: 'hole', leaf: 0 }, '-own'] };
  for (const lookup of lookups(8, 60)) {
    const on = Array.from({ length: 220 }, () => random(3) > 0);
    const state: State = {
      isOn: (leaf) => on[leaf] ?? false,
      standIn: (leaf) => (leaf % 50 === 7 && !on[leaf] ? other : undefined),
      valueOf: lookup,
    };
    const alone = new Expectation(tree);
    for (const one of [all, alone]) one.add(state);
    expect(all.roots.at(-1)).toEqual(alone.roots[0]);
  }
});

describe('the skeleton of data that was seen before', () => {
  const shapes: Shape[] = ['text', 'map', 'each', 'text', 'number'];
  const items = new Map<number, ItemLeaf>([[3, { list: 2, at: [] }]]);
  const text = (leaf: number): string => String(markOf(leaf, 'text', true));
  const data = {
    name: `${text(0)}-of-many-letters-that-are-always-the-same`,
    labels: markOf(1, 'map', true),
    args: [text(3), text(3).replace('q', 'w'), '--last'],
    lines: `first: ${text(0)}\nport: 31004\nlast`,
    data: { key: Buffer.from(`own ${text(0)} secret`).toString('base64'), other: [{ deep: { deeper: [text(0)] } }] },
  };
  const skeletons = new Skeletons();
  const marksOf = (mayBeEncoded: boolean, all: readonly (Shape | undefined)[] = shapes): Marks =>
    Object.assign(new Marks(all, items), { mayBeEncoded });

  it.each([false, true])('is what it is by itself, also with parts of it in other data: in base64 %s', (isEncoded) => {
    for (const one of [data, { ...data, name: 'x' }, { data: data.data }, data])
      expect(skeletons.of(one, marksOf(isEncoded))).toEqual(skeleton(one, marksOf(isEncoded)));
    expect(skeletons.of({ ...data }, marksOf(isEncoded))).toBe(skeletons.of(data, marksOf(isEncoded)));
  });

  it('is another one when values have other shapes', () => {
    const fixed = [undefined, ...shapes.slice(1)];
    expect(skeletons.of(data, marksOf(false, fixed))).toEqual(skeleton(data, marksOf(false, fixed)));
    expect(skeletons.of(data, marksOf(false))).toEqual(skeleton(data, marksOf(false)));
  });
});

it('puts together what many samples have, in the order of the first of them', () => {
  const [one, other]: Node[] = [
    { t: 'literal', value: 1 },
    { t: 'literal', value: 2 },
  ];
  const gathering = new Gathering();
  for (const [sample, node] of [one, other, one, one, other].entries())
    gathering.add({ samples: [sample], node: node as Node, expected: sample === 3 ? other : undefined });
  expect(gathering.seen).toEqual([
    { samples: [0, 2], node: one, expected: undefined },
    { samples: [1, 4], node: other, expected: undefined },
    { samples: [3], node: one, expected: other },
  ]);
  expect(inThose(gathering.seen, (sample) => sample > 1).map(({ samples }) => samples)).toEqual([[2], [3], [4]]);
});
