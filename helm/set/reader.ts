// Reads a --set expression character by character.

/** Characters up to one that stops, which is taken but not part of `text`; `stop` is undefined at the end. */
export interface Piece {
  readonly text: string;
  readonly stop: string | undefined;
}

export class ExpressionReader {
  private readonly characters: readonly string[];
  private at = 0;

  constructor(expression: string) {
    this.characters = [...expression];
  }

  get atEnd(): boolean {
    return this.at >= this.characters.length;
  }

  get rest(): string {
    return this.characters.slice(this.at).join('');
  }

  /** Takes the next character if it is this one. */
  take(character: string): boolean {
    if (this.characters[this.at] !== character) return false;
    this.at++;
    return true;
  }

  /** Text up to one of the stops; a backslash makes the character after it an ordinary one, unless nothing is escaped. */
  until(stops: string, isEscaped = true): Piece {
    let text = '';
    while (!this.atEnd) {
      const character = this.characters[this.at++]!;
      if (stops.includes(character)) return { text, stop: character };
      if (character !== '\\' || !isEscaped) text += character;
      // A backslash at the very end is dropped.
      else if (!this.atEnd) text += this.characters[this.at++]!;
    }
    return { text, stop: undefined };
  }

  /** Skips white space and one comma; true when nothing but them was left of the value. */
  skipEmpty(): boolean {
    while (!this.atEnd) {
      const character = this.characters[this.at]!;
      if (character === ',') {
        this.at++;
        return true;
      }
      if (!/^[\p{White_Space}]$/u.test(character)) return false;
      this.at++;
    }
    return true;
  }

  /** Skips as many UTF-16 units as a piece of `rest` has. */
  skip(piece: string): void {
    this.at += [...piece].length;
  }
}
