// Texts that a release refuses: what a text must look like to be taken, so that Helm refuses the others, too.

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const PART = '[a-z0-9]([-a-z0-9._]*[a-z0-9])?';

/** Patterns by name, each narrower than those before it in what it is for. The first that has none of what is refused is the rule. */
const RULES = {
  unspaced: '^\\S*$',
  path: '^/\\S*$',
  url: '^https?://[-A-Za-z0-9.:/_]+$',
  key: '^[-._A-Za-z0-9]{1,253}$',
  variable: '^[-._A-Za-z][-._A-Za-z0-9]*$',
  tag: '^[A-Za-z0-9_][-A-Za-z0-9_.]{0,127}$',
  labelValue: '^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$',
  image: `^${PART}(:[0-9]+)?(/${PART})*$`,
  hostName: `^${LABEL}(\\.${LABEL})*$`,
  label: `^${LABEL}$`,
  quantity: '^[0-9]+(\\.[0-9]+)?(m|[kMGTPE]|[KMGTPE]i)?$',
  amount: '^[1-9][0-9]*(\\.[0-9]+)?([kMGTPE]|[KMGTPE]i)?$',
  share: '^([1-9][0-9]{0,3}|[1-9][0-9]?%)$',
  port: '^([1-9][0-9]{0,3}|[1-5][0-9]{4})$',
  whole: '^[1-9][0-9]{0,2}$',
  digest: '^sha256:[a-f0-9]{64}$',
} as const;

/** Largest number that is written without an exponent. */
const MOST = 999_999;
/** Largest numbers that have some of these patterns. */
const LARGEST: Partial<Record<Rule, number>> = { share: 9999, port: 59_999, whole: 999 };

/** Largest number in place of a text that has rules. */
export const mostOf = (has: (rule: Rule) => boolean): number =>
  Math.min(MOST, ...ruleNames.filter(has).map((rule) => LARGEST[rule] ?? MOST));

/** `later`: a version that is not before the one that is the default. */
export type Rule = keyof typeof RULES | 'later';

/** The patterns of rules. @param byDefault the text's default, which some of them are about */
export const patternsOf = (has: (rule: Rule) => boolean, byDefault: unknown): readonly string[] => [
  ...ruleNames.filter(has).map((rule) => RULES[rule]),
  ...(has('later') ? [laterThan(versionOf(byDefault))] : []),
];
const ruleNames = Object.keys(RULES) as readonly (keyof typeof RULES)[];

/** Of a value that takes these, all texts are taken as they are. */
export const SUSPECT = ['-Bad_ text/%', 'bWFya2Vy', 'x'] as const;

const TEXTS = [
  ...SUSPECT,
  ...['Upper', 'under_score', '_x', '-dash', 'dash-', 'dot.ted', '.x', 'a..b', 'two words', '/path', 'a/b', 'a:1', 'a@b', 'a%b', 'a/B'],
  ...['https://a.example', 'ftp://a', '12', '0', '01', '999', '9999', '59999', '70000', '1.5', '25%', '1Mi', '10Mi', '5m'],
  `sha256:${'0a'.repeat(32)}`,
] as const;

/** @returns undefined where nothing is refused, or what is taken was not found out */
export function ruleOf(isRefused: (text: string) => boolean): Rule | undefined {
  if (!SUSPECT.some(isRefused)) return undefined;
  const refused = TEXTS.filter(isRefused);
  return ruleNames.find((rule) => !refused.some((text) => new RegExp(RULES[rule]).test(text)));
}

/**
 * The narrowest rule that has all texts which are taken, where some are refused for more than what they look like.
 * @param isRefused beside some values
 * @param isNeverTaken whatever it is beside
 */
export function ruleFor(isRefused: (text: string) => boolean, isNeverTaken = isRefused): Rule | undefined {
  if (!SUSPECT.some(isRefused)) return undefined;
  const taken = [...TEXTS, ...LARGE_AMOUNTS].filter((text) => !isNeverTaken(text));
  return (
    ruleOf(isRefused) ??
    (taken.length ? ruleNames.findLast((rule) => taken.every((text) => new RegExp(RULES[rule]).test(text))) : undefined)
  );
}
const LARGE_AMOUNTS = ['100', '9000m', '900Gi', '9000Gi'];

interface Version {
  /** Such as v. */
  readonly prefix: string;
  readonly numbers: readonly [major: number, minor: number, patch: number];
}

/** @throws Error when the text is none */
function versionOf(text: unknown): Version {
  const [, prefix = '', ...numbers] = VERSION.exec(String(text)) ?? [];
  if (!numbers.length) throw new Error(`${String(text)} is no version`);
  return { prefix, numbers: numbers.map(Number) as unknown as Version['numbers'] };
}
const VERSION = /^(v?)(\d+)\.(\d+)\.(\d+)$/;

/** Later versions to try, the default first; undefined of a text that is none. */
export function laterVersions(byDefault: unknown): readonly string[] | undefined {
  if (!VERSION.test(String(byDefault))) return undefined;
  const {
    prefix,
    numbers: [major, minor, patch],
  } = versionOf(byDefault);
  const all = [
    [major, minor, patch],
    [major, minor, patch + 1],
    [major, minor, patch + 100],
    [major, minor + 1, 0],
    [major, minor + 10, 3],
    [major + 1, 0, 0],
    [major + 10, 1, 0],
    [major + 1000, 1, 10],
  ];
  return all.map((numbers) => `${prefix}${numbers.join('.')}`);
}

const laterThan = ({ prefix, numbers: [major, minor, patch] }: Version): string =>
  `^${prefix}(${major}\\.(${minor}\\.${least(patch)}|${least(minor + 1)}\\.[0-9]+)|${least(major + 1)}\\.[0-9]+\\.[0-9]+)$`;

/** Whole numbers from one on, as a pattern. */
function least(number: number): string {
  const digits = String(number);
  const larger = [...digits].flatMap((digit, place) =>
    digit === '9' ? [] : [`${digits.slice(0, place)}[${Number(digit) + 1}-9]${'[0-9]'.repeat(digits.length - place - 1)}`],
  );
  return `(${[digits, ...larger, `[1-9][0-9]{${digits.length},}`].join('|')})`;
}
