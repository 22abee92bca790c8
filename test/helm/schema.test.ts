// Declarations of values: defaults, overrides of an umbrella chart, defaults that follow the release.
import { defaultsOf, flag, group, list, table, text, withDefaults, type Values, type ValuesInput } from '../../helm/schema';

const schema = group({
  name: text((c) => `${c.release}-db`, 'Name.'),
  unset: text(undefined, 'Unset.'),
  labels: table<unknown>({ a: 1 }, 'Labels.'),
  nested: group({ on: flag(false, 'On.'), list: list<number>([1], 'List.') }),
});
const context = { release: 'ci', namespace: 'builds' };

describe('defaultsOf', () => {
  it('resolves defaults that name objects of the release and leaves out what has none', () => {
    expect(defaultsOf(schema, context)).toEqual({ name: 'ci-db', labels: { a: 1 }, nested: { on: false, list: [1] } });
  });
});

describe('defaults that do not follow the release', () => {
  it('are made once for all releases, and nobody can change them', () => {
    const one = defaultsOf(schema, context);
    const other = defaultsOf(schema, { release: 'two', namespace: 'builds' });
    expect([one['name'], other['name']]).toEqual(['ci-db', 'two-db']);
    expect(other['nested']).toBe(one['nested']);
    expect(() => (one['nested'] as { list: number[] }).list.push(2)).toThrow(TypeError);
  });
});

describe('withDefaults', () => {
  it('merges maps, replaces anything else, and leaves the original alone', () => {
    const changed = withDefaults(schema, { labels: { b: 2 }, nested: { on: true, list: [2, 3] } });
    expect(defaultsOf(changed, context)).toEqual({ name: 'ci-db', labels: { a: 1, b: 2 }, nested: { on: true, list: [2, 3] } });
    expect(defaultsOf(schema, context).labels).toEqual({ a: 1 });
  });

  it('refuses a default for a value that is not declared', () => {
    expect(() => withDefaults(schema, { nested: { of: true } } as never)).toThrow('no value nested.of to set a default for');
  });
});

it('types what components read and what users write', () => {
  const read = (values: Values<typeof schema>): boolean | undefined => values.nested.on;
  const written: ValuesInput<typeof schema> = { nested: { on: null } };
  expect([read({ name: 'x', unset: undefined, labels: {}, nested: { on: true, list: [] } }), written.nested?.on]).toEqual([true, null]);
});
