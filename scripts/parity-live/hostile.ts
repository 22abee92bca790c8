// Values that people give by mistake, or that Helm, YAML or a template may read otherwise: each has to come out as in our own render.
import { chartOf } from '../../constructs/charts';
import { asValues, valueAt } from '../../constructs/targets/live/values/leaves';
import type { ValueStanding } from '../../constructs/targets/target';
import { mergeValues, type Values } from '../../helm/merge';
import { isTable } from '../../helm/yaml/values';
import { isGroup, type Fields, type Group, type Leaf } from '../../helm/schema';
import { keysOf, partsOn } from './changes';
import type { LiveRelease } from './releases';
import { merged, type Trial } from './trials';

const LONG = 'x'.repeat(300);

/** Texts that YAML reads as another kind where they stand without quotes. */
const READ_OTHERWISE = [
  ...['yes', 'no', 'on', 'off', 'y', 'true', 'null', '~', 'Null', '.inf', '.NaN'],
  ...['0', '00', '017', '0o17', '0x1f', '0b1', '1e3', '1E3', '1.', '.5', '+1', '-1', '1_000', '1,000', '1:30', '12:30:45'],
  ...['2024-01-01', '2024-01-01T00:00:00Z', '123456789012345678901', '<<', '='],
];
/** Texts with what ends, opens or escapes something in YAML, JSON, Go templates, formats or shells. */
const MARKED = [
  ...['# c', 'a # c', 'a: b', 'a:', '- a', '-', '? a', '*a', '&a', '!a', '%a', '@a', '`a', '|', '>', '{a}', '[a]', '{}', '[]'],
  ...[
    '"',
    "'",
    '"a"',
    "it's",
    '\\',
    '\\n',
    'a\\',
    '---',
    '...',
    '{{ .Release.Name }}',
    '{{',
    '}}',
    '{{ "{{" }}',
    '%d',
    '%!s',
    '$(A)',
    '$1',
  ],
];
const SPACED = ['', ' ', ' x', 'x ', '\tx', 'a\tb', 'a  b', 'x\n', '\nx', 'a\nb', 'a\n\n  b\n', 'a\r\nb', '\u00a0x', '\ufeffx'];
const LETTERS = ['Ünï', '日本', '🙂', 'A', 'a_b', '-a', 'a-', 'a.b', 'a..b', '/a', 'a/b', 'a@b', 'a,b', '<a&b>', '\u0001', LONG];

const TEXTS: readonly string[] = [...READ_OTHERWISE, ...MARKED, ...SPACED, ...LETTERS];
const NUMBERS: readonly number[] = [
  ...[0, 1, 2, 3, 7, 8, -1, 0.5, 1.5, -0.5, 1e-7, 65_535, 65_536, 999_999, 1_000_000, 12_345_678],
  ...[2_147_483_647, 2_147_483_648, 9_007_199_254_740_992, 1e21, 1e300],
];
const NUMBERS_AS_TEXT = ['0', '1', '2', '-1', '1.5', '01', '1e3', '0x1f', ' 1', '1 ', '1_000', '+1', '999999', '1000000', 'x', ''];
const ITEMS: readonly unknown[] = [
  null,
  '',
  0,
  1.5,
  1_000_000,
  true,
  [],
  ['a'],
  {},
  { a: 'b' },
  { name: '' },
  { name: null },
  { name: 'a' },
];
const KEYS = [
  ...['', ' ', 'a b', 'a/b', 'a/b/c', '/a', 'A', '-a', 'a.b', '1', '1.5', 'yes', 'null', '~', 'true', 'a: b', '#a', '- a', '? a'],
  ...['a"b', "a'b", 'a\\b', 'a\nb', '{{ x }}', 'Ünï', '<<', '__proto__', 'constructor', LONG],
];
/** One of each kind, for what is inside of lists and maps. */
const ENTRIES: readonly unknown[] = [
  ...[null, '', ' ', 0, 1.5, -1, 1_000_000, 1e21, true, false, [], [''], [null], {}, { a: 'b' }, { a: null }],
  ...['yes', '0x1f', '1e3', '~', '2024-01-01', ' x ', 'a\nb', 'a: b', '# c', '{{ .Release.Name }}', '"', 'Ünï', '%d', LONG],
];

