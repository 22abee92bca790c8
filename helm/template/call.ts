// Go's rules for the arguments of functions: how many, and of which types.
import type { Operand } from './ast';
import { Failure } from './errors';
import { integerOf, Int, isDict, isList, nilDict, staticTypeOf, typeOf } from './values';

const TYPE_NAMES: Readonly<Record<string, string>> = { s: 'string', b: 'bool', i: 'int', f: 'float64', m: 'map[string]interface {}' };

/** The parameters of a signature such as `sma*`. */
export interface Parameters {
  readonly letters: string;
  readonly isVariadic: boolean;
}

export function parametersOf(signature: string): Parameters {
  const isVariadic = signature.endsWith('*');
  return { letters: isVariadic ? signature.slice(0, -1) : signature, isVariadic };
}

/** The letter of the parameter at this place. */
export function letterAt({ letters, isVariadic }: Parameters, index: number): string {
  return letters.charAt(isVariadic ? Math.min(index, letters.length - 1) : index);
}

/** `written` are the arguments that stand behind the name, `count` those with what comes through the pipe. */
export function checkCount(parameters: Parameters, name: string, count: number, written: number): void {
  const { letters, isVariadic } = parameters;
  if (isVariadic && count < letters.length - 1) {
    throw new Failure(`wrong number of args for ${name}: want at least ${letters.length - 1} got ${written}`);
  }
  if (!isVariadic && count !== letters.length) {
    throw new Failure(`wrong number of args for ${name}: want ${letters.length} got ${count}`);
  }
}

export function isConstant(operand: Operand): boolean {
  return operand.kind === 'nil' || operand.kind === 'bool' || operand.kind === 'number' || operand.kind === 'string';
}

/** A constant takes the type of the parameter it is given to. */
export function constantArgument(operand: Operand, letter: string, source: string): unknown {
  const expected = TYPE_NAMES[letter] ?? '';
  if (operand.kind === 'nil') {
    if (letter === 'a') return null;
    if (letter === 'm') return nilDict();
    throw new Failure(`cannot assign nil to ${expected}`);
  }
  if (operand.kind === 'number') {
    if (letter === 'i' && operand.integer !== undefined) return Number(operand.integer);
    if (letter === 'f') return operand.float;
    if (letter === 'i') throw new Failure(`expected integer; found ${source}`);
  }
  if (operand.kind === 'string' && (letter === 's' || letter === 'a')) return operand.value;
  if (operand.kind === 'bool' && (letter === 'b' || letter === 'a')) return operand.value;
  if (operand.kind === 'number' && letter === 'a') return operand.isFloat ? operand.float : new Int(operand.integer ?? 0n);
  if (letter === 'm') throw new Failure(`can't handle ${source} for arg of type ${expected}`);
  throw new Failure(`expected ${letter === 'f' ? 'float' : expected}; found ${source}`, mendType(undefined, letter));
}

/** A value as the parameter's type wants it. */
export function valueArgument(value: unknown, letter: string): unknown {
  if (letter === 'a') return value ?? null;
  if (letter === 'm' && value === undefined) return nilDict();
  const expected = TYPE_NAMES[letter] ?? '';
  if (value === undefined) throw new Failure(`invalid value; expected ${expected}`, mendType(value, letter));
  if (letter === 'i' && value instanceof Int && value.type === 'int') return Number(integerOf(value));
  if (letter === 's' && typeof value === 'string') return value;
  if (letter === 'b' && typeof value === 'boolean') return value;
  if (letter === 'f' && typeof value === 'number') return value;
  if (letter === 'm' && isDict(value) && typeOf(value) === TYPE_NAMES['m']) return value;
  throw new Failure(`wrong type for value; expected ${expected}; got ${staticTypeOf(value)}`, mendType(value, letter));
}

function mendType(value: unknown, letter: string): string | undefined {
  if (value === null || (value === undefined && letter === 'm')) return 'the value is missing; give it a default';
  switch (letter) {
    case 's':
      return isList(value) || isDict(value) ? 'write it as text with toYaml or toJson' : 'make it a text with toString';
    case 'i':
      return 'make it an integer with int';
    case 'f':
      return 'make it a float with float64';
    default:
      return undefined;
  }
}
