// checks/rules.json of a live chart: what live values may be, as a JSON Schema without descriptions. What is fixed may be anything here.
import { showPath } from '../../../../helm/check';
import { isGroup, JSON_TYPES, type Fields, type Group, type Leaf as Declared, type Schema } from '../../../../helm/schema';
import { getKey, isTable } from '../../../../helm/yaml/values';
import { BARE, EMPTY, IN_TEXT, KEY, LABEL, PLAIN, TRIMMED, YAML_LIST } from './patterns';

type Json = Record<string, unknown>;

/** What is known of a value. */
export interface Standing {
  /** Why it is fixed. @default it is not */
  readonly fixed?: string;
  /** Whether templates refer to it. */
  readonly isLive: boolean;
  readonly takesNumbers: boolean;
  readonly takesFlags: boolean;
  /** Whether 0 and false are texts like others. @default they count as nothing somewhere */
  readonly takesNought?: boolean;
  readonly takesEmpty: boolean;
  readonly takesNull: boolean;
  /** Such as `true`, which YAML reads as another kind. */
  readonly takesTyped: boolean;
  /** A part of a text in quotes or on a line, which some characters would end. */
  readonly isInText: boolean;
  /** All that it may be. @default what its kind allows */
  readonly only?: readonly unknown[];
  /** Patterns that its texts have. */
  readonly patterns: readonly string[];
  /** Of a whole number from 0: the largest one. @default it is none, or what its kind allows */
  readonly largest?: number;
  /** In place of a text, the largest number, which is a whole one. @default what its kind allows */
  readonly mostAsText?: number;
  /** Whether names of objects are made with it. */
  readonly isName: boolean;
  /** Keys of a map that are there already. */
  readonly taken: readonly string[];
  /** A map with keys of people's own. @default none */
  readonly isMap?: boolean;
  /** A list or a map, whatever its schema says. @default its schema says it */
  readonly isContainer?: boolean;
  /** A map of labels or annotations, which are texts. @default none */
  readonly isTextMap?: boolean;
  /** A map of texts, which numbers and flags are none of. @default they are */
  readonly areQuoted?: boolean;
  /** Of a number: whether an empty text may stand for none. @default true */
  readonly takesBlank?: boolean;
  /** A list of texts. @default none */
  readonly isTextList?: boolean;
  /** A text that holds a list as YAML. @default none */
  readonly isYaml?: boolean;
  /** A number or a share that stands without quotes. @default it stands in some */
  readonly isBare?: boolean;
  /** Letters that a text may have. @default any number */
  readonly mostLetters?: number | undefined;
  /** A text without blanks around it, or such texts in a map. @default it may have some */
  readonly isTrimmed?: boolean;
  /** Of a number. @default it may be a fraction, and has no bounds */
  readonly numbers?: { readonly isWhole: boolean; readonly least: number | undefined; readonly most: number | undefined };
  /** A map whose keys, and with `labels` whose values, are those of labels. @default any */
  readonly keysOf?: 'labels' | 'annotations';
  /** A list of maps that have a name, which is none of these. @default it is none */
  readonly namesExcept?: readonly string[];
}

/** Longest part of an object's name that a value may be, so that none is cut. */
export const NAME_LENGTH = 24;
const NAME = '^([a-z]([-a-z0-9]*[a-z0-9])?)?$';

/** Texts that YAML reads as another kind when they stand without quotes. */
export const TYPED = [
  '^([Tt]rue|TRUE|[Ff]alse|FALSE|[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF|[YyNn]|[Nn]ull|NULL|~',
  '[-+.]?[0-9][-+.:0-9A-Fa-f_oxTZ]*|[-+]?[.](inf|Inf|INF)|[.](nan|NaN|NAN))$',
].join('|');

/** A part of the items of a list, or of the entries of a map. */
export interface ItemField {
  readonly path: string;
  /** Keys on the way; of an entry, the first is `key` or `value`. */
  readonly at: readonly string[];
  readonly declared: Declared<unknown>;
}

/** An object with fields, some of which may be further down. */
function nested(fields: readonly { readonly keys: readonly string[]; readonly json: Json; readonly isRequired: boolean }[]): Json {
  const names = [...new Set(fields.map(({ keys: [first = ''] }) => first))];
  const properties = names.map((name) => {
    const below = fields.filter(({ keys }) => keys[0] === name).map((field) => ({ ...field, keys: field.keys.slice(1) }));
    const [only] = below;
    return [name, only && !only.keys.length ? only.json : nested(below)] as const;
  });
  const required = names.filter((name) => fields.some(({ keys, isRequired }) => keys[0] === name && isRequired));
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length ? { required } : {}),
    additionalProperties: false,
  };
}

