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

export interface NameFault {
  /** To stand behind "its name". */
  readonly message: string;
  /** A shorter one would do. */
  readonly isLong: boolean;
}

/** Why a server refuses the object's name; undefined when it takes it. */
export function nameFault({ kind, metadata: { name } }: KubeObject): NameFault | undefined {
  if (FREE.has(kind)) return /[/%]/.test(name) ? { message: 'may hold neither / nor %', isLong: false } : undefined;
  const { shape, words, length } = RULES[kind] ?? DNS_RULE;
  if (!shape.test(name)) return { message: `must be ${words}`, isLong: false };
  return name.length > length ? { message: `has ${name.length} characters, and a ${kind} may have ${length}`, isLong: true } : undefined;
}

/** The first of its labels whose value a server refuses. */
export const labelFault = ({ metadata: { labels } }: KubeObject): readonly [key: string, value: string] | undefined =>
  (Object.entries(labels ?? {}) as [string, unknown][])
    .filter((label): label is [string, string] => typeof label[1] === 'string')
    .find(([, value]) => !isLabelValue(value));
