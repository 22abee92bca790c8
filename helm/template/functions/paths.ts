// Paths, URLs and durations. Helm's os… functions are those of the machine it runs on; here they are Linux'.
import { Failure } from '../errors';
import { parseUrl, urlText } from '../url';
import { getKey, hasKey, isDict, newDict, setKey, typeOf, type Dict } from '../values';
import { define, type FunctionTable } from './define';

const base = define('s', (path) => {
  if (path === '') return '.';
  const trimmed = path.replace(/\/+$/, '');
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1);
});
const dir = define('s', (path) => clean(path.slice(0, path.lastIndexOf('/') + 1)));
const ext = define('s', (path) => /\.[^./]*$/.exec(path)?.[0] ?? '');
const isAbs = define('s', (path) => path.startsWith('/'));

export const paths: FunctionTable = {
  base,
  dir,
  clean: define('s', clean),
  ext,
  isAbs,
  osBase: base,
  osDir: dir,
  osClean: define('s', clean),
  osExt: ext,
  osIsAbs: isAbs,
  urlParse: define('s', (text) => {
    const result = newDict();
    for (const [key, value] of Object.entries(parseUrl(text))) setKey(result, key, value);
    return result;
  }),
  urlJoin: define('m', (parts) =>
    urlText({
      scheme: part(parts, 'scheme'),
      opaque: part(parts, 'opaque'),
      userinfo: part(parts, 'userinfo'),
      host: part(parts, 'host'),
      path: part(parts, 'path'),
      query: part(parts, 'query'),
      fragment: part(parts, 'fragment'),
    }),
  ),
  duration: define('a', (value) => durationText(seconds(value) * 1_000_000_000n)),
  durationRound: define('a', (value) =>
    roundedDuration(typeof value === 'bigint' ? value : typeof value === 'string' ? nanoseconds(value) : 0n),
  ),
};

/** Go's path.Clean. */
function clean(path: string): string {
  const isRooted = path.startsWith('/');
  const parts: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') parts.push(name);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!isRooted) parts.push(name);
  }
  const text = (isRooted ? '/' : '') + parts.join('/');
  return text === '' ? '.' : text;
}

function part(parts: Dict, key: string): string {
  const value = hasKey(parts, key) ? getKey(parts, key) : '';
  if (typeof value === 'string') return value;
  throw new Failure(`unable to parse ${key} key, must be of type string, but ${isDict(value) ? 'map' : typeOf(value)} found`);
}

function seconds(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  return typeof value === 'string' && /^[+-]?\d{1,18}$/.test(value) ? BigInt(value.replace(/^\+/, '')) : 0n;
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  '\u00b5s': 1000n,
  '\u03bcs': 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Go's time.ParseDuration; 0 for what is none. */
function nanoseconds(text: string): bigint {
  const match = /^([+-]?)((?:\d+\.?\d*|\.\d+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+$/.exec(text);
  if (match === null) return 0n;
  let total = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(/(\d*)\.?(\d*)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/g)) {
    const size = UNITS[unit] ?? 0n;
    total += BigInt(whole === '' ? '0' : whole) * size + (BigInt(fraction === '' ? '0' : fraction) * size) / 10n ** BigInt(fraction.length);
  }
  return match[1] === '-' ? -total : total;
}

/** Go's Duration.String for whole seconds. */
function durationText(duration: bigint): string {
  const total = BigInt.asIntN(64, duration);
  const whole = (total < 0n ? -total : total) / 1_000_000_000n;
  const [hours, minutes, rest] = [whole / 3600n, (whole / 60n) % 60n, whole % 60n];
  const text = hours > 0n ? `${hours}h${minutes}m${rest}s` : minutes > 0n ? `${minutes}m${rest}s` : `${rest}s`;
  return total < 0n ? `-${text}` : text;
}

const HOUR = UNITS['h'] ?? 1n;
const LARGE_UNITS: readonly (readonly [bigint, string])[] = [
  [HOUR * 24n * 365n, 'y'],
  [HOUR * 24n * 30n, 'mo'],
  [HOUR * 24n, 'd'],
  [HOUR, 'h'],
  [HOUR / 60n, 'm'],
  [HOUR / 3600n, 's'],
];

function roundedDuration(duration: bigint): string {
  const size = duration < 0n ? -duration : duration;
  const unit = LARGE_UNITS.find(([length]) => size > length);
  return unit === undefined ? '0s' : `${size / unit[0]}${unit[1]}`;
}
