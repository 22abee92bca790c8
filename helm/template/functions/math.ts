// Arithmetic: on integers of 64 bits, and on floats through exact decimals as Sprig has it.
import { Failure } from '../errors';
import { define, type FunctionTable } from './define';
import { toFloat64, toInt64 } from './basics';

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);
const sum = (values: readonly unknown[]): bigint => values.reduce<bigint>((total, each) => wrap(total + toInt64(each)), 0n);
const largest = (values: readonly unknown[]): bigint => values.map(toInt64).reduce((left, right) => (right > left ? right : left));
const least = (values: readonly unknown[]): bigint => values.map(toInt64).reduce((left, right) => (right < left ? right : left));

export const math: FunctionTable = {
  add: define('a*', (...values) => sum(values)),
  add1: define('a', (value) => sum([value, 1])),
  sub: define('aa', (left, right) => wrap(toInt64(left) - toInt64(right))),
  mul: define('aa*', (value, ...others) => others.reduce<bigint>((product, each) => wrap(product * toInt64(each)), toInt64(value))),
  div: define('aa', (left, right) => wrap(toInt64(left) / divisor(right))),
  mod: define('aa', (left, right) => toInt64(left) % divisor(right)),
  max: define('aa*', (...values) => largest(values)),
  biggest: define('aa*', (...values) => largest(values)),
  min: define('aa*', (...values) => least(values)),
  addf: define('a*', (...values) => calculate(0, values, plus)),
  add1f: define('a', (value) => calculate(value, [1], plus)),
  subf: define('aa*', (value, ...others) => calculate(value, others, (left, right) => plus(left, { ...right, digits: -right.digits }))),
  mulf: define('aa*', (value, ...others) =>
    calculate(value, others, (left, right) => ({ digits: left.digits * right.digits, scale: left.scale + right.scale })),
  ),
  divf: define('aa*', (value, ...others) => calculate(value, others, quotient)),
  maxf: define('aa*', (...values) => Math.max(...values.map(toFloat64))),
  minf: define('aa*', (...values) => Math.min(...values.map(toFloat64))),
  ceil: define('a', (value) => Math.ceil(toFloat64(value))),
  floor: define('a', (value) => Math.floor(toFloat64(value))),
  round: define('aif*', (...[value, places, ...roundOn]: readonly unknown[]) =>
    round(toFloat64(value), Number(places), Number(roundOn[0] ?? 0.5)),
  ),
};

function divisor(value: unknown): bigint {
  const integer = toInt64(value);
  if (integer === 0n) throw new Failure('integer divide by zero');
  return integer;
}

function round(value: number, places: number, roundOn: number): number {
  const power = 10 ** places;
  const digit = power * value;
  const fraction = digit - Math.trunc(digit);
  return (fraction >= roundOn ? Math.ceil(digit) : Math.floor(digit)) / power;
}

/** An exact decimal: `digits` × 10^-scale. */
interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

function decimal(value: number): Decimal {
  if (!Number.isFinite(value)) throw new Failure(`cannot calculate with ${value}`);
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), scale: fraction.length - Number(exponent) };
}

function rescaled({ digits, scale }: Decimal, wanted: number): bigint {
  return digits * 10n ** BigInt(wanted - scale);
}

function plus(left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale);
  return { digits: rescaled(left, scale) + rescaled(right, scale), scale };
}

/** Sprig's decimals keep 16 places of a quotient, and round half away from zero. */
function quotient(left: Decimal, right: Decimal): Decimal {
  if (right.digits === 0n) throw new Failure('decimal division by 0');
  const places = 16;
  const scale = Math.max(left.scale, right.scale, 0);
  const dividend = rescaled(left, scale) * 10n ** BigInt(places);
  const by = rescaled(right, scale);
  const result = dividend / by;
  const remainder = dividend % by;
  const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
  const isUp = magnitude(remainder) * 2n >= magnitude(by);
  const sign = dividend < 0n === by < 0n ? 1n : -1n;
  return { digits: isUp ? result + sign : result, scale: places };
}

function calculate(start: unknown, values: readonly unknown[], operation: (left: Decimal, right: Decimal) => Decimal): number {
  const result = values.reduce<Decimal>((total, value) => operation(total, decimal(toFloat64(value))), decimal(toFloat64(start)));
  return Number(`${result.digits}e${-result.scale}`);
}
