// Secrets that only their neighbours tell: the argument after `--token`, the value beside a name. They are marked before two sides
// are compared, since afterwards the neighbours are out of sight.
import { yamlScalar } from '../../../helm/print';
import { setKey } from '../../../helm/yaml/values';
import { isPlain } from '../objects';
import { isSecretName } from '../../../constructs/common/hide/names';
import { HIDDEN, isHarmless } from '../../../constructs/common/hide/text';

/** Of the private use area: no manifest has them. */
const [BEGIN, END] = ['\uE000', '\uE001'];
const MARKED = new RegExp(`${BEGIN}[^${END}]*(?:${END}|$)`, 'g');

export const hideMarked = (text: string): string => text.replaceAll(MARKED, HIDDEN);

const mark = (value: unknown): unknown => {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return value;
  const text = yamlScalar(value);
  return text === '' || isHarmless(text) ? value : `${BEGIN}${text}${END}`;
};

/** The same data; marked values are equal when the values are. */
export function markSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item, index) => (follows(value.slice(0, index), item) ? mark(item) : markSecrets(item)));
  if (!isPlain(value)) return value;
  const isSecret = [value['name'], value['key']].some((name) => typeof name === 'string' && isSecretName(name));
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) setKey(out, key, isSecret && key === 'value' ? mark(item) : markSecrets(item));
  return out;
}

/** Whether an argument is what a secret flag before it asks for. */
function follows(earlier: readonly unknown[], item: unknown): boolean {
  const flag = earlier.at(-1);
  if (typeof flag !== 'string' || (typeof item === 'string' && item.startsWith('--')) || flag.includes('=')) return false;
  if (/^(-u|--user|--proxy-user)$/.test(flag)) return typeof item === 'string' && item.includes(':');
  // Most programs mean something else by it.
  if (flag === '-p') return earlier.some((word) => word === 'login' || word === 'sshpass');
  return /^--?[A-Za-z]/.test(flag) && isSecretName(flag);
}
