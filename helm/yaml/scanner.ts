// Cuts YAML text into tokens as libyaml does, which asks of indentation and quotes less than the YAML specification.
import { Cursor, endsWord, isBlank, isBreak, isSpace, isTab, type Fail } from './cursor';
import { NESTED_TOO_DEEPLY } from './error';
import { anchor, directive, tag } from './names';
import { block, plain, quoted, TAB_REASON } from './scalars';
import { token, type KeyCandidate, type Token, type TokenType } from './tokens';

/** Of brackets and blocks in each other: what is read is walked through by functions that call themselves, on the stack of any machine. */
const MAX_DEPTH = 1000;
/** Characters from the start of a key to its ":". */
const LONGEST_KEY = 1024;

export class Scanner {
  private readonly cursor: Cursor;
  /** Tokens that nobody has taken yet, from `head` on: a ":" turns what came before it into a key, so some are held back. */
  private tokens: Token[] = [];
  private head = 0;
  private taken = 0;
  private isEnded = false;
  /** Column of the innermost block, -1 outside of any. */
  private indent = -1;
  private readonly indents: number[] = [];
  /** What may become a key: one outside of brackets, and one for each bracket that is open. */
  private readonly keys: (KeyCandidate | undefined)[] = [undefined];
  private mayStartKey = true;

  constructor(
    text: string,
    private readonly fail: Fail,
  ) {
    this.cursor = new Cursor(text, fail);
  }

  /** The next token, which stays. */
  peek(): Token {
    for (;;) {
      const first = this.tokens[this.head];
      if (first && !(first.key && this.isAlive(first.key))) return first;
      this.fetch();
    }
  }

  /** Takes the next token. */
  take(): Token {
    const first = this.peek();
    this.head++;
    this.taken++;
    if (this.head === this.tokens.length) {
      this.tokens = [];
      this.head = 0;
    }
    return first;
  }

  private get inFlow(): boolean {
    return this.keys.length > 1;
  }

  private fetch(): void {
    const { cursor } = this;
    this.skipToToken();
    this.closeBlocks(cursor.column);
    if (cursor.atEnd) return this.end();
    const code = cursor.code();
    if (cursor.column === 0) {
      if (code === 0x25) {
        this.leaveBlocks();
        this.push(directive(cursor));
        return;
      }
      if (cursor.isDocumentMark()) {
        this.leaveBlocks();
        this.push(token(code === 0x2d ? 'document-start' : 'document-end', cursor.at));
        cursor.at += 3;
        return;
      }
    }
    if (!this.indicator(code)) this.scalar(code);
  }

  /** Whether a token of one character stands here. */
  private indicator(code: number): boolean {
    const isAlone = endsWord(this.cursor.code(1));
    switch (code) {
      case 0x5b:
        this.open('flow-list');
        return true;
      case 0x7b:
        this.open('flow-map');
        return true;
      case 0x5d:
        this.close('flow-list-end');
        return true;
      case 0x7d:
        this.close('flow-map-end');
        return true;
      case 0x2c:
        this.dropKey();
        this.mayStartKey = true;
        this.one('comma');
        return true;
      case 0x2d:
        if (isAlone) this.entry();
        return isAlone;
      case 0x3f:
        if (isAlone || this.inFlow) this.explicitKey();
        return isAlone || this.inFlow;
      case 0x3a:
        if (isAlone || this.inFlow) this.value();
        return isAlone || this.inFlow;
      default:
        return false;
    }
  }

  private scalar(code: number): void {
    const { cursor } = this;
    switch (code) {
      case 0x2a:
        return this.keyable((key) => anchor(cursor, 'alias', key));
      case 0x26:
        return this.keyable((key) => anchor(cursor, 'anchor', key));
      case 0x21:
        return this.keyable((key) => tag(cursor, key));
      case 0x27:
      case 0x22:
        return this.keyable((key) => {
          const offset = cursor.at;
          return token('scalar', offset, quoted(cursor), key);
        });
      case 0x7c:
      case 0x3e:
        if (this.inFlow) break;
        return this.block();
    }
    // "-", "?" and ":" begin a text when another character follows them.
    if (isBlank(code) || (code !== 0x2d && code !== 0x3f && code !== 0x3a && '#|>%@`'.includes(String.fromCharCode(code)))) {
      if (isTab(code)) this.fail(cursor.at, TAB_REASON);
      this.fail(cursor.at, `a text must not begin with "${String.fromCharCode(code)}"; put it in quotes`);
    }
    this.keyable((key) => {
      const offset = cursor.at;
      const { text, isBeforeBreak } = plain(cursor, this.indent + 1, this.inFlow);
      if (isBeforeBreak) this.mayStartKey = true;
      return token('scalar', offset, text, key, '', true);
    });
  }

  private block(): void {
    this.dropKey();
    this.mayStartKey = true;
    const offset = this.cursor.at;
    this.push(token('scalar', offset, block(this.cursor, this.indent)));
  }

