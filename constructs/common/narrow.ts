// Integers of `--set`, for components that do not care.

/** From here on Go prints a float64 with an exponent, and an int64 without: larger ones stay apart. */
const FIRST_EXPONENT = 1_000_000n;

/**
 * Templates tell an int64 of `--set` from a float64; components need not where both
 * print the same. Data without one is shared, not copied.
 */
export function narrow(value: unknown): unknown {
  if (typeof value === 'bigint') return value < FIRST_EXPONENT && value > -FIRST_EXPONENT ? Number(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  let out: object = value;
  for (const [key, item] of Object.entries(value)) {
    const narrowed = narrow(item);
    if (narrowed === item) continue;
    if (out === value) out = Array.isArray(value) ? [...value] : { ...value };
    Object.defineProperty(out, key, { value: narrowed, writable: true, enumerable: true, configurable: true });
  }
  return out;
}

/** Whether data holds an integer of `--set`. */
export const hasInteger = (value: unknown): boolean =>
  typeof value === 'bigint' || (typeof value === 'object' && value !== null && Object.values(value).some(hasInteger));

/** Data as JSON, where integers of `--set` are told from other numbers; empty for nothing. */
export function jsonOf(data: unknown): string {
  try {
    return JSON.stringify(data) ?? '';
  } catch {
    return JSON.stringify(data, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
  }
}
