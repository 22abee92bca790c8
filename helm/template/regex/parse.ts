// Reads regular expressions in RE2's syntax.
import { Failure } from '../errors';
import { folded, inRanges, negated, perlClass, posixClass, unicodeClass } from './characters';
import type { Assertion, CharacterTest, Expression, Regex } from './syntax';

/** An expression that RE2 does not read either. */
export class WrongExpression extends Failure {}

/** Go's own limit for `{n}`. */
const MOST_REPEATS = 1000;
const DEEPEST = 200;
const EMPTY: Expression = { kind: 'empty' };

interface Flags {
  readonly ignoresCase: boolean;
  readonly isMultiline: boolean;
  readonly dotIsAny: boolean;
  readonly isUngreedy: boolean;
}

export function parseRegex(pattern: string): Regex {
  return new Parser(pattern).regex();
}

class Parser {
  private readonly characters: string[];
  private index = 0;
  private depth = 0;
  private flags: Flags = { ignoresCase: false, isMultiline: false, dotIsAny: false, isUngreedy: false };
  private readonly groups: string[] = [''];

  constructor(private readonly pattern: string) {
    this.characters = [...pattern];
  }

  regex(): Regex {
    const expression = this.choice();
    if (this.index < this.characters.length) throw this.error('unexpected )');
    return { expression, groups: this.groups };
  }

  /** Alternatives up to the end of the group; flags set inside end with it. */
  private choice(): Expression {
    this.depth += 1;
    if (this.depth > DEEPEST) throw this.error('expression nests too deeply');
    const { flags } = this;
    const options = [this.sequence()];
    while (this.take('|')) options.push(this.sequence());
    this.flags = flags;
    this.depth -= 1;
    return options.length === 1 && options[0] !== undefined ? options[0] : { kind: 'choice', options };
  }

  private sequence(): Expression {
    const parts: Expression[] = [];
    while (this.index < this.characters.length && this.peek() !== '|' && this.peek() !== ')') {
      if (this.takeAll('\\Q')) {
        parts.push(...this.literal());
        continue;
      }
      const atom = this.atom();
      if (atom !== undefined) parts.push(this.repeated(atom));
    }
    return { kind: 'sequence', parts };
  }

  /** The characters between \Q and \E; a repetition after them is the last one's. */
  private literal(): Expression[] {
    const parts: Expression[] = [];
    while (this.index < this.characters.length && !this.startsWith('\\E')) parts.push(this.character(this.next()));
    this.takeAll('\\E');
    const last = parts.pop();
    return last === undefined ? parts : [...parts, this.repeated(last)];
  }

  private repeated(atom: Expression): Expression {
    const counts = this.repetition();
    if (counts === undefined) return atom;
    const isLazy = this.take('?');
    const [min, max] = counts;
    const result: Expression = { kind: 'repeat', body: atom, min, max, isGreedy: isLazy === this.flags.isUngreedy };
    const start = this.index;
    if (this.repetition() !== undefined) {
      this.index = start;
      throw this.error(`invalid nested repetition operator ${JSON.stringify(this.peek())}`);
    }
    return result;
  }

  private repetition(): readonly [number, number] | undefined {
    if (this.take('*')) return [0, Infinity];
    if (this.take('+')) return [1, Infinity];
    if (this.take('?')) return [0, 1];
    const braces = this.peek() === '{' ? /^\{(\d+)(,(\d*))?\}/.exec(this.rest(24)) : null;
    if (braces === null) return undefined;
    const min = Number(braces[1]);
    const max = braces[2] === undefined ? min : braces[3] === '' ? Infinity : Number(braces[3]);
    if (min > MOST_REPEATS || (max > MOST_REPEATS && max !== Infinity) || max < min) {
      throw this.error(`invalid repeat count ${JSON.stringify(braces[0])}`);
    }
    this.index += braces[0].length;
    return [min, max];
  }

  private atom(): Expression | undefined {
    const character = this.next();
    switch (character) {
      case '(':
        return this.group();
      case '[':
        return this.set(this.characterClass());
      case '.':
        return { kind: 'character', test: this.flags.dotIsAny ? () => true : (code) => code !== 10 };
      case '^':
        return this.assertion(this.flags.isMultiline ? 'line start' : 'text start');
      case '$':
        return this.assertion(this.flags.isMultiline ? 'line end' : 'text end');
      case '\\':
        return this.escape();
      case '*':
      case '+':
      case '?':
        throw this.error(`missing argument to repetition operator ${JSON.stringify(character)}`);
      case '{':
        this.index -= 1;
        if (this.repetition() !== undefined) throw this.error('missing argument to repetition operator "{"');
        return this.character(this.next());
      default:
        return this.character(character);
    }
  }

