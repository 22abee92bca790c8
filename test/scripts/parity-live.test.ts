// `npm run parity:live`: what its comparison takes as known, and what combinations are made of.
import type { KubeObject } from '../../kubernetes/object';
import { readYaml } from '../../helm/yaml/read';
import { Comparison } from '../../scripts/parity-live/comparison';
import { hostile } from '../../scripts/parity-live/hostile';
import { isTold, isWrong, OUTCOMES } from '../../scripts/parity-live/judge';
import { isSame } from '../../scripts/parity-live/same';
import { BASE, combinations, some, withoutRefused } from '../../scripts/parity-live/trials';

const object = (name: string, size: number, kind = 'Claim'): KubeObject =>
  ({ apiVersion: 'v1', kind, metadata: { name }, spec: { size } }) as unknown as KubeObject;
const printed = (name: string, size: number, kind = 'Claim'): string =>
  `---\n# Source: chart/templates/x.yaml\napiVersion: v1\nkind: ${kind}\n` +
  `metadata:\n  labels:\n    name: other\n  name: "${name}"\nspec:\n  size: ${size}\n`;

describe('the comparison of what Helm prints', () => {
  /** Of each document, which ones it was asked about. */
  const asked: string[] = [];
  /** Documents as plain data, in the order of their names; tests are left out. */
  const data = (text: string): KubeObject[] =>
    text
      .split(/^---\n/m)
      .flatMap((one) => readYaml(one, 'document') ?? [])
      .map((one) => one as KubeObject)
      .filter(({ kind }) => kind !== 'Test')
      .toSorted((a, b) => JSON.stringify(a.metadata.name).localeCompare(JSON.stringify(b.metadata.name)));
  const bare = (one: KubeObject | undefined): unknown => one && { ...one, metadata: { name: one.metadata.name } };
  const compare = (theirs: string, ours: string): never => {
    asked.push(`${theirs.match(/^ {2}name: (.*)$/gm)?.length ?? 0} and ${ours.match(/"name"/g)?.length ?? 0}`);
    const [expected, actual] = [data(theirs), data(ours)];
    const open = Array.from({ length: Math.max(expected.length, actual.length) }, (_, index) => index)
      .filter((index) => JSON.stringify(bare(expected[index])) !== JSON.stringify(bare(actual[index])))
      .map((index) => ({ id: expected[index]?.metadata.name ?? actual[index]?.metadata.name ?? '', path: '', type: 'changed' }));
    return { open, byLedger: {}, objects: expected.length } as never;
  };
  let comparison: Comparison;
  beforeEach(() => {
    asked.length = 0;
    comparison = new Comparison(compare, { namespace: 'ns', chart: 'one' });
  });

  it('looks at each document once', () => {
    const theirs = printed('a', 1) + printed('b', 2) + printed('t', 3, 'Test');
    const ours = [object('b', 2), object('a', 1)];
    expect([comparison.difference(theirs, ours), comparison.difference(theirs, ours)]).toEqual([undefined, undefined]);
    expect(asked).toEqual(['1 and 1', '1 and 1', '1 and 0']);
    expect(comparison.difference(theirs.replace('size: 2', 'size: 7'), [object('a', 1), object('b', 7)])).toBeUndefined();
    expect(asked.slice(3)).toEqual(['1 and 1']);
  });

  it('finds what differs from what was equal before, on either side', () => {
    const theirs = printed('a', 1) + printed('b', 2);
    expect(comparison.difference(theirs, [object('a', 1), object('b', 2)])).toBeUndefined();
    expect(comparison.difference(theirs, [object('a', 1), object('b', 3)])).toMatchObject({ id: 'b' });
    expect(comparison.difference(theirs.replace('size: 2', 'size: 3'), [object('a', 1), object('b', 2)])).toMatchObject({ id: 'b' });
    expect(comparison.difference(theirs, [object('a', 1)])).toMatchObject({ id: 'b' });
    expect(comparison.difference(printed('a', 1), [object('a', 1), object('b', 2)])).toMatchObject({ id: 'b' });
    expect(comparison.difference(theirs, [object('a', 1), object('b', 2, 'Test')])).toMatchObject({ id: 'b' });
  });

  it('looks at two of one name beside each other', () => {
    const theirs = printed('a', 1) + printed('a', 2);
    expect(comparison.difference(theirs, [object('a', 1), object('a', 2)])).toBeUndefined();
    expect(comparison.difference(printed('a', 1), [object('a', 1), object('a', 1)])).toMatchObject({ id: 'a' });
    expect(comparison.difference(theirs, [object('a', 2)])).toMatchObject({ id: 'a' });
  });
});

