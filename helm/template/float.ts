// Floats as Go prints them (strconv.FormatFloat): exact decimals, rounded half to even.

/** The exact digits of a finite float: `digits` × 10^-scale. */
function exact(value: number): { digits: bigint; scale: number } {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, Math.abs(value));
  const raw = bits.getBigUint64(0);
  const exponentBits = Number(raw >> 52n);
  const fraction = raw & 0xfffffffffffffn;
  const mantissa = exponentBits === 0 ? fraction : fraction | 0x10000000000000n;
  const exponent = (exponentBits === 0 ? 1 : exponentBits) - 1075;
  if (exponent >= 0) return { digits: mantissa << BigInt(exponent), scale: 0 };
  return { digits: mantissa * 5n ** BigInt(-exponent), scale: -exponent };
}

function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const twice = (dividend % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

/** `%.Nf` without a sign. */
function fixed(value: number, precision: number): string {
  const { digits, scale } = exact(value);
  const shift = precision - scale;
  const rounded = shift >= 0 ? digits * 10n ** BigInt(shift) : roundedQuotient(digits, 10n ** BigInt(-shift));
  const text = rounded.toString().padStart(precision + 1, '0');
  return precision === 0 ? text : `${text.slice(0, -precision)}.${text.slice(-precision)}`;
}

/** The value as `count` significant digits and its decimal exponent. */
function significant(value: number, count: number): { digits: string; exponent: number } {
  if (value === 0) return { digits: '0'.repeat(count), exponent: 0 };
  const { digits, scale } = exact(value);
  const all = digits.toString();
  const exponent = all.length - 1 - scale;
  if (all.length <= count) return { digits: all.padEnd(count, '0'), exponent };
  const rounded = roundedQuotient(digits, 10n ** BigInt(all.length - count)).toString();
  return rounded.length > count ? { digits: rounded.slice(0, count), exponent: exponent + 1 } : { digits: rounded, exponent };
}

/** The fewest digits that read back as the same float; JavaScript and Go agree on them. */
function shortest(value: number): { digits: string; exponent: number } {
  const [mantissa = '0', exponent = '0'] = Math.abs(value).toExponential().split('e');
  return { digits: mantissa.replace('.', ''), exponent: Number(exponent) };
}

function scientific({ digits, exponent }: { digits: string; exponent: number }): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  const size = Math.abs(exponent).toString().padStart(2, '0');
  return `${digits.charAt(0)}${fraction}e${exponent < 0 ? '-' : '+'}${size}`;
}

function plain({ digits, exponent }: { digits: string; exponent: number }): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** `%e`, `%f` or `%g` of a float with its sign; without a precision the shortest form that keeps the value. */
export function formatFloat(value: number, verb: 'e' | 'f' | 'g', precision?: number): string {
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return sign + unsigned(value, verb, precision);
}

function unsigned(value: number, verb: 'e' | 'f' | 'g', precision: number | undefined): string {
  if (verb === 'f') return precision === undefined ? plain(shortest(value)) : fixed(value, precision);
  if (verb === 'e') return scientific(precision === undefined ? shortest(value) : significant(value, precision + 1));
  const wanted = precision === 0 ? 1 : precision;
  const parts = wanted === undefined ? shortest(value) : significant(value, wanted);
  const digits = parts.digits.replace(/(?<=.)0+$/, '');
  const trimmed = { digits, exponent: parts.exponent };
  // The shortest form turns to an exponent where six digits would not do: 5000000 prints as 5e+06.
  const limit = wanted ?? 6;
  return parts.exponent < -4 || parts.exponent >= limit ? scientific(trimmed) : plain(trimmed);
}
