// Names and labels, as a Kubernetes API server takes them.

const PART = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
/** A DNS label, whatever its length: part of nearly every name. */
export const LABEL = new RegExp(`^${PART}$`);
/** DNS labels with dots between them. */
export const DNS_NAME = new RegExp(`^${PART}(\\.${PART})*$`);
export const LABEL_RULE = 'lower case letters, digits and dashes, with a letter or digit at both ends';

/** A DNS label, which is the name of a Namespace or a Service. @param length @default 63 */
export const isDnsLabel = (name: string, length = 63): boolean => name.length <= length && LABEL.test(name);

/** What is wrong with a DNS label of at most that many characters, to stand behind it; undefined for nothing. */
export const labelFault = (name: string, length: number): string | undefined =>
  isDnsLabel(name, length)
    ? undefined
    : `must be lower case letters, digits and dashes, begin and end with a letter or digit, and have at most ${length} characters`;

/** DNS labels with dots between them, together at most 253 characters. */
export const isDnsName = (name: string): boolean => name.length <= 253 && DNS_NAME.test(name);

const LABEL_PART = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** `NAME` or `DOMAIN/NAME`. */
export function isLabelKey(key: string): boolean {
  const [name = '', prefix, ...rest] = key.split('/').toReversed();
  return rest.length === 0 && LABEL_PART.test(name) && (prefix === undefined || isDnsName(prefix));
}

export const isLabelValue = (value: string): boolean => value === '' || LABEL_PART.test(value);
