// How Helm's reader turns keys that are not strings into strings: `on: 1` has the key "true", `1e3: 1` the key "1000".
import { formatFloat } from '../template/float';
import { type Scalar, MAX_INT64, ScalarError } from './resolve';

/**
 * The text of a key. Float keys are printed with 32 bits, an oddity of sigs.k8s.io/yaml.
 * @throws ScalarError for what cannot be a key
 */
export function keyText(key: Scalar): string {
  switch (key.kind) {
    case 'null':
      throw new ScalarError('a key must not be null; quote it if it is text');
    case 'str':
      return key.value;
    case 'bool':
      return key.value ? 'true' : 'false';
    case 'int':
      if (key.exact > MAX_INT64) throw new ScalarError(`the key ${key.exact} is too large for an integer; quote it`);
      return key.exact.toString();
    case 'float':
      return floatText(key.value);
  }
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf';
  return formatFloat(shortestSingle(single), 'g');
}

/** The number with the fewest digits that is the same float32. */
function shortestSingle(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}
