// Other values for a chart whose values live, one by one and many at a time, and other names.
import { isDeepStrictEqual } from 'node:util';
import { chartOf } from '../../constructs/charts';
import { generator } from '../../constructs/targets/live/values/random';
import type { ValueStanding } from '../../constructs/targets/target';
import { isGroup } from '../../helm/schema';
import { changesOf, partsOn } from './changes';
import type { LiveRelease } from './releases';

export interface Trial {
  readonly kind: 'base' | 'name' | 'single' | 'combination' | 'hostile';
  readonly shown: string;
  readonly values: Values;
  /** Whether Helm is to refuse it. */
  readonly isFixed: boolean;
  /** @default the release that the chart was written for */
  readonly release?: string;
  /** Of a combination: its number, from 1, and what it is made of. @default it is none */
  readonly number?: number;
  readonly changes?: readonly Values[];
}
type Values = Readonly<Record<string, unknown>>;

export const BASE: Trial = { kind: 'base', shown: 'no other values', values: {}, isFixed: false };

/** Each value by itself; one of a part that is off with its part on, too. */
export function singles({ options }: LiveRelease, standings: readonly ValueStanding[]): Trial[] {
  const { values: schema } = chartOf(options.chart);
  const own = (options.values ?? []).reduce<Values>((sum, layer) => merged(sum, layer as Values), {});
  return standings.flatMap(({ path, standing }) => {
    const on = standing === 'fixed' ? undefined : partsOn(schema, path, options);
    return changesOf(schema, path, options)
      .flatMap(({ kind, values }) => [{ kind, values }, ...(on ? [{ kind, values: merged(on, values) }] : [])])
      .map(({ kind, values }): Trial => {
        const isFixed = standing === 'fixed' && kind === 'other' && !isDeepStrictEqual(merged(own, values), own);
        return { kind: 'single', shown: `${path} (${kind}) = ${JSON.stringify(values).slice(0, 120)}`, values, isFixed };
      })
      .filter(({ isFixed }) => standing !== 'fixed' || isFixed);
  });
}

/** Names of the release that the chart follows or refuses: others, long ones, and those that hold words of objects' names. */
export function otherNames({ options }: LiveRelease): Trial[] {
  const parts = Object.entries(chartOf(options.chart).values.fields).flatMap(([key, field]) =>
    isGroup(field) ? [key, `my-${key}`, `${key}s-of-mine`] : [],
  );
  const names = [
    'other',
    `my-${options.release}`,
    ...[30, 40, 53].map((length) => 'n'.repeat(length)),
    ...parts.map((name) => name.toLowerCase()),
  ];
  return names.map((release) => ({ kind: 'name', shown: `as ${release}`, values: {}, isFixed: false, release }));
}

/** As many of all, by the seed. */
export function some<T>(all: readonly T[], count: number, seed: number): readonly T[] {
  const pick = generator(seed);
  // Places of them: there may be ten thousands, and numbers are moved faster.
  const left = Uint32Array.from(all, (_, index) => index);
  let { length } = left;
  for (; length > count; length--) {
    const at = pick(length);
    left.copyWithin(at, at + 1, length);
  }
  return Array.from(left.subarray(0, length), (index) => all[index] as T);
}

/** Several live values at a time, each second time with the parts on that they are in. */
export function combinations({ options }: LiveRelease, standings: readonly ValueStanding[], count: number, seed: number): Trial[] {
  const { values: schema } = chartOf(options.chart);
  const pick = generator(seed);
  const all = standings
    .filter(({ standing }) => standing === 'live')
    .flatMap(({ path }) => changesOf(schema, path, options).map(({ values }) => ({ values, on: partsOn(schema, path, options) })));
  if (!all.length) return [];
  return Array.from({ length: count }, (_, index) => {
    const chosen = Array.from({ length: 2 + pick(6) }, () => all[pick(all.length)]).filter((one) => one !== undefined);
    const on = index % 2 ? chosen.map((one) => one.on).filter((values) => values !== undefined) : [];
    return combination(index + 1, [...on, ...chosen.map(({ values }) => values)]);
  });
}

/** How often some of the values of a group are given together. */
const MIXED = 12;

/** Values of a group together, and those right above it, where one of them is refused by itself: others may be needed, or in its way. */
export function groups(
  { options }: LiveRelease,
  standings: readonly ValueStanding[],
  isRefused: (change: Values) => boolean,
  seed: number,
): Trial[] {
  const { values: schema } = chartOf(options.chart);
  const pick = generator(seed);
  const live = standings.flatMap(({ path, standing }) => {
    const other = standing === 'live' ? changesOf(schema, path, options).find(({ kind }) => kind === 'other') : undefined;
    const on = partsOn(schema, path, options);
    return other ? [{ group: above(path), change: on ? merged(on, other.values) : other.values }] : [];
  });
  return [...new Set(live.filter(({ change }) => isRefused(change)).map(({ group }) => group))].flatMap((group) => {
    const near = live.filter((one) => one.group === group || one.group === above(group));
    return Array.from({ length: MIXED }, (_, index): Trial => {
      const chosen = near.filter((one) => (index ? pick(2) : one.group === group));
      const { values } = combination(
        0,
        chosen.map(({ change }) => change),
      );
      return { kind: 'combination', shown: `${group}: ${JSON.stringify(values).slice(0, 300)}`, values, isFixed: false };
    });
  });
}

const above = (path: string): string => path.replace(/\.?(\\.|[^.\\])+$/, '');

function combination(number: number, changes: readonly Values[]): Trial {
  const values = changes.reduce<Values>((sum, more) => merged(sum, more), {});
  return { kind: 'combination', shown: `#${number} ${JSON.stringify(values).slice(0, 300)}`, values, isFixed: false, number, changes };
}

/** The combination without what is refused by itself already, which says nothing of the others. */
export function withoutRefused(trial: Trial, isRefused: (change: Values) => boolean): Trial {
  const { changes = [], number = 0 } = trial;
  const left = changes.filter((change) => !isRefused(change));
  return left.length < changes.length ? combination(number, left) : trial;
}

export function merged(one: Values, other: Values): Values {
  const out: Record<string, unknown> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const before = out[key];
    out[key] = isMap(before) && isMap(value) ? merged(before, value) : value;
  }
  return out;
}
const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