  private group(): Expression | undefined {
    if (!this.take('?')) return this.capture('');
    const named = /^P?<([A-Za-z0-9_]+)>/.exec(this.rest(100));
    if (named !== null) {
      this.index += named[0].length;
      return this.capture(named[1] ?? '');
    }
    const flags = /^([imsU]*)(?:-([imsU]+))?([:)])/.exec(this.rest(20));
    if (flags === null) {
      throw this.error('(?… is not supported: RE2 has no lookaround and no backreferences');
    }
    this.index += flags[0].length;
    const outer = this.flags;
    this.flags = { ...outer, ...flagsOf(flags[1] ?? '', true), ...flagsOf(flags[2] ?? '', false) };
    if (flags[3] === ')') return undefined;
    const body = this.choice();
    this.close();
    this.flags = outer;
    return body;
  }

  private capture(name: string): Expression {
    const index = this.groups.push(name) - 1;
    const body = this.choice();
    this.close();
    return { kind: 'group', index, body };
  }

  private close(): void {
    if (!this.take(')')) throw this.error('missing closing )');
  }

  private escape(): Expression {
    switch (this.peek()) {
      case 'A':
        return this.assertion('text start', 1);
      case 'z':
        return this.assertion('text end', 1);
      case 'b':
        return this.assertion('word boundary', 1);
      case 'B':
        return this.assertion('no word boundary', 1);
      case 'E':
        this.index += 1;
        return EMPTY;
      default:
        return this.set(this.classEscape() ?? this.single(this.escapedCharacter()));
    }
  }

  private assertion(assertion: Assertion, width = 0): Expression {
    this.index += width;
    return { kind: 'assertion', assertion };
  }

  /** `\d`, `\pL`, `\p{Greek}` after the backslash; undefined when it is none of them. */
  private classEscape(): CharacterTest | undefined {
    const letter = this.peek();
    if ('dDsSwW'.includes(letter) && letter !== '') {
      this.index += 1;
      return perlClass(letter);
    }
    if (letter !== 'p' && letter !== 'P') return undefined;
    const match = /^[pP](?:\{(\^?[A-Za-z0-9_]+)\}|([A-Za-z]))/.exec(this.rest(60));
    if (match === null) throw this.error(`invalid character class range: \\${letter}`);
    this.index += match[0].length;
    const test = unicodeClass(match[1] ?? match[2] ?? '');
    if (test === undefined) throw this.error(`invalid character class range: \\${match[0]}`);
    return letter === 'p' ? test : negated(test);
  }

  /** The code point of an escaped character, after the backslash. */
  private escapedCharacter(): number {
    const hex = /^x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,8})\})/.exec(this.rest(12));
    const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(this.rest(3));
    const digits = hex?.[1] ?? hex?.[2];
    if (digits !== undefined || octal !== null) {
      this.index += (hex ?? octal)?.[0].length ?? 0;
      const code = digits === undefined ? Number.parseInt(octal?.[0] ?? '', 8) : Number.parseInt(digits, 16);
      if (code > 0x10ffff) throw this.error('invalid escape sequence');
      return code;
    }
    if (this.index >= this.characters.length) throw this.error('trailing backslash at end of expression');
    const character = this.next();
    const place = 'aftnrv'.indexOf(character);
    if (place >= 0) return '\x07\f\t\n\r\v'.charCodeAt(place);
    if (character >= '\x80' || /[A-Za-z0-9]/.test(character)) throw this.error(`invalid escape sequence: \\${character}`);
    return character.charCodeAt(0);
  }

  private characterClass(): CharacterTest {
    const isNegated = this.take('^');
    const tests: CharacterTest[] = [];
    for (let isFirst = true; isFirst || this.peek() !== ']'; isFirst = false) {
      if (this.index >= this.characters.length) throw this.error('missing closing ]');
      tests.push(this.classItem());
    }
    this.index += 1;
    const plain: CharacterTest = (code) => tests.some((test) => test(code));
    const test = this.flags.ignoresCase ? folded(plain) : plain;
    return isNegated ? negated(test) : test;
  }

  private classItem(): CharacterTest {
    const posix = this.peek() === '[' ? /^\[:(\^?\w+):\]/.exec(this.rest(20)) : null;
    if (posix !== null) {
      this.index += posix[0].length;
      const test = posixClass(posix[1] ?? '');
      if (test === undefined) throw this.error(`invalid character class range: ${posix[0]}`);
      return test;
    }
    if (this.peek() === '\\') {
      this.index += 1;
      const known = this.classEscape();
      if (known !== undefined) return known;
      this.index -= 1;
    }
    const from = this.classCharacter();
    if (this.peek() !== '-' || this.characters[this.index + 1] === ']' || this.characters[this.index + 1] === undefined) {
      return inRanges([[from, from]]);
    }
    this.index += 1;
    const to = this.classCharacter();
    if (to < from) throw this.error('invalid character class range');
    return inRanges([[from, to]]);
  }

  private classCharacter(): number {
    return this.take('\\') ? this.escapedCharacter() : (this.next().codePointAt(0) ?? 0);
  }

  private character(character: string): Expression {
    return this.set(this.single(character.codePointAt(0) ?? 0));
  }

  private single(code: number): CharacterTest {
    const test: CharacterTest = (each) => each === code;
    return this.flags.ignoresCase ? folded(test) : test;
  }

  private set(test: CharacterTest): Expression {
    return { kind: 'character', test };
  }

  private peek(): string {
    return this.characters[this.index] ?? '';
  }

  private next(): string {
    const character = this.peek();
    this.index += 1;
    return character;
  }

  private take(character: string): boolean {
    if (this.peek() !== character) return false;
    this.index += 1;
    return true;
  }

  private takeAll(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.index += text.length;
    return true;
  }

  private startsWith(text: string): boolean {
    return this.rest(text.length) === text;
  }

  private rest(length: number): string {
    return this.characters.slice(this.index, this.index + length).join('');
  }

  private error(message: string): WrongExpression {
    return new WrongExpression(`the regular expression ${JSON.stringify(this.pattern)} is wrong: ${message}`);
  }
}

function flagsOf(letters: string, value: boolean): Partial<Flags> {
  return {
    ...(letters.includes('i') ? { ignoresCase: value } : {}),
    ...(letters.includes('m') ? { isMultiline: value } : {}),
    ...(letters.includes('s') ? { dotIsAny: value } : {}),
    ...(letters.includes('U') ? { isUngreedy: value } : {}),
  };
}
