// Semantic versions as Helm's `semver` and `semverCompare` read them (Masterminds semver 3.4).
import { Failure } from './errors';

const IDENTIFIERS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const VERSION = new RegExp(`^v?([0-9]+)(?:\\.([0-9]+))?(?:\\.([0-9]+))?(?:-(${IDENTIFIERS}))?(?:\\+(${IDENTIFIERS}))?$`);

export class SemanticVersion {
  private constructor(
    readonly original: string,
    readonly major: bigint,
    readonly minor: bigint,
    readonly patch: bigint,
    readonly prerelease: string,
    readonly metadata: string,
  ) {}

  static parse(text: string): SemanticVersion {
    const match = VERSION.exec(text);
    if (match === null) {
      throw new Failure(`${JSON.stringify(text)} is not a semantic version`, 'write it as in 1.2.3 or v1.2.3-rc.1');
    }
    const [, major = '0', minor = '0', patch = '0', prerelease = '', metadata = ''] = match;
    if (prerelease.split('.').some((part) => /^0[0-9]+$/.test(part))) {
      throw new Failure(`${JSON.stringify(text)} is not a semantic version: a part of its prerelease starts with 0`);
    }
    return new SemanticVersion(text, BigInt(major), BigInt(minor), BigInt(patch), prerelease, metadata);
  }

  toString(): string {
    const prerelease = this.prerelease === '' ? '' : `-${this.prerelease}`;
    const metadata = this.metadata === '' ? '' : `+${this.metadata}`;
    return `${this.major}.${this.minor}.${this.patch}${prerelease}${metadata}`;
  }

  compare(other: SemanticVersion): number {
    for (const part of ['major', 'minor', 'patch'] as const) {
      if (this[part] !== other[part]) return this[part] < other[part] ? -1 : 1;
    }
    return comparePrerelease(this.prerelease, other.prerelease);
  }
}

/** A version without a prerelease comes after one with it; numbers come before words. */
function comparePrerelease(left: string, right: string): number {
  if (left === right) return 0;
  if (left === '') return 1;
  if (right === '') return -1;
  const [lefts, rights] = [left.split('.'), right.split('.')];
  for (let index = 0; index < Math.max(lefts.length, rights.length); index += 1) {
    const [a, b] = [lefts[index], rights[index]];
    if (a === b) continue;
    if (a === undefined) return -1;
    if (b === undefined) return 1;
    const [aIsNumber, bIsNumber] = [/^[0-9]+$/.test(a), /^[0-9]+$/.test(b)];
    if (aIsNumber && bIsNumber) {
      if (BigInt(a) !== BigInt(b)) return BigInt(a) < BigInt(b) ? -1 : 1;
    } else if (aIsNumber !== bIsNumber) {
      return aIsNumber ? -1 : 1;
    } else {
      return a < b ? -1 : 1;
    }
  }
  return 0;
}

const OPERATORS = '(=|!=|>=|=>|<=|=<|~>|>|<|~|\\^|)';
const PATTERN = `v?([0-9xX*|]+)(?:\\.([0-9xX*|]+))?(?:\\.([0-9xX*|]+))?(?:-(${IDENTIFIERS}))?(?:\\+(?:${IDENTIFIERS}))?`;
const CONSTRAINT = new RegExp(`^\\s*${OPERATORS}\\s*(${PATTERN})\\s*`);
const RANGE = new RegExp(`\\s*(${PATTERN})\\s+-\\s+(${PATTERN})\\s*`, 'g');

interface Constraint {
  readonly operator: string;
  readonly version: SemanticVersion;
  /** The part from which on any number will do: `1.x` has any minor. */
  readonly open: 'major' | 'minor' | 'patch' | undefined;
}

/** Whether the version meets the constraint: `>=1.2 <2 || ^3`. */
export function meets(constraint: string, version: SemanticVersion): boolean {
  // RANGE has five groups for each side: the whole and its four parts.
  const spelled = constraint.replace(RANGE, (_range, from: string, ...rest: string[]) => `>= ${from}, <= ${rest[4]} `);
  const alternatives = spelled.split('||').map((part) => parseAll(part, constraint));
  return alternatives.some((constraints) => {
    // A prerelease is only ever meant by a constraint that names one.
    const wantsPrereleases = constraints.some((each) => each.version.prerelease !== '');
    if (version.prerelease !== '' && !wantsPrereleases) return false;
    return constraints.every((each) => check(each, version));
  });
}

