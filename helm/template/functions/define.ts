// How template functions are written: a signature of Go types, and a body that gets values of just those.
import type { Dict } from '../values';

/**
 * The types of a function's parameters, a letter each, the last one repeated when `*` follows:
 * `s` string, `b` bool, `i` int, `f` float64, `m` map[string]interface {}, `a` any value (nil is null).
 */
interface Parameters {
  readonly s: string;
  readonly b: boolean;
  readonly i: number;
  readonly f: number;
  /** May be a nil map, which can be read but not written to. */
  readonly m: Dict;
  readonly a: unknown;
}

type Parameter<Letter extends string> = Letter extends keyof Parameters ? Parameters[Letter] : never;

type Arguments<Signature extends string> = Signature extends `${infer Letter}${infer Rest}`
  ? Rest extends '*'
    ? Parameter<Letter>[]
    : [Parameter<Letter>, ...Arguments<Rest>]
  : [];

export interface TemplateFunction {
  readonly signature: string;
  readonly call: (...values: unknown[]) => unknown;
}

export type FunctionTable = Readonly<Record<string, TemplateFunction>>;

/** Ties a body to its signature; the evaluator checks the values before it calls. */
export function define<const Signature extends string>(
  signature: Signature,
  body: (...values: Arguments<Signature>) => unknown,
): TemplateFunction {
  return { signature, call: body as (...values: unknown[]) => unknown };
}
