// The order in which Go's YAML library prints the keys of a map (go.yaml.in/yaml/v2, sorter.go).

const LETTER = /^\p{L}$/u;
const DIGIT = /^\p{Nd}$/u;

/** Letters by their code, runs of digits by their number, anything else before letters. */
export function compareKeys(left: string, right: string): number {
  if (left === right) return 0;
  return (isLessAtOnce(left, right) ?? isLess([...left], [...right])) ? -1 : 1;
}

/** Where the first characters that differ are a letter and something of ASCII, as nearly always. */
function isLessAtOnce(left: string, right: string): boolean | undefined {
  const shorter = Math.min(left.length, right.length);
  let at = 0;
  while (at < shorter && left.charCodeAt(at) === right.charCodeAt(at)) at++;
  if (at === shorter) return left.length < right.length;
  const [one, other] = [left.charCodeAt(at), right.charCodeAt(at)];
  if (one > 0x7f || other > 0x7f) return undefined;
  const [isLetter, isOtherLetter] = [isAsciiLetter(one), isAsciiLetter(other)];
  if (isLetter && isOtherLetter) return one < other;
  return isLetter || isOtherLetter ? isOtherLetter : undefined;
}

const isAsciiLetter = (unit: number): boolean => (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a;

function isLess(left: readonly string[], right: readonly string[]): boolean {
  for (let at = 0; at < left.length && at < right.length; at++) {
    const [one, other] = [left[at]!, right[at]!];
    if (one === other) continue;
    const [isLetter, isOtherLetter] = [LETTER.test(one), LETTER.test(other)];
    if (isLetter && isOtherLetter) return code(one) < code(other);
    if (isLetter || isOtherLetter) return isOtherLetter;
    // A zero after other digits is one of them, not the start of a number.
    const start = one === '0' || other === '0' ? startOfNumber(left, at) : 0n;
    const [number, end] = readNumber(left, at, start);
    const [otherNumber, otherEnd] = readNumber(right, at, start);
    if (number !== otherNumber) return number < otherNumber;
    if (end !== otherEnd) return end < otherEnd;
    return code(one) < code(other);
  }
  return left.length < right.length;
}

function startOfNumber(text: readonly string[], at: number): bigint {
  for (let before = at - 1; before >= 0 && DIGIT.test(text[before]!); before--) if (text[before] !== '0') return 1n;
  return 0n;
}

/** The digits from a place on as Go's wrapping int64, and where they end. */
function readNumber(text: readonly string[], from: number, start: bigint): [bigint, number] {
  let number = start;
  let at = from;
  for (; at < text.length && DIGIT.test(text[at]!); at++) number = BigInt.asIntN(64, number * 10n + BigInt(code(text[at]!) - 0x30));
  return [number, at];
}

const code = (character: string): number => character.codePointAt(0)!;
