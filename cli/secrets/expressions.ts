// Errors about `--set` and the like: they name the flag and the key, and show numbers and flags, but no other value.
import type { SetError } from '../../helm/set';
import { HIDDEN } from '../../constructs/common/hide/text';

/** One key with a number or a flag: there is nothing to hide in it. */
const PLAIN = /^[\w.[\]-]+=(?:[-+]?\d[\d.]{0,10}|true|false|null|)$/;

/** A `--set` expression where there is nothing to hide in it, else the path of what is wrong. */
export const shownExpression = (expression: string, path: string): string => (PLAIN.test(expression) ? expression : path);

/** What is wrong with an expression, by the key that it begins with. */
export function setErrorText({ flag, expression, reason, message }: SetError): string {
  if (PLAIN.test(expression)) return message;
  const key = /^[\w.[\]-]+(?==)/.exec(expression)?.[0] ?? '';
  return `${flag}${key && ` ${key}`}: ${shownReason(reason, expression, key)}`;
}

/** Without what the reason quotes of the expression, or of values that are there: only keys that it begins with are shown. */
function shownReason(reason: string, expression: string, key: string): string {
  // What holds quotes is cut from the first one to the last one.
  const quoted = /["'\\]/.test(expression) ? /".*"/g : /"[^"]*"/g;
  return reason
    .replace(/(it is not a JSON object): .*$/s, '$1')
    .split('; ')
    .map((part) =>
      part
        .replace(
          /^write .*=VALUE$/,
          `write KEY=VALUE${expression.includes(',') ? String.raw`, or "\," for a comma that belongs to a value` : ''}`,
        )
        .replace(/^write .*=VALUE/, 'write KEY=VALUE')
        .replace(/^set the whole list: .*$/, 'set the whole list: KEY={a,b}')
        .replace(/ '.*=\{…\}'$/, " 'KEY={…}'")
        .replaceAll(quoted, (found) => (!/\w/.test(found) || isPartOf(key, found.slice(1, -1)) ? found : HIDDEN)),
    )
    .join('; ');
}

const isPartOf = (key: string, part: string): boolean =>
  part !== '' && (key === part || key.startsWith(`${part}.`) || key.startsWith(`${part}[`));