const ofKinds = {
  text: [...TEXTS, ...NUMBERS, true, false, null, [], ['a'], {}, { a: 'b' }],
  number: [...NUMBERS, ...NUMBERS_AS_TEXT, true, false, null, [], {}],
  flag: [null, 0, 1, -1, 0.5, '', 'true', 'false', 'yes', '0', [], ['a'], {}, { a: 'b' }],
} as const satisfies Partial<Record<Leaf<unknown>['kind'], readonly unknown[]>>;

/** @param like a value that is nothing odd, which some are made from */
function listsLike(like: unknown, { items }: Leaf<unknown>): readonly unknown[] {
  const own: readonly unknown[] = Array.isArray(like) ? like : [];
  const [first] = own;
  const more = isTable(first) ? first : undefined;
  return [
    ...[null, '', 'a', 0, false, {}, { a: 'b' }, [], [[]]],
    ...(items && isGroup(items) ? ITEMS : [...ITEMS, ...TEXTS]).map((item) => [item]),
    ...(own.length ? [...ITEMS.map((item) => [...own, item]), [...own, ...own]] : []),
    ...(items && !more ? [] : TEXTS.map((name) => [{ ...more, name }])),
    // One field of an item at a time.
    ...Object.keys(more ?? {}).flatMap((key) => ENTRIES.map((value) => [{ ...more, [key]: value }])),
    ...(items && isGroup(items) ? Object.entries(items.fields) : []).flatMap(([key, field]) =>
      (isGroup(field) || field.kind !== 'text' ? ENTRIES : ofKinds.text).map((value) => [{ ...more, [key]: value }]),
    ),
  ];
}

function mapsLike(like: unknown): readonly unknown[] {
  const own = isTable(like) ? like : {};
  return [
    ...[null, '', 'a', 0, false, [], ['a'], {}],
    ...KEYS.map((key) => ({ [key]: 'x' })),
    ...[...ITEMS, ...TEXTS, ...NUMBERS].map((value) => ({ a: value })),
    ...[{ a: { b: null } }, { a: { b: '' } }, { a: [null] }, { a: [''] }, { a: { b: { c: 1.5 } } }, { a: { 'b c': 'd' } }],
    ...Object.keys(own).flatMap((key) => ENTRIES.map((value) => ({ [key]: value }))),
  ];
}

function ofKind(leaf: Leaf<unknown>, like: unknown): readonly unknown[] {
  switch (leaf.kind) {
    case 'list':
      return listsLike(like, leaf);
    case 'table':
      return mapsLike(like);
    case 'any':
      return isTable(like)
        ? mapsLike(like)
        : Array.isArray(like)
          ? listsLike(like, leaf)
          : [...ofKinds.text, ...mapsLike(like), ...ITEMS.map((item) => [item])];
    default:
      return ofKinds[leaf.kind];
  }
}

/** All of them, the same ones each time: of each value, with the parts on that it is in, and null for each map of values. */
export function hostile({ options }: LiveRelease, standings: readonly ValueStanding[]): Trial[] {
  const { values: schema } = chartOf(options.chart);
  const own = mergeValues((options.values ?? []) as readonly Values[]);
  const trial = (keys: readonly string[], value: unknown, on: Values = {}, what = 'value'): Trial => {
    // Made when it is asked for: most are not chosen.
    const values = (): Values => merged(on, asValues([[keys, value]]));
    return {
      kind: 'hostile',
      get shown() {
        return `hostile ${what} ${JSON.stringify(values()).slice(0, 200)}`;
      },
      get values() {
        return values();
      },
      isFixed: false,
    };
  };
  const singles = standings.flatMap(({ path, standing }) => {
    const keys = keysOf(path);
    const leaf = fieldAt(schema, keys);
    if (!leaf || isGroup(leaf)) return [];
    const on = standing === 'fixed' ? undefined : partsOn(schema, path, options);
    return ofKind(leaf, valueAt(own, keys) ?? leaf.default).map((value) => trial(keys, value, on));
  });
  return [...singles, ...groupsOf(schema, []).flatMap((keys) => [null, {}, [], ''].map((value) => trial(keys, value, {}, 'map')))];
}

const groupsOf = ({ fields }: Group<Fields, boolean>, above: readonly string[]): (readonly string[])[] =>
  Object.entries(fields).flatMap(([key, field]) => (isGroup(field) ? [[...above, key], ...groupsOf(field, [...above, key])] : []));

const fieldAt = (schema: Fields[string], keys: readonly string[]): Fields[string] | undefined =>
  keys.reduce<Fields[string] | undefined>((at, key) => (at && isGroup(at) ? at.fields[key] : undefined), schema);
