// Formats that a Kubernetes API server checks: names, labels, quantities, numbers of pods.

/** A DNS label: part of nearly every name. */
export const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** DNS labels with dots between them. */
export const DNS_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
export const LABEL_RULE = 'lower case letters, digits and dashes, with a letter or digit at both ends';

const LABEL_PART = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** `NAME` or `DOMAIN/NAME`. */
export function isLabelKey(key: string): boolean {
  const [name = '', prefix, ...rest] = key.split('/').toReversed();
  return rest.length === 0 && LABEL_PART.test(name) && (prefix === undefined || (DNS_NAME.test(prefix) && prefix.length <= 253));
}

export const isLabelValue = (value: string): boolean => value === '' || LABEL_PART.test(value);

const SCALES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** `500m`, `1.5Gi`, `1e3` as a number; undefined for what is no quantity, or a negative one. */
export function quantity(text: string): number | undefined {
  const match = /^\+?(\d+\.?\d*|\.\d+)(?:([KMGTPE]i|[numkMGTPE]?)|[eE]([-+]?\d+))$/.exec(text);
  if (!match) return undefined;
  const [, digits = '', suffix = '', exponent = '0'] = match;
  return Number(digits) * (SCALES[suffix] ?? 1) * 10 ** Number(exponent);
}

/** Text that is a whole number from 0, as YAML and JSON readers agree on it. */
export const isWholeText = (text: string): boolean => /^(0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text));