/**
 * What a release has itself is right, whatever it is.
 *
 * @param values those of the release
 * @param itemsBelow of a list or a map that templates go through: what its items consist of
 * @param mayBeNull whether a group without live values may be null. @default wherever its own schema says so
 */
export function liveRules(
  schema: Group<Fields, boolean>,
  values: unknown,
  standingOf: (path: string) => Standing | undefined,
  itemsBelow: (path: string) => readonly ItemField[] = () => [],
  mayBeNull: (path: readonly string[]) => boolean = () => true,
): Json {
  const leaf = (field: Declared<unknown>, value: unknown, path: string): { readonly json: Json; readonly isRequired: boolean } => {
    const standing = standingOf(path);
    if (!standing || standing.fixed !== undefined) return { json: {}, isRequired: false };
    const types = kindsOf(field, standing);
    const only = standing.only ?? field.choices;
    const refused = [...(field.templated ? ['\\{\\{'] : []), ...(standing.takesTyped ? [] : [TYPED])];
    const patterns = [
      ...[...standing.patterns, ...(standing.takesTyped ? [] : [PLAIN])].map((pattern) =>
        standing.takesEmpty && !standing.isTextList && !standing.namesExcept && !standing.isMap ? `${EMPTY}|${pattern}` : pattern,
      ),
      ...(standing.isYaml ? [YAML_LIST] : []),
      ...(standing.isTrimmed ? [TRIMMED] : []),
      ...(standing.isBare ? [standing.takesEmpty ? `${EMPTY}|${BARE}` : BARE] : []),
      // A text in place of a number, or of a flag, would stand in quotes.
      ...(field.kind === 'number' || field.numeric ? [EMPTY] : []),
    ];
    const texts: Json =
      refused.length || patterns.length
        ? { allOf: [...refused.map((pattern) => ({ not: { type: 'string', pattern } })), ...patterns.map((pattern) => ({ pattern }))] }
        : {};
    // In place of a text, nought and false count as nothing where it is a switch, too.
    const isNoughtRefused = !standing.takesNought && (field.kind === 'text' || !standing.takesEmpty);
    const rules: Json = {
      ...(types ? { type: types.length > 1 ? types : types[0] } : {}),
      ...(standing.largest === undefined
        ? {}
        : { type: ['integer', ...(standing.takesNull ? ['null'] : [])], minimum: 0, maximum: standing.largest }),
      ...numberRules(standing.numbers),
      ...(standing.mostAsText === undefined || !standing.takesNumbers ? {} : { minimum: 0, maximum: standing.mostAsText }),
      ...entriesOf(standing, texts),
      ...itemsOf(field, standing, texts),
      ...itemRules(path),
      ...(only ? { enum: [...only, ...(standing.takesNull ? [null] : [])] } : {}),
      ...(standing.takesEmpty ? {} : leastOf(types)),
      ...(isNoughtRefused && (!types || types.some((type) => ['number', 'integer', 'boolean'].includes(type)))
        ? { not: { enum: [0, false] } }
        : {}),
      ...(standing.isName ? { pattern: NAME, maxLength: NAME_LENGTH } : standing.isInText ? { pattern: IN_TEXT } : {}),
      ...namesOf(standing),
      ...(standing.mostLetters === undefined || standing.isTextList ? {} : { maxLength: standing.mostLetters }),
      ...(standing.isTextList ? {} : texts),
    };
    return { json: rules, isRequired: standing.isLive && !standing.takesNull && value !== undefined && value !== null };
  };
  /** What the items of a list may be, or the entries of a map, where templates go through them. */
  const itemRules = (path: string): Json => {
    const below = itemsBelow(path);
    const [only] = below;
    if (!only) return {};
    const one = ({ path: at, declared }: ItemField): { readonly json: Json; readonly isRequired: boolean } => {
      const { json } = leaf(declared, undefined, at);
      return { json, isRequired: !(standingOf(at)?.takesNull ?? true) };
    };
    if (only.at[0] === 'key') {
      const [key, value] = below.map((field) => one(field).json);
      return { propertyNames: key, additionalProperties: value };
    }
    if (!only.at.length) return { items: one(only).json };
    return { items: nested(below.map((field) => ({ keys: field.at, ...one(field) }))) };
  };
  const group = ({ fields, open = false, nullable = false }: Group<Fields, boolean>, at: unknown, path: readonly string[]): Json => {
    const required: string[] = [];
    const properties = Object.fromEntries(
      Object.entries(fields).map(([key, field]) => {
        const below = [...path, key];
        const value = isTable(at) ? getKey(at, key) : undefined;
        if (isGroup(field)) {
          const isLive = holds(field, below, (name) => standingOf(name)?.isLive ?? false);
          if (isLive) required.push(key);
          return [
            key,
            { ...group(field, value, below), ...(isLive || !nullable || !mayBeNull(below) ? {} : { type: ['object', 'null'] }) },
          ];
        }
        const { json, isRequired } = leaf(field, value, showPath(below));
        if (isRequired) required.push(key);
        return [key, json];
      }),
    );
    return {
      type: 'object',
      properties: path.length ? properties : { global: { type: 'object' }, ...properties },
      ...(required.length ? { required } : {}),
      additionalProperties: open,
    };
  };
  // What anchors stand for is no value.
  return { ...group(schema, values, []), patternProperties: { '^x-': {} } };
}

