// The language in which a component declares its values: kind, default and one sentence of documentation in one place.
// Types, `show values`, the JSON Schema and the strict check are all read off these declarations.
import { share } from './yaml/values';

/** What a template prints as text: Helm takes a number or a boolean wherever it takes a string. */
export type Scalar = string | number | boolean;
export type Table<T = unknown> = Readonly<Record<string, T>>;

export type LeafKind = 'text' | 'number' | 'flag' | 'list' | 'table' | 'any';

/** What JSON Schema calls that which a values file may have in place of each; undefined for anything. */
export const JSON_TYPES: Readonly<Record<LeafKind, readonly string[] | undefined>> = {
  text: ['string', 'number', 'boolean', 'null'],
  number: ['number', 'string', 'null'],
  flag: ['boolean', 'null'],
  list: ['array', 'null'],
  table: ['object', 'null'],
  any: undefined,
};

export interface LeafOptions {
  /** The chart runs this value through `tpl`: strings inside it are Go templates. */
  readonly templated?: boolean;
  /** The published chart documents this value and no template reads it. Accepted; it has no effect. */
  readonly unused?: boolean;
  /** The only texts that make sense. Others are an error. */
  readonly choices?: readonly string[];
  /** A flag that numbers switch, too: 0 is false, any other is true. An empty text is false. */
  readonly numeric?: boolean;
  /** An empty map does not stand for an empty list. */
  readonly neverMap?: boolean;
  /**
   * The value is secret, in a list or table all that is in it. `needed`: what the chart makes of it cannot do without, or makes up itself.
   * `file`: a text that is a whole file. `members`: data or text of which parts may be secret, by their names.
   */
  readonly secret?: true | 'needed' | 'file' | 'members';
  /** Of a list of maps with names: names that the chart gives items of its own. */
  readonly reserved?: Iterable<string>;
  /** Kubernetes type behind a passed-through value, such as `Affinity`; for documentation and editors. */
  readonly type?: string;
  /** Shape of each item of a list (or of each value of a table) that the chart itself defines: keys are checked. */
  readonly items?: Group<Fields> | Leaf<unknown>;
}

/** What a default is made of when it names objects of the release (the published charts have the literal `estafette-ci` there). */
export interface DefaultContext {
  readonly release: string;
  readonly namespace: string;
}
export type Default<T> = T | undefined | ((context: DefaultContext) => T);

export interface Leaf<T> extends LeafOptions {
  readonly kind: LeafKind;
  readonly default: Default<T>;
  readonly doc: string;
}

export type Schema = Leaf<unknown> | Group<Fields, boolean>;
export type Fields = { readonly [key: string]: Schema };

export interface GroupOptions<N extends boolean = boolean> {
  readonly doc?: string;
  /** The chart also works with the whole group set to null; then the component sees `undefined`. */
  readonly nullable?: N;
  /** Keys beyond the declared ones are allowed (the chart passes the whole map on). */
  readonly open?: boolean;
  /** Of the values below it, all are given or none; where one is called existingSecret, that may stand for all others. */
  readonly allOrNone?: boolean;
  /** Secret values beside `existingSecret` have no effect, with a warning: a file below may hold them. @default false: they are an error */
  readonly existingWins?: boolean;
  /** No template sees an empty map in its place: it is there when it is given. */
  readonly isOptional?: boolean;
}

export interface Group<F extends Fields, N extends boolean = false> extends GroupOptions<N> {
  readonly kind: 'group';
  readonly fields: F;
}

/** Values as a component reads them: merged, checked, evaluated. A leaf is undefined when the user set it to null. */
export type Values<S> =
  S extends Group<infer F, infer N>
    ? { readonly [K in keyof F]: Values<F[K]> } | (N extends true ? undefined : never)
    : S extends Leaf<infer T>
      ? T | undefined
      : never;

/** Values as a user writes them: every key optional, null deletes a default. */
export type ValuesInput<S> =
  S extends Group<infer F, boolean> ? { readonly [K in keyof F]?: ValuesInput<F[K]> | null } : S extends Leaf<infer T> ? T | null : never;

const leaf = <T>(kind: LeafKind, value: Default<T>, doc: string, options: LeafOptions = {}): Leaf<T> => ({
  kind,
  default: value,
  doc,
  ...options,
});

/** A string. Numbers and booleans are taken as their text. */
export const text = (value: Default<Scalar>, doc: string, options?: LeafOptions): Leaf<Scalar> => leaf<Scalar>('text', value, doc, options);
/** A number, or text that reads as one. */
export const number = (value: Default<number | string>, doc: string, options?: LeafOptions): Leaf<number | string> =>
  leaf<number | string>('number', value, doc, options);
/** true or false. The text "false" is refused: Helm would take it as true. */
export const flag = (value: Default<boolean>, doc: string, options?: LeafOptions): Leaf<boolean> =>
  leaf<boolean>('flag', value, doc, options);
