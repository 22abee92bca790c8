// What is kept of the charts with their default values, for charts whose values live.
import { chartOf } from '../../../constructs/charts';
import { inputsOf } from '../../../constructs/release/inputs';
import { render } from '../../../constructs/release/render';
import { SECRET_MODES } from '../../../constructs/common/secret-settings';
import type { Described } from '../../../constructs/targets/live/described';
import { knownOf } from '../../../constructs/targets/live/known';
import { describe as describeRelease } from '../../../constructs/targets/live/probe';
import type { Kept } from '../../../constructs/targets/live/reuse/learned-file';
import { Reused } from '../../../constructs/targets/live/reuse/reuse';
import { openRefusals } from '../../../constructs/targets/live/print/checks-file';
import { leavesIn } from '../../../constructs/targets/live/tree/skeleton';
import { placeOf, switchesIn } from '../../../constructs/targets/live/tree/walk';
import type { Subject } from '../../../constructs/targets/live/learn/renders';
import { valuesOf, variantsOf } from '../../../scripts/live/variants';
import type { ChartName } from '../../../constructs/charts';

const ALL = { live: ['.'], fix: [] };

function subjectOf(chart: ChartName, values: object = {}, props: object = {}, variant?: string): Subject {
  const all = { ...valuesOf(chart, variant), ...values };
  const rendered = render(chartOf(chart), inputsOf(chartOf(chart), chart, { namespace: chart, target: 'helm', values: all, ...props }));
  return { ...rendered.source(), release: rendered.release };
}

/** What is kept of a chart with the values of a variant. */
const keptOf = (chart: ChartName, variant?: string): readonly Kept[] => knownOf(chart).filter((known) => known.variant === variant);

/** Parts that are not learned again; nothing for a chart that has none. */
const reused = (chart: ChartName, subject: Subject, parts?: readonly string[], variant?: string): (string | undefined)[] =>
  keptOf(chart, variant)
    .filter(({ part }) => !parts || parts.includes(part ?? ''))
    .filter((known) => new Reused(known.part === undefined ? subject : { ...subject, part: known.part }, ALL, known).described())
    .map(({ part }) => part);

const CHARTS = ['estafette-ci', 'devstats', 'buildshuttle'] as const;
const VARIANTS = CHARTS.flatMap((chart) => variantsOf(chart).map((variant) => [chart, variant] as const));

