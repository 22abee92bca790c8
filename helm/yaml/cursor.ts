// A place in a YAML text that moves forward, and what the characters there are to Helm's reader (libyaml, YAML 1.1).

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const NEL = 0x85;
const LINE_SEPARATOR = 0x2028;
const PARAGRAPH_SEPARATOR = 0x2029;

export const isBlank = (code: number): boolean => code === SPACE || code === TAB;
export const isSpace = (code: number): boolean => code === SPACE;
export const isTab = (code: number): boolean => code === TAB;

export const isBreak = (code: number): boolean =>
  code === LF || code === CR || code === NEL || code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR;

/** A blank, a line break, or the end of the text, whose code is NaN. Other control characters never get here. */
export const endsWord = (code: number): boolean =>
  !(code > SPACE) || code === NEL || code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR;

/** Throws the error of a text that cannot be read, at an offset of it. */
export type Fail = (offset: number, reason: string) => never;

export class Cursor {
  /** Offset of the next character. */
  at = 0;
  line = 0;
  private lineStart = 0;

  constructor(
    readonly text: string,
    readonly fail: Fail,
  ) {
    // A byte order mark is not part of the first line.
    if (text.startsWith('\ufeff')) this.at = this.lineStart = 1;
    if (text.startsWith('\ufeff\ufeff')) fail(1, 'the byte order mark at the start of the text stands there twice; take one away');
  }

  get column(): number {
    return this.at - this.lineStart;
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** UTF-16 code of the next character, or of one behind it; NaN behind the end. */
  code(ahead = 0): number {
    return this.text.charCodeAt(this.at + ahead);
  }

  /** Takes a line break; the result is what it is in a value: separators of lines and paragraphs stay what they are. */
  takeBreak(): string {
    const code = this.code();
    this.at += code === CR && this.code(1) === LF ? 2 : 1;
    this.line++;
    this.lineStart = this.at;
    return code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR ? String.fromCharCode(code) : '\n';
  }

  skipBlanks(): void {
    while (isBlank(this.code())) this.at++;
  }

  /** Up to the line break, which stays. */
  skipLine(): void {
    while (!this.atEnd && !isBreak(this.code())) this.at++;
  }

  /** Whether "---" or "..." stands here, alone at the start of a line. */
  isDocumentMark(): boolean {
    if (this.column !== 0) return false;
    const code = this.code();
    if (code !== 0x2d && code !== 0x2e) return false;
    return this.code(1) === code && this.code(2) === code && endsWord(this.code(3));
  }

  /** What a pattern with the flag "y" finds here; nothing is taken. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0];
  }
}