/** What a value of some types has in it, that is not empty. */
const leastOf = (types: readonly string[] | undefined): Json =>
  Object.fromEntries(LEAST.filter(([type]) => !types || types.includes(type)).map(([, keyword]) => [keyword, 1]));
const LEAST = [
  ['string', 'minLength'],
  ['array', 'minItems'],
  ['object', 'minProperties'],
] as const;

function numberRules(numbers: Standing['numbers']): Json {
  if (!numbers) return {};
  const { isWhole, least, most } = numbers;
  return {
    ...(isWhole ? { multipleOf: 1 } : {}),
    ...(least === undefined ? {} : { minimum: least }),
    ...(most === undefined ? {} : { maximum: most }),
  };
}

/** What stands in a map. A number with many digits is written in a way that labels do not have. */
function entriesOf({ isMap, isTextMap, areQuoted, keysOf: keys, takesTyped, isTrimmed }: Standing, texts: Json): Json {
  const scalars =
    keys === 'labels'
      ? { type: SCALARS, pattern: LABEL, minimum: 0, maximum: MOST_DIGITS }
      : isTextMap
        ? { type: SCALARS, minimum: -MOST_DIGITS, maximum: MOST_DIGITS }
        : {};
  const own = areQuoted ? { ...scalars, type: ['string', 'null'] } : scalars;
  const rules = { ...own, ...(isMap && (!takesTyped || isTrimmed) ? texts : {}) };
  return Object.keys(rules).length ? { additionalProperties: rules } : {};
}

function namesOf({ taken, keysOf: keys }: Standing): Json {
  const rules = { ...(keys ? { pattern: KEY } : {}), ...(taken.length ? { not: { enum: taken } } : {}) };
  return Object.keys(rules).length ? { propertyNames: rules } : {};
}

/** What items of a list are, or are not. */
function itemsOf(
  { kind }: Declared<unknown>,
  { isTextList, isContainer, namesExcept, isTrimmed, takesTyped }: Standing,
  texts: Json,
): Json {
  // Where blanks are cut, an empty text is none.
  if (isTextList) return { items: { type: 'string', ...(isTrimmed || !takesTyped ? { minLength: 1 } : {}), ...texts } };
  if (namesExcept) {
    const name = { type: 'string', ...texts, ...(namesExcept.length ? { not: { enum: namesExcept } } : {}) };
    return { items: { type: 'object', properties: { name }, required: ['name'] } };
  }
  return kind === 'list' || isContainer ? { items: { not: { type: 'null' } } } : {};
}

/** Largest number that is written without an exponent. */
const MOST_DIGITS = 999_999;
const SCALARS = ['string', 'number', 'boolean', 'null'];

function kindsOf({ kind, numeric }: Declared<unknown>, standing: Standing): readonly string[] | undefined {
  const { takesNumbers, takesFlags, takesNull, takesBlank = true, mostAsText, isContainer } = standing;
  const all = numeric
    ? ['boolean', 'number', 'string', 'null']
    : (JSON_TYPES[kind] ?? (isContainer ? ['object', 'array', 'null'] : undefined));
  if (kind !== 'text')
    return all?.filter((type) => (takesNull || type !== 'null') && (takesBlank || kind !== 'number' || type !== 'string'));
  return all
    ?.filter((type) => (takesNumbers || type !== 'number') && (takesFlags || type !== 'boolean') && (takesNull || type !== 'null'))
    .map((type) => (mostAsText !== undefined && type === 'number' ? 'integer' : type));
}

const holds = (field: Schema, path: readonly string[], test: (path: string) => boolean): boolean =>
  isGroup(field) ? Object.entries(field.fields).some(([key, below]) => holds(below, [...path, key], test)) : test(showPath(path));
