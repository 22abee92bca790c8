import { coalesce, mergeValues, MergeError, type ChartDefaults, type Values } from '../../helm/merge';

const freeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
};
const merged = (chart: ChartDefaults, user: Values): Values => coalesce(freeze(chart), freeze(user)).values;

describe('mergeValues', () => {
  it('merges maps, replaces lists and scalars, keeps nulls', () => {
    const layers = freeze([
      { a: { b: 1, c: [1, 2] }, d: 1, e: { f: 1 } },
      { a: { c: [3] }, d: null, e: 2 },
      { g: 1, e: { h: 1 } },
    ]);
    expect(mergeValues(layers)).toEqual({ a: { b: 1, c: [3] }, d: null, e: { h: 1 }, g: 1 });
    expect(mergeValues([])).toEqual({});
  });

  it('takes __proto__ for a key like any other', () => {
    const evil = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') as Values;
    const result = mergeValues([{ a: 1 }, evil, JSON.parse('{"__proto__":{"more":1}}') as Values]);
    expect(JSON.stringify(result)).toBe('{"a":1,"__proto__":{"polluted":true,"more":1},"constructor":{"prototype":{"polluted":true}}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('coalesce', () => {
  it('puts the user over the defaults', () => {
    expect(merged({ values: { a: 1, b: { c: 1, d: [1] }, e: {} } }, { b: { d: [2] }, f: 1 })).toEqual({
      a: 1,
      b: { c: 1, d: [2] },
      e: {},
      f: 1,
    });
  });

  it('takes a default away with null, at every depth', () => {
    expect(merged({ values: { a: 1, b: { c: 1, d: { e: 1 } } } }, { a: null, b: { c: null, d: { e: null } } })).toEqual({ b: { d: {} } });
  });

  it('keeps a null that takes nothing away, and the nulls of the defaults', () => {
    expect(merged({ values: { a: null, b: { c: null }, d: 1 } }, { x: null, b: { y: null, c: null } })).toEqual({
      a: null,
      b: { c: null, y: null },
      d: 1,
      x: null,
    });
  });

  it('hands values to subcharts: user over parent over subchart', () => {
    const chart = { values: { sub: { a: 'parent', b: 'parent' } }, subcharts: { sub: { values: { a: 'sub', b: 'sub', c: 'sub' } } } };
    expect(merged(chart, { sub: { a: 'user' } })).toEqual({ sub: { a: 'user', b: 'parent', c: 'sub', global: {} } });
  });

  it("takes a subchart's default away with the parent's null, or the user's", () => {
    const chart = { values: { sub: { a: null } }, subcharts: { sub: { values: { a: 1, b: 1, c: { d: 1 } } } } };
    expect(merged(chart, { sub: { b: null, c: { d: null } } })).toEqual({ sub: { c: {}, global: {} } });
  });

  it('hands globals down, the higher level over the lower', () => {
    const chart = {
      values: { global: { a: 'parent', m: { x: 1 } } },
      subcharts: {
        sub: { values: { global: { a: 'sub', b: 'sub', m: { y: 2 } } }, subcharts: { deep: { values: { global: { c: 'deep' } } } } },
      },
    };
    expect(merged(chart, { global: { a: 'user' } })).toEqual({
      global: { a: 'user', m: { x: 1 } },
      sub: { global: { a: 'user', b: 'sub', m: { x: 1, y: 2 } }, deep: { global: { a: 'user', b: 'sub', c: 'deep', m: { x: 1, y: 2 } } } },
    });
  });

  it('warns where maps and other values meet, and keeps the higher one', () => {
    expect(
      coalesce({ values: { a: { b: { x: 1 } }, c: { d: 1 }, e: 1 } }, { a: { b: 2 }, c: { d: { y: 1 } }, e: { z: 1 } }, 'top'),
    ).toEqual({
      values: { a: { b: 2 }, c: { d: { y: 1 } }, e: { z: 1 } },
      warnings: [
        { path: 'top.a.b', message: 'is not a map and replaces the map {"x":1}' },
        { path: 'top.c.d', message: 'is a map and replaces a default that is none: 1' },
        { path: 'top.e', message: 'is a map and replaces a default that is none' },
      ],
    });
  });

  it('refuses a subchart whose values are not a map', () => {
    const chart = { values: {}, subcharts: { sub: { values: { a: 1 } } } };
    for (const value of [1, null, []])
      expect(() => merged(chart, { sub: value })).toThrow(
        new MergeError(`"sub" holds the values of a subchart and must be a map, not ${JSON.stringify(value)}`),
      );
  });

  it('leaves everything it is given as it is, and shares what no higher level touches', () => {
    const chart = freeze({
      values: { a: { list: [{ b: 1 }] }, sub: { a: { x: 1 }, global: { own: { y: 1 } } }, global: { m: { z: 1 } } },
      subcharts: { sub: { values: { a: { y: 2 }, b: { d: 1 }, global: { m: { w: 1 }, own: { v: 1 } } } } },
    });
    const values = merged(chart, { c: { d: 1 }, a: {}, global: { m: { u: 1 } } });
    expect(values).toEqual({
      a: { list: [{ b: 1 }] },
      c: { d: 1 },
      global: { m: { u: 1, z: 1 } },
      sub: { a: { x: 1, y: 2 }, b: { d: 1 }, global: { m: { u: 1, w: 1, z: 1 }, own: { v: 1, y: 1 } } },
    });
    expect(values['a']).toBe(chart.values.a);
    expect((values['sub'] as { b: object }).b).toBe(chart.subcharts.sub.values.b);
  });

  it('takes __proto__ for a key like any other', () => {
    const { values } = coalesce(
      { values: JSON.parse('{"__proto__":{"a":1},"x":{"__proto__":{"a":1}}}') as Values },
      JSON.parse('{"__proto__":{"b":1},"x":{"__proto__":{"b":1}}}') as Values,
    );
    expect(JSON.stringify(values)).toBe('{"__proto__":{"b":1,"a":1},"x":{"__proto__":{"b":1,"a":1}}}');
    expect(({} as { a?: number }).a).toBeUndefined();
  });
});