/**
 * A flag of a chart that tests truth and documents 1 and '' for on and off. Other
 * texts are refused, "false" and "0" would count as true in Helm.
 */
export const toggle = (value: Default<boolean | number | ''>, doc: string): Leaf<boolean | number | ''> =>
  leaf<boolean | number | ''>('flag', value, doc, { numeric: true });
/** A list that is passed on as it is. */
export const list = <T = unknown>(value: Default<readonly T[]>, doc: string, options?: LeafOptions): Leaf<readonly T[]> =>
  leaf<readonly T[]>('list', value, doc, options);
/** A map with keys of the user's own. */
export const table = <T = unknown>(value: Default<Table<T>>, doc: string, options?: LeafOptions): Leaf<Table<T>> =>
  leaf<Table<T>>('table', value, doc, options);
/** Anything: the chart takes more than one shape here. */
export const any = <T = unknown>(value: Default<T>, doc: string, options?: LeafOptions): Leaf<T> => leaf<T>('any', value, doc, options);
/** What the chart reads of a list's item: lists have no defaults, so that any key may be missing. */
export type Item<F extends Fields> = Partial<Values<Group<F>>>;

/** A list whose items the chart reads key by key; unknown keys in an item are errors. */
export const items = <F extends Fields>(
  value: Default<readonly Item<F>[]>,
  doc: string,
  fields: F,
  options?: Omit<LeafOptions, 'items'>,
): Leaf<readonly Item<F>[]> => leaf('list', value, doc, { ...options, items: group(fields) as unknown as Group<Fields> });

export function group<F extends Fields>(fields: F, options?: GroupOptions<false>): Group<F>;
export function group<F extends Fields>(fields: F, options: GroupOptions<true>): Group<F, true>;
export function group<F extends Fields>(fields: F, options: GroupOptions = {}): Group<F, boolean> {
  return { kind: 'group', fields, ...options };
}

export const isGroup = (schema: Schema): schema is Group<Fields, boolean> => schema.kind === 'group';

type Overrides<S> =
  S extends Group<infer F, boolean> ? { readonly [K in keyof F]?: Overrides<F[K]> } : S extends Leaf<infer T> ? Default<T> : never;

/**
 * The same declarations with other defaults, as an umbrella chart sets them for a subchart. Maps are merged, anything else is replaced.
 * @throws Error when an override names a value that is not declared.
 */
export function withDefaults<S extends Group<Fields, boolean>>(schema: S, overrides: Overrides<S>, at = ''): S {
  const fields: Record<string, Schema> = { ...schema.fields };
  for (const [key, value] of Object.entries(overrides as Record<string, unknown>)) {
    const field = fields[key];
    if (!field) throw new Error(`no value ${at}${key} to set a default for`);
    if (isGroup(field)) fields[key] = withDefaults(field, value as Overrides<typeof field>, `${at}${key}.`);
    else fields[key] = { ...field, default: mergeDefault(field.default, value) };
  }
  return { ...schema, fields };
}

function mergeDefault(base: unknown, over: unknown): unknown {
  const mergeable = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);
  if (!mergeable(base) || !mergeable(over)) return over;
  const out: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) out[key] = key in base ? mergeDefault(base[key], value) : value;
  return out;
}

type Plain = Readonly<Record<string, unknown>>;

/** Groups of which no default follows the release, and their defaults: made once for all releases, and frozen. */
const constants = new WeakMap<Group<Fields, boolean>, Plain | undefined>();
/** Those of the others, for as long as somebody knows the release. */
const ofReleases = new WeakMap<DefaultContext, Map<Group<Fields, boolean>, Plain>>();

/**
 * The default values that a schema stands for, as plain data, which may be shared and must not be changed. Leaves without a default are
 * left out.
 */
export function defaultsOf(schema: Group<Fields, boolean>, context: DefaultContext): Plain {
  if (!constants.has(schema)) constants.set(schema, areConstant(schema.fields) ? share(fieldDefaults(schema.fields, context)) : undefined);
  const constant = constants.get(schema);
  if (constant) return constant;
  let ofRelease = ofReleases.get(context);
  if (!ofRelease) ofReleases.set(context, (ofRelease = new Map()));
  let known = ofRelease.get(schema);
  if (!known) ofRelease.set(schema, (known = fieldDefaults(schema.fields, context)));
  return known;
}

/** The same of declarations that are not group of their own. */
export function fieldDefaults(fields: Fields, context: DefaultContext): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(fields)) {
    if (isGroup(field)) {
      if (!field.isOptional) out[key] = defaultsOf(field, context);
    } else {
      const value: unknown =
        typeof field.default === 'function' ? (field.default as (c: DefaultContext) => unknown)(context) : field.default;
      if (value !== undefined) out[key] = value;
    }
  }
  return out;
}

/** Whether no default follows the release. */
export const areConstant = (fields: Fields): boolean =>
  Object.values(fields).every((field) => (isGroup(field) ? areConstant(field.fields) : typeof field.default !== 'function'));
