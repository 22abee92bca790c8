// How Helm's templates print a value, and what a YAML reader makes of the printed text.
import { formatFloat } from './template/float';
import { print } from './template/print';

/** Go's truth: false, 0, "", nil, empty lists and empty maps are false. */
export function isTrue(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '' || value === 0 || value === 0n) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) return Object.keys(value).length > 0;
  return true;
}

/**
 * `{{ x }}` in quotes or piped to `quote`: the text that Go prints, `map[a:1]` for a map. Nothing for
 * nil. Numbers of a values file are floating point in Helm: 1000000 prints as 1e+06.
 */
export function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatFloat(value, 'g');
  return typeof value === 'object' ? print(value) : String(value);
}

/** The text of a scalar as `toYaml` prints it: a number without an exponent, unless it is very large. */
export const yamlScalar = (value: unknown): string => (typeof value === 'number' ? String(value) : text(value));

/** A bare `{{ x }}` where Kubernetes takes a string: text without white space around it, or nothing at all for an empty one. */
export function plainText(value: unknown): string | undefined {
  const printed = text(value).trim();
  return printed === '' ? undefined : printed;
}

/** A bare `{{ x }}` where any scalar may stand: what a YAML reader makes of the text; undefined for an empty one. */
export function plain(value: unknown): string | number | boolean | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  const printed = text(value).trim();
  if (/^(true|True|TRUE|yes|Yes|YES|on|On|ON)$/.test(printed)) return true;
  if (/^(false|False|FALSE|no|No|NO|off|Off|OFF)$/.test(printed)) return false;
  if (/^(|null|Null|NULL|~)$/.test(printed)) return undefined;
  if (/^[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$/.test(printed)) return Number(printed);
  return printed;
}

/** `int64`: a whole number of a number or of text as Go reads it (`0x10`, `010` is 8, `2.0` is 2), and 0 for what is none. */
export function integer(value: unknown): number {
  if (typeof value !== 'string') {
    const number = Number(value ?? 0);
    return Number.isFinite(number) ? Math.trunc(number) : 0;
  }
  const match = /^([-+]?)(0[xob][0-9a-f]+|[0-9]+)(?:\.0+)?$/i.exec(value);
  if (!match) return 0;
  const digits = match[2] ?? '';
  const whole = Number(/^0[0-9]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return Number.isNaN(whole) ? 0 : whole * (match[1] === '-' ? -1 : 1);
}

/** `with`: the value when Go takes it as true, else undefined. */
export function filled<T>(value: T | undefined): T | undefined {
  return isTrue(value) ? value : undefined;
}
