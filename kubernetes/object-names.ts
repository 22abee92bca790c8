// What a server asks of the names and labels of objects, by kind.
import { DNS_NAME, isLabelValue, LABEL, LABEL_RULE } from './names';
import type { KubeObject } from './object';

interface Rule {
  readonly shape: RegExp;
  /** What the shape asks for, to stand behind "must be". */
  readonly words: string;
  readonly length: number;
}

const DNS_RULE: Rule = { shape: DNS_NAME, words: `${LABEL_RULE}, dots between such parts`, length: 253 };
const LABEL_NAME: Rule = { shape: LABEL, words: LABEL_RULE, length: 63 };
const RULES: Readonly<Record<string, Rule>> = {
  Namespace: LABEL_NAME,
  Service: LABEL_NAME,
  // Their pods bear the name with a hash behind it as a label.
  StatefulSet: { ...LABEL_NAME, length: 52 },
  // Their Jobs have a number of up to 11 characters behind the name.
  CronJob: { ...DNS_RULE, length: 52 },
};
/** Any text that can stand in a path of the API. */
const FREE = new Set(['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding']);

/** Why a server refuses the object's name, to stand behind it; undefined when it takes it. */
export function nameFault({ kind, metadata: { name } }: KubeObject): string | undefined {
  if (FREE.has(kind)) return /[/%]/.test(name) ? 'may hold neither / nor %' : undefined;
  const { shape, words, length } = RULES[kind] ?? DNS_RULE;
  if (name.length > length) return `has ${name.length} characters, and a ${kind} may have ${length}`;
  return shape.test(name) ? undefined : `must be ${words}`;
}

/** The first of its labels whose value a server refuses. */
export const labelFault = ({ metadata: { labels } }: KubeObject): readonly [key: string, value: string] | undefined =>
  (Object.entries(labels ?? {}) as [string, unknown][])
    .filter((label): label is [string, string] => typeof label[1] === 'string')
    .find(([, value]) => !isLabelValue(value));
