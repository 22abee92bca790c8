// What was learned with one list of projects, for another one.
import { chartOf } from '../../../constructs/charts';
import { inputsOf } from '../../../constructs/release/inputs';
import { render } from '../../../constructs/release/render';
import { knownOf } from '../../../constructs/targets/live/known';
import { describe as describeRelease } from '../../../constructs/targets/live/probe';
import type { Kept } from '../../../constructs/targets/live/reuse/learned-file';
import { inLists } from '../../../constructs/targets/live/reuse/rows';
import { evaluate, type Condition, type Container, type Member, type Node } from '../../../constructs/targets/live/tree/model';
import { DEVSTATS_SECRETS } from '../../../scripts/support/devstats-secrets';

const LIST = 7;
const FROM = [1, 2, 3].map((row) => ({ name: `row${row}-name`, disk: `5${row}Gi` }));
const TO = [
  { name: 'a', disk: '1Gi' },
  { name: 'b.*', disk: '$&' },
];

const literal = (value: string): Node => ({ t: 'literal', value });
const map = (...members: Member[]): Container => ({ t: 'map', members });
const member = (key: string, value: Node, when?: Condition): Member => ({
  key: { t: 'literal', value: key },
  value,
  ...(when ? { when } : {}),
});
const knownWith = (...members: Member[]): Kept => ({
  ...{ release: { name: 'r', namespace: 'r' }, leaves: 9, tree: map(...members), fixed: [[LIST, 'it is read']], bases: [[LIST, FROM]] },
  ...{ shapes: [], alwaysOn: [], neverEmpty: [], limits: [] },
  objects: members.map(({ key }) => ({ stage: 'App', lifecycle: {}, owner: [String(key && evaluate(key, () => undefined))] }) as never),
});
/** What is known with other rows, and which list that is by. */
const withRows = (known: Kept, to: unknown = TO): { readonly known: Kept; readonly lists: readonly number[] } => inLists(known, () => to);
const printed = ({ tree }: Kept, values: Readonly<Record<number, unknown>> = {}): unknown => evaluate(tree, (leaf) => values[leaf]);

