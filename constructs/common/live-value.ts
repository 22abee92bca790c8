// Live values of one's own: what objects that are added to a release show of the values.yaml of its Helm chart.
import type { IConstruct } from 'constructs';
import { ValuesError } from '../../helm/check';
import { isTrue, text } from '../../helm/print';
import { isLiveToken, LiveToken } from './live-token';
import { plainValues } from './plain-values';

export type LiveDefault = string | number | boolean | readonly unknown[] | Readonly<Record<string, unknown>>;

/** The type of a value whose default is of type T. */
export type Widened<T> = T extends string ? string : T extends number ? number : T extends boolean ? boolean : T;

/** Tells what tokens are while objects are made. */
export interface Reader {
  readonly release: { readonly name: string; readonly namespace: string };
  value(own: OwnValue): unknown;
  /** Gets both sides of a choice, whichever is taken. @default nobody looks */
  sides?(sides: readonly unknown[]): void;
}

let reader: Reader | undefined;

/** Makes objects with what the reader says. */
export function readingWith<T>(one: Reader, run: () => T): T {
  const before = reader;
  reader = one;
  try {
    return run();
  } finally {
    reader = before;
  }
}

/** A value of one's own. Outside of a release it is its default. */
export class OwnValue extends LiveToken {
  // Private members are none that a copy of its members would have.
  readonly #path: readonly string[];
  readonly #fallback: unknown;
  readonly #sentence: string;

  constructor(path: readonly string[], fallback: unknown, sentence: string) {
    super();
    this.#path = path;
    this.#fallback = fallback;
    this.#sentence = sentence;
  }

  get path(): readonly string[] {
    return this.#path;
  }

  get fallback(): unknown {
    return this.#fallback;
  }

  get sentence(): string {
    return this.#sentence;
  }

  protected get label(): string {
    return `the live value ${this.path.join('.')}`;
  }

  resolve(): unknown {
    return reader ? reader.value(this) : this.fallback;
  }
}

class OwnText extends LiveToken {
  readonly #parts: readonly unknown[];

  constructor(parts: readonly unknown[]) {
    super();
    this.#parts = parts;
  }

  protected get label(): string {
    return 'a text that holds live values';
  }

  resolve(): string {
    return this.#parts.map((part) => (isLiveToken(part) ? text(part.resolve()) : String(part))).join('');
  }
}

class OwnChoice extends LiveToken {
  readonly #condition: OwnValue;
  readonly #sides: readonly [yes: unknown, no: unknown];

  constructor(condition: OwnValue, yes: unknown, no: unknown) {
    super();
    this.#condition = condition;
    this.#sides = [yes, no];
  }

  protected get label(): string {
    return 'what a live value decides';
  }

  resolve(): unknown {
    reader?.sides?.(this.#sides);
    return this.#sides[isTrue(this.#condition.resolve()) ? 0 : 1];
  }
}

class OfRelease extends LiveToken {
  readonly #key: 'name' | 'namespace';

  constructor(key: 'name' | 'namespace') {
    super();
    this.#key = key;
  }

  protected get label(): string {
    return `the ${this.#key} of the release`;
  }

  resolve(): string {
    if (!reader) throw new Error(`${this.label} is known only to what is added to a release`);
    return reader.release[this.#key];
  }
}

/**
 * A live value of one's own, for objects that are added to a release. The target helm writes it to values.yaml with its default and its
 * sentence, and the templates refer to it; other targets print its default, or what `ownValues` gives. It goes wherever plain data goes:
 *
 *     const host = liveValue('banner.host', 'ci.example.com', 'Host name of the banner');
 *     new ApiObject(release, 'banner', { apiVersion: 'v1', kind: 'ConfigMap', data: { host, url: liveText`https://${host}/` } });
 *
 * @param path its place in values.yaml, keys joined with dots; the first key must not be one of the chart's own
 * @param fallback its default, which tells its kind: text, number, flag, list or map
 * @param sentence what it is, in one sentence; it stands above the value
 * @throws ValuesError when the path, the default or the sentence cannot be one
 */
export function liveValue<T extends LiveDefault>(path: string, fallback: T, sentence: string): Widened<T> {
  const keys = path.split('.');
  const refuse = (message: string): never => {
    throw new ValuesError([{ path: keys, message }]);
  };
  if (!keys.every((key) => /^[A-Za-z_][A-Za-z0-9_-]*$/.test(key)))
    refuse('is no path of a live value: give keys of letters, digits, - and _, joined with dots');
  if (fallback === undefined || fallback === null) refuse('needs a default, which tells its kind');
  if (!/^[^\n\r]*\S[^\n\r]*$/.test(sentence)) refuse('needs a sentence that says what it is, in one line');
  const { data } = plainValues(fallback, keys);
  if (JSON.stringify(data).includes('{{')) refuse('must not be a Go template: its default stands in objects as it is');
  return new OwnValue(keys, data, sentence) as unknown as Widened<T>;
}

/** A text that holds live values: `` liveText`https://${host}/` ``. */
export const liveText = (texts: TemplateStringsArray, ...values: readonly unknown[]): string =>
  new OwnText(texts.flatMap((one, index) => [one, ...(index < values.length ? [values[index]] : [])])) as unknown as string;

/** Name and namespace that the release is installed with, for names of objects that are added to it. */
export const liveRelease: { readonly name: string; readonly namespace: string } = {
  name: new OfRelease('name') as unknown as string,
  namespace: new OfRelease('namespace') as unknown as string,
};

/**
 * A part of an object that is there while a live value is on (neither false, 0 nor empty), or one of two.
 * @param no what is there otherwise. @default nothing
 * @throws Error when the condition is no live value
 */
export const liveIf = <T, F = T>(condition: unknown, yes: T, no?: F): T | F => new OwnChoice(ownValue(condition), yes, no) as unknown as T;

const conditions = new WeakMap<IConstruct, readonly OwnValue[]>();

/**
 * Has the objects of a construct, and of all that is below it, only while a live value is on, and gives the construct back:
 *
 *     onlyIf(new kplus.Ingress(release, 'ingress', …), liveValue('ingress.enabled', false, 'Whether there is an Ingress'));
 *
 * It is for what is added to a release.
 * @throws Error when the condition is no live value
 */
export function onlyIf<C extends IConstruct>(construct: C, condition: unknown): C {
  conditions.set(construct, [...(conditions.get(construct) ?? []), ownValue(condition)]);
  return construct;
}

/** What must be on for the object of a construct to be there. */
export const conditionsOf = (construct: IConstruct): readonly OwnValue[] =>
  construct.node.scopes.flatMap((scope) => conditions.get(scope) ?? []);

function ownValue(given: unknown): OwnValue {
  if (isLiveToken(given) && 'path' in given && 'sentence' in given) return given as OwnValue;
  throw new Error('a condition must be a live value, as liveValue(…) gives one');
}
