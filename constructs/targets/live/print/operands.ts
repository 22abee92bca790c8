// Conditions that say the same in another order.
import { unified, type Column } from './unify';

/** Lines whose conditions say the same but for the words of columns, with operands in the order of the first line. */
export function inOneOrder(lines: readonly string[], columns: readonly Column[]): string[] {
  const [first, ...others] = lines.map((line) => /^(.*\{\{- (?:else )?if )(.*)( \}\})$/.exec(line)?.slice(1));
  if (!first || others.some((one) => one?.[0] !== first[0])) return [...lines];
  return lines.map((line, item) => {
    const pair = columns.map(({ texts, ...column }) => ({ ...column, texts: [texts[0] ?? '', texts[item] ?? ''] }));
    const condition = item ? ordered(first[1] ?? '', others[item - 1]?.[1] ?? '', pair) : undefined;
    return condition === undefined ? line : `${first[0]}${condition}${first[2]}`;
  });
}

/** A condition with its operands in the order of another one that says the same of the first item. */
function ordered(first: string, condition: string, pair: readonly Column[]): string | undefined {
  if (unified([first, condition], pair)) return condition;
  const [, inner] = /^\((.*)\)$/.exec(first) ?? [];
  if (inner !== undefined) {
    const own = condition.startsWith('(') && condition.endsWith(')') ? ordered(inner, condition.slice(1, -1), pair) : undefined;
    return own === undefined ? undefined : `(${own})`;
  }
  const [head, ...terms] = termsIn(first);
  const [own, ...others] = termsIn(condition);
  if (head !== own || (head !== 'and' && head !== 'or') || others.length !== terms.length) return undefined;
  const left = [...others];
  const found = terms.map((term) => {
    for (const [index, other] of left.entries()) {
      const text = ordered(term, other, pair);
      if (text === undefined) continue;
      left.splice(index, 1);
      return text;
    }
    return undefined;
  });
  return found.includes(undefined) ? undefined : [head, ...found].join(' ');
}

/** Operands of a function. */
function termsIn(text: string): string[] {
  const terms: string[] = [];
  let depth = 0;
  let isQuoted = false;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const letter = text[at];
    if (letter === '"' && text[at - 1] !== '\\') isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (letter === '(') depth++;
    else if (letter === ')') depth--;
    else if ((letter === ' ' || letter === undefined) && !depth) {
      terms.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return terms;
}
