// Charts whose values live: values that are nothing, empty or 0 where the release takes them, asked otherwise than marks tell.
import { compared, type Difference } from '../../../constructs/targets/live/tree/compare';
import { askedIn, countOfSwitches } from '../../../constructs/targets/live/tree/asking';
import type { Condition, Container } from '../../../constructs/targets/live/tree/model';
import { ValuesError } from '../../../helm/check';
import { flag, group, number, table, text } from '../../../helm/schema';
import { released } from '../../support/live-release';

type Released = ReturnType<typeof released>;
const different = (release: Released, values: Record<string, unknown>): Difference[] =>
  compared(release.printed(values), release.expected(values));

describe('nothing in place of a value', () => {
  it('takes away a text that 0 stands in, and a line that false stands in', () => {
    const release = released(
      { port: number(80, 'Port.'), plain: flag(true, 'Plain.'), domain: text('local', 'Domain.'), wait: text('1m', 'Wait.') },
      ({ port, plain, domain, wait }) => [
        {
          annotations: { port: port === null ? undefined : `${String(port)}` },
          config: `one\nplain: ${plain === null ? '<nothing>' : String(plain)}\nwait: ${wait === null ? '' : `"${String(wait)}"`}`,
          host: `a.svc.${domain === null ? '%!s(<nil>)' : String(domain)}.`,
        },
      ],
    );
    for (const path of ['port', 'plain', 'domain', 'wait']) {
      expect([path, release.isFixed(path), release.limits(path).includes('null')]).toEqual([path, false, false]);
      expect([path, different(release, { [path]: null })]).toEqual([path, []]);
    }
    expect(different(release, { port: 0, plain: false, domain: '', wait: '' })).toEqual([]);
  });

  it('is told from 0 of a number that decides how many items there are', () => {
    const release = released({ replicas: number(1, 'Replicas.') }, ({ replicas }) => [
      { replicas, args: Array.from({ length: Number(replicas ?? 0) }, (_, index) => `peer-${index}`) },
    ]);
    for (const replicas of [null, 0, 1, 3]) expect([replicas, different(release, { replicas })]).toEqual([replicas, []]);
    expect(release.limits('replicas')).not.toContain('null');
  });

  it('is one of the words, as an empty text is', () => {
    const release = released({ kind: text('Issuer', 'Kind.', { choices: ['Issuer', 'ClusterIssuer'] }) }, ({ kind }) => [
      kind === 'ClusterIssuer' ? { cluster: true } : { own: true, other: [1] },
    ]);
    for (const kind of [null, '', 'Issuer', 'ClusterIssuer']) expect([kind, different(release, { kind })]).toEqual([kind, []]);
    expect(release.choices('kind')).toEqual(['Issuer', 'ClusterIssuer', '']);
    expect(release.limits('kind')).not.toContain('null');
  });

  it('is another one than false in some places', () => {
    const release = released({ all: flag(true, 'All.'), on: flag(true, 'On.') }, ({ all, on }) => [
      {
        ...(on && all !== false ? { role: 'all' } : {}),
        ...(on && all ? { binding: 'all' } : {}),
        ...(all === false ? { own: 'role' } : {}),
      },
    ]);
    for (const all of [null, false, true]) expect([all, different(release, { all })]).toEqual([all, []]);
    expect(release.limits('all')).not.toContain('null');
  });

  it('is refused beside what asks for the value, and taken where nothing does', () => {
    const release = released(
      {
        part: group({ enabled: flag(false, 'On.'), context: table({ a: 'b' }, 'Context.'), account: text('own', 'Account.') }),
        name: text('x', 'Name.'),
      },
      ({ part, name }) => {
        const { enabled, context, account } = part as Record<string, unknown>;
        if (enabled && context === null) throw new ValuesError([{ path: ['part', 'context'], message: 'must not be null' }]);
        if (enabled && !account) throw new ValuesError([{ path: ['part', 'account'], message: 'is needed' }]);
        return [{ name }, ...(enabled ? [{ context, account }] : [])];
      },
    );
    for (const path of ['part.context', 'part.account']) {
      expect([path, release.isFixed(path), release.limits(path).filter((one) => one === 'null' || one === 'empty')]).toEqual([
        path,
        false,
        [],
      ]);
      const [, key = ''] = path.split('.');
      expect([path, different(release, { part: { [key]: null } })]).toEqual([path, []]);
      expect([path, release.isRefused({ part: { [key]: null } }), release.isRefused({ part: { enabled: true, [key]: null } })]).toEqual([
        path,
        false,
        true,
      ]);
    }
    expect([release.isRefused({ part: { account: '' } }), release.isRefused({ part: { enabled: true, account: '' } })]).toEqual([
      false,
      true,
    ]);
    expect(release.isRefused({ part: { enabled: true } })).toBe(false);
  });
});

describe('a number in place of a text', () => {
  it('may be 0 where that is printed', () => {
    const release = released({ most: text(1, 'Most.') }, ({ most }) => [{ ...(most === null || most === '' ? {} : { most }) }]);
    for (const most of [0, 1, 5, null]) expect([most, different(release, { most })]).toEqual([most, []]);
    expect(release.takesNought('most')).toBe(true);
  });
});

describe('another way to ask for a value', () => {
  const treeOf = (when: Condition): Container => ({
    t: 'map',
    members: [{ key: { t: 'literal', value: 'a' }, value: { t: 'literal', value: 1 }, when }],
  });
  const tree = treeOf({
    all: [{ leaf: 2, on: true }],
    unless: [
      [
        { leaf: 2, on: false },
        { leaf: 3, on: true },
      ],
    ],
  });
  const given = { given: true } as const;

  it('counts and changes the switches of that value alone, and leaves the rest as it is', () => {
    expect([countOfSwitches(tree, 2), countOfSwitches(tree, 3), countOfSwitches(tree, 4)]).toEqual([2, 1, 0]);
    expect(askedIn(tree, 4, { kind: 'instead', test: given }, new Set([0]))).toBe(tree);
    expect(askedIn(tree, 2, { kind: 'instead', test: given }, new Set([1]))).toEqual(
      treeOf({
        all: [{ leaf: 2, on: true }],
        unless: [
          [
            { leaf: 2, on: false, test: given },
            { leaf: 3, on: true },
          ],
        ],
      }),
    );
    expect(askedIn(tree, 2, { kind: 'and', test: given }, new Set([0])).members[0]?.when?.all).toEqual([
      { leaf: 2, on: true },
      { leaf: 2, on: true, test: given },
    ]);
  });

  it('takes what does not pass for what the switch says with or', () => {
    expect(askedIn(tree, 2, { kind: 'or', test: given }, new Set([0])).members[0]?.when).toEqual({
      all: [],
      unless: [
        [
          { leaf: 2, on: false },
          { leaf: 2, on: true, test: given },
        ],
        [
          { leaf: 2, on: false },
          { leaf: 3, on: true },
        ],
      ],
    });
  });
});
