// JSON whose errors are worded here, since each engine of JavaScript has words of its own;
// and one value at the start of a text, as Go's decoder takes it.

// oxlint-disable-next-line no-control-regex
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\r\n]*/y;
const MAX_DEPTH = 1000;

const unexpected = (rest: string): string => (rest === '' ? 'it ends inside the value' : `"${rest.slice(0, 10)}" is not expected there`);

/** A whole text. @throws SyntaxError */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const rest = text.slice(leadingJson(text).length).trimStart();
    throw new SyntaxError(unexpected(rest), { cause: error });
  }
}

/**
 * The text of the value, leading white space included.
 * @throws SyntaxError when there is none
 */
export function leadingJson(text: string): string {
  let at = 0;
  const closers: string[] = [];
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  };
  const fail = (): never => {
    throw new SyntaxError(unexpected(text.slice(at)));
  };

  for (;;) {
    take(SPACE);
    const character = text.charAt(at);
    if (character === '{' || character === '[') {
      at++;
      if (closers.push(character === '{' ? '}' : ']') > MAX_DEPTH) throw new SyntaxError('it is nested too deeply');
      take(SPACE);
      if (text.charAt(at) !== closers.at(-1)) {
        if (character === '{') key();
        continue;
      }
    } else if (!take(STRING) && !take(WORD) && !take(NUMBER)) {
      fail();
    }
    // A value has ended: close what it ends, or go on after a comma.
    for (;;) {
      if (!closers.length) return text.slice(0, at);
      take(SPACE);
      const next = text.charAt(at);
      if (next === closers.at(-1)) {
        at++;
        closers.pop();
        continue;
      }
      if (next !== ',') fail();
      at++;
      if (closers.at(-1) === '}') key();
      break;
    }
  }

  function key(): void {
    take(SPACE);
    if (!take(STRING)) fail();
    take(SPACE);
    if (text.charAt(at) !== ':') fail();
    at++;
  }
}
