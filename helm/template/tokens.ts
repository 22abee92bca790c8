// A place in the tokens of a template, for the parser.
import type { Token } from './lexer';

export class TokenReader {
  /** The next token's number; the parser sets it back when it has read too far. */
  index = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly end: Token,
  ) {}

  peek(): Token {
    return this.tokens[this.index] ?? this.end;
  }

  /** The next token that is not a space, `skip` tokens ahead. */
  peekWord(skip = 0): Token {
    const token = this.tokens[this.index + skip];
    return token?.kind === 'space' ? this.peekWord(skip + 1) : (token ?? this.peek());
  }

  next(): Token {
    const token = this.peek();
    this.index += 1;
    return token;
  }

  nextWord(): Token {
    while (this.peek().kind === 'space') this.index += 1;
    return this.next();
  }

  previous(): Token {
    return this.tokens[this.index - 1] ?? this.peek();
  }

  /** The start of the action just read. */
  previousOpen(): Token {
    for (let index = this.index - 1; index >= 0; index -= 1) {
      const token = this.tokens[index];
      if (token?.kind === 'open') return token;
    }
    return this.peek();
  }
}

/** A token in an error. */
export function describe(token: Token): string {
  return token.kind === 'end of text' || token.kind === 'close' ? 'end of the action' : JSON.stringify(token.source.slice(0, 40));
}