describe('a document of Helm', () => {
  const own = { kind: 'A', spec: { size: 1, flag: true, none: null, list: ['1', { a: 'on' }], gone: undefined, empty: {} } };
  const document = (spec: string): string => `---\n# Source: chart/templates/x.yaml\nkind: A\nspec: {${spec}}\n`;

  it.each<[string, boolean]>([
    ['size: 1, flag: true, none: null, list: ["1", {a: "on"}], empty: {}', true],
    ['list: ["1", {a: "on"}], empty: {}, "flag": true, none: null, size: 1', true],
    ['size: "1", flag: true, none: null, list: ["1", {a: "on"}], empty: {}', false],
    ['size: 1, flag: "true", none: null, list: ["1", {a: "on"}], empty: {}', false],
    ['size: 1, flag: yes, none: null, list: ["1", {a: "on"}], empty: {}', false],
    ['size: 1, flag: true, none: null, list: [1, {a: "on"}], empty: {}', false],
    ['size: 1, flag: true, none: null, list: ["1", {a: on}], empty: {}', false],
    ['size: 1, flag: true, none: null, list: [{a: "on"}, "1"], empty: {}', false],
    ['size: 1, flag: true, none: null, list: ["1"], empty: {}', false],
    ['size: 1, flag: true, none: null, list: ["1", {a: "on"}], empty: []', false],
    ['size: 1, flag: true, none: null, list: ["1", {a: "on"}]', false],
    ['size: 1, flag: true, none: null, list: ["1", {a: "on"}], empty: {}, more: 1', false],
    ['size: 1, size: 1, flag: true, none: null, list: ["1", {a: "on"}], empty: {}', false],
    ['size: 1, flag: true, none: null, list: ["1", {a: "on"}], empty: {}, }}', false],
  ])('with {%s} is ours to the letter: %s', (spec, expected) => {
    expect(isSame(document(spec), own)).toBe(expected);
  });
});

describe('combinations', () => {
  const release = { name: 'b', options: { release: 'b', chart: 'buildshuttle' as const, namespace: 'b' }, live: ['.'] };
  const standings = ['image.tag', 'labels', 'image.repository'].map((path) => ({ path, standing: 'live' as const }));

  it('are as many as asked for, the same ones each time, of several values', () => {
    const all = combinations(release, standings, 30, 1);
    expect(all).toHaveLength(30);
    expect(combinations(release, standings, 30, 1)).toEqual(all);
    expect(combinations(release, standings, 30, 2)).not.toEqual(all);
    expect(all.filter(({ values }) => 'image' in values && 'labels' in values).length).toBeGreaterThan(5);
  });

  it('do without what is refused by itself', () => {
    const [one] = combinations(release, standings, 30, 1).filter(({ values }) => 'labels' in values && 'image' in values);
    const left = one && withoutRefused(one, (values) => 'labels' in values);
    expect(left?.values).toEqual({ image: one?.values['image'] });
    expect(one && withoutRefused(one, () => false)).toBe(one);
  });
});

describe('what fails the run', () => {
  const single = { ...BASE, kind: 'single' as const };
  const wrong = (trial: typeof BASE): string[] => OUTCOMES.filter((outcome) => isWrong({ trial, outcome, detail: '' }));

  it('is all that differs, and what the chart takes that we refuse', () => {
    expect(wrong(single)).toEqual(['different', 'wider']);
    expect(wrong({ ...single, kind: 'combination' })).toEqual(['different', 'wider']);
    expect(OUTCOMES.filter((outcome) => isTold({ trial: single, outcome, detail: '' }))).toEqual(['narrower']);
  });

  it('is a fixed value that the chart takes, and the chart without other values where it is not equal', () => {
    expect(wrong({ ...single, isFixed: true })).toEqual(['equal', 'different', 'wider']);
    expect(wrong(BASE)).toEqual(['different', 'narrower', 'wider', 'refused']);
  });
});

describe('some of all', () => {
  const all = Array.from({ length: 1000 }, (_, index) => `v${index}`);

  it('are as many as asked for, in their order, the same ones each time', () => {
    const chosen = some(all, 20, 1);
    expect(new Set(chosen).size).toBe(20);
    expect(chosen).toEqual(all.filter((one) => chosen.includes(one)));
    expect(some(all, 20, 1)).toEqual(chosen);
    expect(some(all, 20, 2)).not.toEqual(chosen);
    expect(some(all, Infinity, 1)).toEqual(all);
  });
});

describe('hostile values', () => {
  const release = { name: 'b', options: { release: 'b', chart: 'buildshuttle' as const, namespace: 'b' }, live: ['.'] };
  const given = (path: string, standing: 'live' | 'fixed' = 'live') => hostile(release, [{ path, standing }]).map(({ values }) => values);

  it('are those of the kind of a value, with the parts on that it is in', () => {
    expect(given('image.tag')).toEqual(
      expect.arrayContaining([{ image: { tag: '1e3' } }, { image: { tag: 1.5 } }, { image: { tag: null } }]),
    );
    expect(given('nodeSelector')).toEqual(expect.arrayContaining([{ nodeSelector: { 'a b': 'x' } }, { nodeSelector: { a: '{{' } }]));
    expect(given('imagePullSecrets')).toEqual(expect.arrayContaining([{ imagePullSecrets: [null] }, { imagePullSecrets: [''] }]));
    expect(given('ingress.host')).toContainEqual({ ingress: { enabled: true, host: 'yes' } });
    expect(given('ingress.host', 'fixed')).toContainEqual({ ingress: { host: 'yes' } });
  });

  it('are nothing in place of maps of values, too', () => {
    expect(given('no.value')).toEqual(expect.arrayContaining([{ image: null }, { auth: { job: null } }, { service: {} }]));
  });
});