function parseAll(part: string, whole: string): Constraint[] {
  const constraints: Constraint[] = [];
  let rest = part;
  while (rest !== '' || constraints.length === 0) {
    const match = CONSTRAINT.exec(rest);
    const separated = constraints.length === 0 || /^[\s,]/.test(rest) || /\s$/.test(part.slice(0, part.length - rest.length));
    if (match === null || !separated) {
      throw new Failure(`${JSON.stringify(whole)} is not a version constraint`, 'write it as in ">=1.2.0 <2.0.0 || ^3.1"');
    }
    constraints.push(parseOne(match, whole));
    rest = rest.slice(match[0].length).replace(/^,/, '');
    if (rest === '' && part.trimEnd().endsWith(',')) {
      throw new Failure(`${JSON.stringify(whole)} is not a version constraint`, 'take away the comma at its end');
    }
  }
  return constraints;
}

function parseOne(match: RegExpExecArray, whole: string): Constraint {
  const [, operator = '', , major, minor, patch, prerelease] = match;
  const open = isOpen(major) ? 'major' : isOpen(minor) ? 'minor' : isOpen(patch) ? 'patch' : undefined;
  const numbers = [open === 'major' ? '0' : major, open === 'major' || open === 'minor' ? '0' : minor, open === undefined ? patch : '0'];
  if (!numbers.every((number) => number !== undefined && /^[0-9]+$/.test(number))) {
    throw new Failure(`${JSON.stringify(whole)} is not a version constraint`);
  }
  const suffix = prerelease === undefined ? '' : `-${prerelease}`;
  return { operator, version: SemanticVersion.parse(numbers.join('.') + suffix), open };
}

function isOpen(part: string | undefined): boolean {
  return part === undefined || part === 'x' || part === 'X' || part === '*';
}

function check({ operator, version: wanted, open }: Constraint, version: SemanticVersion): boolean {
  const order = version.compare(wanted);
  switch (operator) {
    case '!=':
      return isOther(wanted, open, version, order);
    case '>':
      return isAfter(wanted, open, version, order);
    case '<':
      return order < 0;
    case '>=':
    case '=>':
      return order >= 0;
    case '<=':
    case '=<':
      if (open === undefined) return order <= 0;
      if (version.major > wanted.major) return false;
      // An open minor is neither filled by `<=1.x` nor, as Masterminds has it, by `<=*`.
      return !(version.major === wanted.major && version.minor > wanted.minor && open !== 'minor');
    case '^':
      return order >= 0 && isCompatible(wanted, open, version);
    case '~':
    case '~>':
      return isNear(wanted, open, version, order);
    default:
      return open === undefined ? order === 0 : isNear(wanted, open, version, order);
  }
}

function isOther(wanted: SemanticVersion, open: Constraint['open'], version: SemanticVersion, order: number): boolean {
  if (open === undefined) return order !== 0;
  if (wanted.major !== version.major) return true;
  if (open === 'minor') return false;
  if (wanted.minor !== version.minor) return true;
  if (open === 'patch') return comparePrerelease(version.prerelease, wanted.prerelease) !== 0;
  return wanted.patch !== version.patch || order !== 0;
}

function isAfter(wanted: SemanticVersion, open: Constraint['open'], version: SemanticVersion, order: number): boolean {
  if (open === undefined || version.major !== wanted.major) return order > 0 && (open === undefined || version.major > wanted.major);
  if (open === 'minor') return false;
  if (open === 'patch') return version.minor > wanted.minor;
  return order > 0;
}

function isNear(wanted: SemanticVersion, open: Constraint['open'], version: SemanticVersion, order: number): boolean {
  if (order < 0) return false;
  const isZero = wanted.major === 0n && wanted.minor === 0n && wanted.patch === 0n;
  if (isZero && open !== 'minor' && open !== 'patch') return true;
  if (version.major !== wanted.major) return false;
  return version.minor === wanted.minor || open === 'minor';
}

function isCompatible(wanted: SemanticVersion, open: Constraint['open'], version: SemanticVersion): boolean {
  if (version.major !== wanted.major) return false;
  if (wanted.major > 0n || open === 'minor') return true;
  if (version.minor !== wanted.minor) return false;
  return wanted.minor > 0n || open === 'patch' || version.patch === wanted.patch;
}