  /** White space, comments and line breaks. */
  private skipToToken(): void {
    const { cursor } = this;
    for (;;) {
      // A tab is not indentation: it may stand only where no key can begin.
      for (let code = cursor.code(); isSpace(code) || (isTab(code) && (this.inFlow || !this.mayStartKey)); code = cursor.code())
        cursor.at++;
      if (cursor.code() === 0x23) cursor.skipLine();
      if (!isBreak(cursor.code())) return;
      cursor.takeBreak();
      if (!this.inFlow) this.mayStartKey = true;
    }
  }

  private push(next: Token): void {
    this.tokens.push(next);
  }

  /** A token of the one character here. */
  private one(type: TokenType, key?: KeyCandidate): void {
    this.push(token(type, this.cursor.at++, '', key));
  }

  private end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    // Nothing that waits for a ":" finds one any more.
    this.cursor.line++;
    this.leaveBlocks();
    this.push(token('stream-end', this.cursor.at));
  }

  private leaveBlocks(): void {
    this.closeBlocks(-1);
    this.dropKey();
    this.mayStartKey = false;
  }

  private open(type: 'flow-list' | 'flow-map'): void {
    const key = this.candidate();
    this.checkDepth(this.keys.push(undefined) + this.indents.length, this.cursor.at);
    this.mayStartKey = true;
    this.one(type, key);
  }

  private close(type: 'flow-list-end' | 'flow-map-end'): void {
    this.dropKey();
    if (this.inFlow) this.keys.pop();
    this.mayStartKey = false;
    this.one(type);
  }

  /** "-" */
  private entry(): void {
    if (!this.inFlow) {
      if (!this.mayStartKey) this.fail(this.cursor.at, 'a list cannot begin here; put its first "- " on a line of its own');
      this.openBlock('block-list', this.cursor.column, this.cursor.at);
    }
    this.dropKey();
    this.mayStartKey = true;
    this.one('entry');
  }

  /** "?" */
  private explicitKey(): void {
    if (!this.inFlow) {
      if (!this.mayStartKey) this.fail(this.cursor.at, 'a key cannot begin here; put the "? " on a line of its own');
      this.openBlock('block-map', this.cursor.column, this.cursor.at);
    }
    this.dropKey();
    this.mayStartKey = !this.inFlow;
    this.one('key');
  }

  /** ":" */
  private value(): void {
    const key = this.keys.at(-1);
    if (key && this.isAlive(key)) {
      // What came before it is a key, of a map that may begin with it.
      const index = this.head + key.number - this.taken;
      this.tokens.splice(index, 0, token('key', key.offset));
      this.openBlock('block-map', key.column, key.offset, index);
      key.isPossible = false;
      this.mayStartKey = false;
    } else {
      if (!this.inFlow) {
        if (!this.mayStartKey)
          this.fail(
            this.cursor.at,
            'a value cannot hold a map here; quote the value if it holds ": ", else check the indentation of the lines around',
          );
        this.openBlock('block-map', this.cursor.column, this.cursor.at);
      }
      this.mayStartKey = !this.inFlow;
    }
    this.one('value');
  }

  /** A token that may be, or begin, a key. */
  private keyable(scan: (key: KeyCandidate | undefined) => Token): void {
    const key = this.candidate();
    this.mayStartKey = false;
    this.push(scan(key));
  }

  private candidate(): KeyCandidate | undefined {
    if (!this.mayStartKey) return undefined;
    const { column, line, at } = this.cursor;
    this.dropKey();
    const key: KeyCandidate = {
      isPossible: true,
      isRequired: !this.inFlow && this.indent === column,
      number: this.taken + this.tokens.length - this.head,
      line,
      column,
      offset: at,
    };
    this.keys[this.keys.length - 1] = key;
    return key;
  }

  private isAlive(key: KeyCandidate): boolean {
    if (!key.isPossible) return false;
    if (key.line === this.cursor.line && !isLongerThanKey(this.cursor.text, key.offset, this.cursor.at)) return true;
    this.rejectKey(key);
    return false;
  }

  private dropKey(): void {
    const key = this.keys.at(-1);
    if (key?.isPossible) this.rejectKey(key);
  }

  private rejectKey(key: KeyCandidate): void {
    if (key.isRequired)
      this.fail(key.offset, 'a key must stand here, and it has no ": "; a text of several lines stands further in than its key');
    key.isPossible = false;
  }

  private checkDepth(depth: number, offset: number): void {
    if (depth > MAX_DEPTH) this.fail(offset, NESTED_TOO_DEEPLY);
  }

  private openBlock(type: 'block-list' | 'block-map', column: number, offset: number, index = this.tokens.length): void {
    if (this.inFlow || this.indent >= column) return;
    this.checkDepth(this.indents.push(this.indent) + this.keys.length, offset);
    this.indent = column;
    this.tokens.splice(index, 0, token(type, offset));
  }

  private closeBlocks(column: number): void {
    if (this.inFlow) return;
    while (this.indent > column) {
      this.push(token('block-end', this.cursor.at));
      this.indent = this.indents.pop() ?? -1;
    }
  }
}

function isLongerThanKey(text: string, from: number, to: number): boolean {
  if (to - from <= LONGEST_KEY) return false;
  // Characters count, which may have two units.
  return to - from > 2 * LONGEST_KEY || [...text.slice(from, to)].length > LONGEST_KEY;
}
