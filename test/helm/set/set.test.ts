import { layerUserValues, parseSet, parseSetFile, parseSetJson, parseSetString, SetError } from '../../../helm/set';
import type { Values } from '../../../helm/merge';

const set = (expression: string, into: Values = {}): Values => parseSet(expression, into);

describe('parseSet', () => {
  it.each<[string, unknown]>([
    ['a=1,b=x', { a: 1n, b: 'x' }],
    ['a.b.c=1,a.b.d=2', { a: { b: { c: 1n, d: 2n } } }],
    ['a[0]=x,a[2].b=y', { a: ['x', null, { b: 'y' }] }],
    ['a[0][1]=x', { a: [[null, 'x']] }],
    ['a={1,x,null,},b={}', { a: [1n, 'x', null, ''], b: [''] }],
    ['a=b\\,c,d\\.e=f,g=h=i,j\\=k=l', { a: 'b,c', 'd.e': 'f', g: 'h=i', 'j=k': 'l' }],
    ['a=true,b=FALSE,c=Null,d=yes', { a: true, b: false, c: null, d: 'yes' }],
    ['a=0,b=00,c=007,d=-012,e=+5,f=1.5,g=1_0,h=0x1', { a: 0n, b: '00', c: '007', d: -12n, e: 5n, f: '1.5', g: '1_0', h: '0x1' }],
    ['a=999999,b=1000000,c=-5000000', { a: 999999n, b: 1000000n, c: -5000000n }],
    ['a=9223372036854775807,b=9223372036854775808', { a: 9223372036854775807n, b: '9223372036854775808' }],
    ['a=', { a: '' }],
    ['a=,b=1', { a: '', b: 1n }],
    ['a= x ', { a: ' x ' }],
    ['a=1,', { a: 1n }],
    ['', {}],
    ['=1', {}],
    // Oddities of Helm's: what ends early sets nothing, or an empty list.
    ['a[0', {}],
    ['a[0]', { a: [] }],
    ['a.', {}],
    ['a[0].b=', { a: [] }],
    ['a={1}b=2', { a: [1n], b: 2n }],
    ['a=b\\', { a: 'b' }],
  ])('reads %s', (expression, expected) => expect(set(expression)).toEqual(expected));

  it('sets into values without changing them', () => {
    const into = { a: { b: 1, list: [{ x: 1 }, 2] }, c: 1 };
    const copy = structuredClone(into);
    expect(set('a.d=2,a.list[0].y=3,a.list[1].z=4,c=null', into)).toEqual({
      a: { b: 1, d: 2n, list: [{ x: 1, y: 3n }, { z: 4n }] },
      c: null,
    });
    expect(into).toEqual(copy);
  });

  it.each<[string, RegExp]>([
    ['a', /the key "a" has no value; write a=VALUE$/],
    ['a.b', /the key "a\.b" has no value/],
    ['a,b=1', /the key "a" has no value before the comma; .*"\\,"/],
    ['a..b=1', /the key "a\." ends in a dot/],
    ['c.x=1', /"c" is the text "s", not a map/],
    ['n.x=1', /"n" is null, not a map/],
    ['l.x=1', /"l" is a list, not a map/],
    ['c[0]=1', /"c" is the text "s", not a list/],
    ['l[0][0]=1', /the item \[0\] of "l" is the number 1, not a list/],
    ['a[x]=1', /"\[x\]" is not an index/],
    ['a[-1]=1', /the index \[-1\] is negative/],
    ['a[65537]=1', /the index \[65537\] is greater than 65536/],
    ['a[0]b=1', /after the index \[0\] comes "=", "\." or "\[", not "b"/],
    ['a={1', /begins with "\{" and does not end/],
    [`${'a.'.repeat(31)}b=1`, /more than 30 levels/],
  ])('refuses %s', (expression, message) => {
    const run = (): Values => set(expression, { c: 's', n: null, l: [1] });
    expect(run).toThrow(SetError);
    expect(run).toThrow(message);
    expect(run).toThrow(`--set ${JSON.stringify(expression)}: `);
  });

  it('takes 30 levels and 65536 items', () => {
    expect(() => set(`${'a.'.repeat(30)}b=1`)).not.toThrow();
    expect((set('a[65536]=1')['a'] as unknown[]).length).toBe(65537);
  });

  it('takes __proto__ for a key like any other', () => {
    expect(JSON.stringify(set('__proto__.polluted=x,constructor.prototype.polluted=x'))).toBe(
      '{"__proto__":{"polluted":"x"},"constructor":{"prototype":{"polluted":"x"}}}',
    );
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('parseSetString', () => {
  it('makes every value text', () =>
    expect(parseSetString('a=1,b=true,c={null,2},d=', {})).toEqual({ a: '1', b: 'true', c: ['null', '2'], d: '' }));
});

describe('parseSetJson', () => {
  const setJson = (expression: string, into: Values = {}): Values => parseSetJson(expression, into);

  it.each<[string, unknown]>([
    ['a={"b":[1,null]},c="x,y" ,d=1e3 ,e=true', { a: { b: [1, null] }, c: 'x,y', d: 1000, e: true }],
    ['a.b[1]={"c":1}', { a: { b: [null, { c: 1 }] } }],
    ['a=,b= ,c=1', { a: null, b: null, c: 1 }],
    ['a=', { a: null }],
    ['a="\\ud800"', { a: '\ufffd' }],
    [' {"a":{"b":1}} ', { a: { b: 1 } }],
    ['{}', {}],
  ])('reads %s', (expression, expected) => expect(setJson(expression)).toEqual(expected));

  it('replaces a value at a key, merges an object', () => {
    expect(setJson('a={"c":1}', { a: { b: 1 } })).toEqual({ a: { c: 1 } });
    expect(setJson('{"a":{"c":1}}', { a: { b: 1 } })).toEqual({ a: { b: 1, c: 1 } });
  });

  it.each<[string, RegExp]>([
    ['a=x', /^--set-json "a=x": the value is not JSON: "x" is not expected there; text needs double quotes$/],
    ['a={"b":1', /not JSON: it ends inside/],
    ['a=[1,]', /not JSON/],
    ['a={"b":1,}', /not JSON/],
    ['a=1e999', /too large/],
    ['{"a":1}x', /it is not a JSON object/],
    ['a', /has no value/],
  ])('refuses %s', (expression, message) => {
    expect(() => setJson(expression)).toThrow(SetError);
    expect(() => setJson(expression)).toThrow(message);
  });
});

describe('parseSetFile', () => {
  const readFile = (path: string): string => {
    if (path === 'missing') throw new Error('no such file');
    return `<${path}>`;
  };

  it('sets what is in the files', () => {
    expect(parseSetFile('a.b=x.pem,c[0]=y,d={p,q},e=a\\,b', {}, readFile)).toEqual({
      a: { b: '<x.pem>' },
      c: ['<y>'],
      d: ['<p>', '<q>'],
      e: '<a,b>',
    });
  });

  it('names the file that cannot be read, and keeps the cause', () => {
    expect(() => parseSetFile('a=missing', {}, readFile)).toThrow('--set-file "a=missing": cannot read "missing": no such file');
    expect(() => parseSetFile('a=missing', {}, readFile)).toThrow(expect.objectContaining({ cause: expect.any(Error) as Error }) as Error);
  });
});

describe('layerUserValues', () => {
  it('goes files, --set-json, --set, --set-string, --set-file', () => {
    const values = layerUserValues(
      {
        setFile: ['e=f'],
        setString: ['d=4,e=4'],
        set: ['c=3,d=3,e=3'],
        setJson: ['b=2,c=2,d=2,e=2'],
        files: [
          { a: 0, b: 0 },
          { a: 1, b: 1, c: 1, d: 1, e: 1 },
        ],
      },
      () => '5',
    );
    expect(values).toEqual({ a: 1, b: 2, c: 3n, d: '4', e: '5' });
  });
});
