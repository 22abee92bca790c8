// Texts that a release refuses: what a text must look like to be taken, so that Helm refuses the others, too.

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const PART = '[a-z0-9]([-a-z0-9._]*[a-z0-9])?';

/** Patterns by name, each narrower than those before it in what it is for. The first that has none of what is refused is the rule. */
const RULES = {
  unspaced: '^\\S*$',
  path: '^/\\S*$',
  url: '^https?://[-A-Za-z0-9.:/_]+$',
  key: '^[-._A-Za-z0-9]+$',
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
} as const;

export type Rule = keyof typeof RULES;

export const patternOf = (rule: Rule): string => RULES[rule];
export const ruleNames = Object.keys(RULES) as readonly Rule[];

/** Of a value that takes these, all texts are taken as they are. */
export const SUSPECT = ['-Bad_ text/%', 'bWFya2Vy', 'x'] as const;

const TEXTS = [
  ...SUSPECT,
  ...['Upper', 'under_score', '_x', '-dash', 'dash-', 'dot.ted', '.x', 'a..b', 'two words', '/path', 'a/b', 'a:1', 'a@b', 'a%b', 'a/B'],
  ...['https://a.example', 'ftp://a', '12', '0', '01', '999', '9999', '59999', '70000', '1.5', '25%', '1Mi', '10Mi', '5m'],
] as const;

/** @returns undefined where nothing is refused, or what is taken was not found out */
export function ruleOf(isRefused: (text: string) => boolean): Rule | undefined {
  if (!SUSPECT.some(isRefused)) return undefined;
  const refused = TEXTS.filter(isRefused);
  return ruleNames.find((rule) => !refused.some((text) => new RegExp(RULES[rule]).test(text)));
}