describe.each(VARIANTS)('what is kept of %s (%s)', (chart, variant) => {
  // When this fails: npm run live.
  it('is what it makes of its values', () => {
    const subject = subjectOf(chart, {}, {}, variant);
    expect(reused(chart, subject, undefined, variant)).toEqual(subject.parts.length ? subject.parts : [undefined]);
    const { fixed, renders, leaves } = describeRelease(subject, ALL, knownOf(chart));
    const before = new Set(keptOf(chart, variant).flatMap((known) => known.fixed.map(([leaf]) => leaf)));
    // The name and the namespace of the release come first.
    expect([...fixed].filter(([leaf]) => leaf > 1 && !leaves[leaf]?.item && !before.has(leaf))).toEqual([]);
    expect(renders).toBeLessThan(50);
  });

  it.each([
    ['omit', { mode: 'omit' }],
    ['externalSecrets', { mode: 'externalSecrets', externalSecrets: { store: { name: 'vault' } } }],
  ] as const)('is what it makes of them with secrets.mode %s', (mode, secrets) => {
    const subject = subjectOf(chart, { secrets }, {}, variant);
    const { fixed, renders } = describeRelease(subject, ALL, knownOf(chart, mode));
    expect(renders).toBeLessThan(50);
    const before = describeRelease(subjectOf(chart, {}, {}, variant), ALL, knownOf(chart));
    // What is secret is fixed there, and little else.
    expect(fixed.size).toBeLessThan(before.fixed.size + before.leaves.length / 10);
  });

  it('follows each word that it only refuses beside other values', () => {
    for (const mode of SECRET_MODES) {
      const described = describeRelease(subjectOf(chart, {}, {}, variant), ALL, knownOf(chart, mode));
      const followed = new Set([...leavesIn(described.tree), ...switchesIn(described.tree)]);
      const refused = openRefusals(described).flatMap(({ all }) => all.filter(({ test }) => test && 'is' in test));
      const lost = refused.filter(({ leaf }) => !followed.has(leaf)).map(({ leaf }) => described.leaves[leaf]?.path.join('.'));
      expect([mode, lost]).toEqual([mode, []]);
    }
  });

  it('says in words why a value is fixed', () => {
    const reasons = keptOf(chart, variant).flatMap(({ fixed }) => fixed.map(([, reason]) => reason));
    expect(reasons.length).toBeGreaterThan(0);
    expect(reasons.filter((reason) => /<\d|"\]|\\u0000|\0/.test(reason))).toEqual([]);
  });
});

describe('of what is kept of several variants', () => {
  it.each<[string, object, string | undefined]>([
    ['another bucket', { mode: 'kubernetes', s3: { bucket: 'others', region: 'eu' } }, 'kubernetes'],
    ['an engine elsewhere', { mode: 'kubernetes', s3: { bucket: 'b' }, engine: { host: '10.9.8.7', insecure: true } }, 'kubernetes'],
    ['a bucket in the usual mode', { s3: { bucket: 'builds', existingSecret: 's3' } }, undefined],
    ['another mode with a bucket', { mode: 'host', host: { socketGroup: 998 }, s3: { bucket: 'builds' } }, undefined],
  ])('the nearest is taken for %s', (_name, values, variant) => {
    const subject = subjectOf('buildshuttle', values);
    const fixedWith = (known: readonly Kept[]): readonly number[] => [...describeRelease(subject, ALL, known).fixed.keys()];
    expect(fixedWith(knownOf('buildshuttle'))).toEqual(fixedWith(keptOf('buildshuttle', variant)));
  });
});

it('is right in any namespace for the pull secret of all images, too', () => {
  const rendered = render(chartOf('buildshuttle'), inputsOf(chartOf('buildshuttle'), 'shuttle', { namespace: 'builds', target: 'helm' }));
  const subject = { ...rendered.source(), release: rendered.release };
  const found = keptOf('buildshuttle').map((known) => new Reused(subject, ALL, known, 150).described());
  const login = ['registry', 'username', 'password'].map((key) => `global.imageCredentials.${key}`);
  for (const one of found)
    expect(one?.leaves.filter(({ index, path }) => login.includes(path.join('.')) && one.fixed.has(index))).toEqual([]);
});

it.each([
  ['"apps\\u0000Deployment\\u0000ci\\u0000ci-web"', 'Deployment/ci-web'],
  ['["\\u0000Secret\\u0000ci\\u0000"<39>"-keys"]', 'Secret/…-keys'],
  ['b["\\u0000Secret\\u0000"<1>"\\u0000"<0!>"-web-"<7>]', 'Secret/…-web-…'],
])('an object is called as people know it: %s', (label, place) => {
  expect(placeOf([label, 'spec'])).toBe(place);
});

describe('what is kept of a part', () => {
  const liveOf = (values: object): Described => describeRelease(subjectOf('estafette-ci', values), ALL, knownOf('estafette-ci'));

  it('is right for other values', () => {
    expect(reused('estafette-ci', subjectOf('estafette-ci', { web: { image: { tag: '9.9.9' } } }), ['web'])).toEqual(['web']);
    const { fixed, leaves } = liveOf({ web: { extraConfigmaps: [{ key: 'a', mountPath: '/a', data: 'b: c' }] } });
    const isFixed = (path: string): boolean => fixed.has(leaves.findIndex((leaf) => leaf.path.join('.') === path));
    expect(['web.image.tag', 'web.extraConfigmaps'].map(isFixed)).toEqual([false, true]);
  });

  it('is right where something else than values makes the release, too', () => {
    const patches = [{ target: { kind: 'Deployment', name: 'estafette-ci-web' }, patch: { metadata: { labels: { a: 'b' } } } }];
    const few = ['web', 'db-client'];
    for (const props of [{ patches }, { kubeVersion: '1.29.0' }])
      expect(reused('estafette-ci', subjectOf('estafette-ci', {}, props), few)).toEqual(few);
  });
});
