// A chart as data: its values, the objects it makes of them, and the charts it consists of.
import type { Issue, Warning } from '../../helm/check';
import { areConstant, defaultsOf, fieldDefaults, isGroup, type DefaultContext, type Fields, type Group } from '../../helm/schema';
import { share } from '../../helm/yaml/values';
import type { KubeObject } from '../../kubernetes/object';
import type { Context } from './context';
import type { Entry, Origin } from './entry';
import type { ChartInfo } from './release';
import type { Lifecycle, Stage } from './stages';

type Plain = Record<string, unknown>;

/** Of any chart. Values of a certain chart are written as methods, which TypeScript compares both ways. */
type Schema = Group<Fields, boolean>;

/** A named template of a chart, for `include` in values. It gets the chart's context and returns its text. */
export type Helper<S extends Schema> = { text(context: Context<S>): string }['text'];
export type Helpers<S extends Schema> = Readonly<Record<string, Helper<S>>>;

/** An object with what it is for, and where its name comes from. */
export interface Placed {
  readonly object: KubeObject | undefined;
  readonly lifecycle?: Lifecycle;
  readonly origin?: Origin;
}

/** What a chart makes: objects, with or without a word on what they are for; undefined for one that is not made. */
export type Making = KubeObject | Placed | undefined | readonly Making[];

/** A chart below another one, under the key that holds its values there. */
export interface Part {
  readonly chart: ChartDefinition;
  /** Whether it is installed. @default unless its value `enabled` is false: as in Helm, nothing and null are no "off" */
  isOn?(values: Readonly<Plain>): boolean;
  /** What the chart above sets for it: a null for the whole part takes these away, and leaves it with defaults of its own. @default none */
  readonly defaults?: Readonly<Plain>;
}

/** SQL that something in a release runs. */
export interface SqlScript {
  /** What runs it, as people call it: `Job/NAME`. */
  readonly from: string;
  /** Complete statements in their order, with what is secret redacted. */
  readonly statements: readonly string[];
}

/** The published chart whose values files and releases a chart takes over. */
export interface PublishedChart {
  readonly name: string;
  readonly version: string;
}

export interface ChartDefinition<S extends Schema = Schema> {
  /** What templates see under `.Chart`. */
  readonly chart: ChartInfo;
  /** Name of the chart that the target helm writes. @default that of `chart` */
  readonly name?: string;
  /** One sentence for people. @default none */
  readonly description?: string;
  /** All its values; those of a part below the part's key. */
  readonly values: S;
  /** Names that values may `include`, such as `cockroachdb.fullname`. @default none */
  readonly helpers?: Helpers<S>;
  /** The stage of what is neither configuration nor a key: its workloads and services. @default 'apps' */
  readonly stage?: Stage;
  /** What is wrong with values that fit the schema; nothing is made then. @default nothing */
  issues?(context: Context<S>): readonly Issue[];
  /** What works, but hardly as meant. @default nothing */
  warnings?(context: Context<S>): readonly Warning[];
  /** Its own objects, those of parts aside. A ValuesError tells what only their making shows. @default none */
  objects?(context: Context<S>): Making;
  /** Charts that it consists of, by the key of their values. @default none */
  readonly parts?: Readonly<Record<string, Part>>;
  /** Its say over all objects, those of parts included: gives them back, changed or left out. @default as they are */
  arrange?(entries: readonly Entry[], context: Context<S>): readonly Entry[];
  /** What only all objects together show, those of parts included. @default nothing */
  review?(entries: readonly Entry[], context: Context<S>): readonly Warning[];
  /** What people are told after an installation, line by line. @default nothing */
  notes?(context: Context<S>): readonly string[];
  /** The SQL that its objects run. @default none */
  sql?(context: Context<S>): readonly SqlScript[];
  /** Files in `secrets/` next to a values file that stand for values which are not given, by value. @default none */
  readonly secretFiles?: Readonly<Record<string, string>>;
  /** @default none: the chart is our own */
  readonly takesOver?: PublishedChart;
}

/** Declares a chart, with the types of its values. */
export const defineChart = <S extends Schema>(chart: ChartDefinition<S>): ChartDefinition<S> => chart;

/** An object with what it is for; nothing where no object is made. */
export const placed = (object: KubeObject | undefined, lifecycle: Lifecycle): Placed => ({ object, lifecycle });

/** What is declared for a chart itself, and for each part beside the part's own values: its switch. */
interface OwnFields {
  readonly own: Fields;
  readonly beside: Readonly<Record<string, Fields>>;
}

const ownFields = new WeakMap<ChartDefinition, OwnFields>();
/** Defaults of charts that are the same for all releases. */
const constants = new WeakMap<ChartDefinition, Readonly<Plain>>();

function ownFieldsOf(chart: ChartDefinition): OwnFields {
  let known = ownFields.get(chart);
  if (!known) {
    const { values, parts = {} } = chart;
    const beside = Object.entries(values.fields).flatMap(([key, field]) => {
      const part = parts[key];
      return part && isGroup(field) ? [[key, without(field.fields, part.chart.values.fields)] as const] : [];
    });
    known = { own: without(values.fields, parts), beside: Object.fromEntries(beside) };
    ownFields.set(chart, known);
  }
  return known;
}

const without = (fields: Fields, others: object): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => !Object.hasOwn(others, key)));

/** The default values of a chart itself, as its values.yaml holds them: of parts, only what it sets for them. They cannot be changed. */
export function ownDefaults(chart: ChartDefinition, context: DefaultContext): Readonly<Plain> {
  const { values, parts } = chart;
  if (!parts) return defaultsOf(values, context);
  const known = constants.get(chart);
  if (known) return known;
  const { own, beside } = ownFieldsOf(chart);
  const defaults: Plain = {};
  for (const [key, field] of Object.entries(values.fields)) {
    const besides = beside[key];
    if (besides) defaults[key] = { ...fieldDefaults(besides, context), ...share(parts[key]?.defaults) };
    else if (Object.hasOwn(own, key)) Object.assign(defaults, fieldDefaults({ [key]: field }, context));
  }
  if (areConstant(own) && Object.values(beside).every(areConstant)) constants.set(chart, share(defaults));
  return defaults;
}