describe('what is known of the rows of a list', () => {
  it('is known of other rows, objects and parts of objects', () => {
    const hosts: Container = {
      t: 'list',
      members: [literal('own'), ...FROM.map(({ name }) => literal(`${name}.org`))].map((value) => ({ value })),
    };
    const rows = FROM.map(({ name, disk }) => member(`claim-${name}`, map(member('size', literal(disk)))));
    const { known, lists } = withRows(knownWith(member('first', literal('x')), ...rows, member('ingress', map(member('hosts', hosts)))));
    expect(printed(known)).toEqual({
      first: 'x',
      'claim-a': { size: '1Gi' },
      'claim-b.*': { size: '$&' },
      ingress: { hosts: ['own', 'a.org', 'b.*.org'] },
    });
    expect(known.objects.map(({ owner }) => owner)).toEqual([['first'], ['claim-a'], ['claim-b.*'], ['ingress']]);
    expect(lists).toEqual([LIST]);
    expect(known.bases).toEqual([[LIST, TO]]);
  });

  it('counts rows where conditions do, in whichever order they are', () => {
    const rows = FROM.map(({ name }, row) => {
      const groups = [
        [{ leaf: 1, on: true, test: { least: row + 1 } }],
        [{ leaf: 2, on: false, test: { least: row + 1 } }],
        [{ leaf: 3, on: true, test: { least: 2 } }],
      ];
      return member(name, literal('x'), { all: [], unless: row % 2 ? groups.toReversed() : groups });
    });
    const { known } = withRows(
      knownWith(...rows),
      ['a', 'b', 'c', 'd'].map((name) => ({ name, disk: '1Gi' })),
    );
    expect(printed(known, { 1: 0, 2: 3, 3: 0 })).toEqual({ a: 'x', b: 'x', c: 'x' });
    expect(printed(known, { 1: 3, 2: 9, 3: 0 })).toEqual({ d: 'x' });
    expect(printed(known, { 1: 0, 2: 9, 3: 2 })).toEqual({});
  });

  it('leaves fewer letters to values that objects are called after, where names of rows are longer', () => {
    const rows = FROM.map(({ name }): Member => ({
      key: { t: 'pieces', parts: [{ t: 'hole', leaf: 1 }, `-${name}`] },
      value: literal('x'),
    }));
    const known: Kept = {
      ...knownWith(),
      tree: map(...rows),
      objects: rows.map(() => ({}) as never),
      limits: [
        [1, ['null', 'letters 50']],
        [2, ['letters 60']],
      ],
    };
    const limitsWith = (...names: readonly string[]): Kept['limits'] =>
      withRows(
        known,
        names.map((name) => ({ name, disk: '1Gi' })),
      ).known.limits;
    expect(limitsWith('short', 'thirteen-more', 'as-row1-n')).toEqual([
      [1, ['null', 'letters 46']],
      [2, ['letters 60']],
    ]);
    expect(limitsWith('short')).toEqual(known.limits);
  });

  it('is of no use where rows come to different things, or their texts do not tell them apart', () => {
    const rows = FROM.map(({ name }, row) => member(name, literal(row ? 'x' : 'y')));
    const fewer = FROM.slice(1).map(({ name }) => member(name, literal('x')));
    const alike = { ...knownWith(), bases: [[LIST, [{ name: 'a' }, { name: 'ab' }]]] as const };
    for (const known of [
      knownWith(...rows),
      knownWith(...fewer),
      knownWith(member('all', literal(FROM.map(({ name }) => name).join()))),
      alike,
    ])
      expect(withRows(known)).toEqual({ known, lists: [] });
  });

  it('is held against the release where a row has something else than texts', () => {
    for (const to of [[{ name: 'a', disk: 7 }], [{ name: 'a' }], [{ name: '', disk: '1Gi' }]])
      expect(withRows(knownWith(...FROM.map(({ name }) => member(name, literal('x')))), to).known.bases).toEqual([[LIST, FROM]]);
  });
});

describe('DevStats', () => {
  const project = (name: string, more: object = {}): object => ({
    ...{ proj: name, db: `${name}db`, icon: 'icon', org: `The ${name}`, repo: `${name}/${name}`, cron: '9 * * * *', disk: '1Gi' },
    ...more,
  });
  const described = (projects: readonly object[]): ReturnType<typeof describeRelease> => {
    const chart = chartOf('devstats');
    const values = { ...DEVSTATS_SECRETS, projects };
    const rendered = render(chart, inputsOf(chart, 'ci', { namespace: 'ci', target: 'helm', values }));
    return describeRelease({ ...rendered.source(), release: rendered.release }, { live: [], fix: [] }, knownOf('devstats'));
  };
  const usual = described([project('usual')]).fixed.size;

  it.each<[string, readonly object[]]>([
    ['eight projects', [...'abcdefgh'].map((name) => project(name))],
    ['no project', []],
    ['texts that need quotes', [project('a', { org: 'on', icon: '123', db: 'a: "b" # c' }), project('b', { org: '{{ .Values.x }}' })]],
    ['numbers, and keys left out', [project('a', { org: 7, icon: undefined }), project('b', { repo: undefined })]],
  ])('has as many live values with %s, without being learned again', (_name, projects) => {
    const { fixed, renders } = described(projects);
    expect(fixed.size).toBe(usual);
    expect(renders).toBeLessThan(250);
  });

  it('leaves as many letters to a prefix as the longest of the projects does', () => {
    const { limits, leaves } = described([project('a'), project('b'.repeat(30))]);
    const prefix = leaves.findIndex(({ path }) => path.join('.') === 'syncPodName');
    // Of a CronJob's name, which has at most 52 letters.
    expect([...(limits.get(prefix) ?? [])]).toContain('letters 21');
  });
});
