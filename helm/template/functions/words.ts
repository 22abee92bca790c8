// camelcase, snakecase and kebabcase, as the xstrings library takes words apart.
import { isSpace, isUpper, lowerOne, upperOne } from './letters';

function isConnector(character: string): boolean {
  return character === '-' || character === '_' || isSpace(character);
}

/** `some_words` → `SomeWords`; connectors at the start and all but one in the middle stay. */
export function camelCase(text: string): string {
  const characters = [...text];
  const start = characters.findIndex((character) => !isConnector(character));
  // The library writes the last connector twice when there is nothing else.
  if (start < 0) return text + (characters.at(-1) ?? '');
  let result = characters.slice(0, start).join('');
  let current = characters[start] ?? '';
  let isAllUpper = isUpper(current);
  current = upperOne(current);
  for (const next of characters.slice(start + 1)) {
    const previous = current;
    current = next;
    if (isConnector(current) && isConnector(previous)) {
      result += previous;
      continue;
    }
    if (isConnector(previous)) {
      isAllUpper = isUpper(current);
      current = upperOne(current);
      continue;
    }
    if (isAllUpper) {
      if (isUpper(current)) current = lowerOne(current);
      else isAllUpper = false;
    }
    result += previous;
  }
  return result + current;
}

type WordKind = 'none' | 'number' | 'upper' | 'letters' | 'connector' | 'punctuation' | 'other';

interface Word {
  readonly kind: WordKind;
  readonly text: string;
}

const NO_WORD: Word = { kind: 'none', text: '' };
const LETTER = /^\p{L}$/u;
const NUMBER = /^\p{N}$/u;
const PUNCTUATION = /^\p{P}$/u;

/** Letters but ideographs, which the library does not count among them. */
function isLetter(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  const isIdeograph = (code >= 0x4e00 && code <= 0x9fcc) || (code >= 0x3400 && code <= 0x4d85) || (code >= 0x20000 && code <= 0x2b81d);
  return !isIdeograph && LETTER.test(character);
}

function isLowerLetter(character: string): boolean {
  return isLetter(character) && !isUpper(character);
}

/** Takes words off the start of a text, one by one. */
class Words {
  private readonly characters: string[];
  private index = 0;

  constructor(text: string) {
    this.characters = [...text];
  }

  get isAtEnd(): boolean {
    return this.index >= this.characters.length;
  }

  next(): Word {
    const first = this.characters[this.index];
    if (first === undefined) return NO_WORD;
    const start = this.index;
    this.index += 1;
    const kind = this.read(first);
    return { kind, text: this.characters.slice(start, this.index).join('') };
  }

  private read(first: string): WordKind {
    if (isConnector(first)) return this.while(isConnector, 'connector');
    if (PUNCTUATION.test(first)) return this.while((each) => PUNCTUATION.test(each), 'punctuation');
    if (isUpper(first)) return this.readUpper();
    if (isLetter(first)) return this.while(isLowerLetter, 'letters');
    if (NUMBER.test(first)) return this.while((each) => NUMBER.test(each), 'number');
    return this.while((each) => !isConnector(each) && !isLetter(each) && !NUMBER.test(each) && !PUNCTUATION.test(each), 'other');
  }

  /** `HTTPServer` is `HTTP` and `Server`. */
  private readUpper(): WordKind {
    const second = this.characters[this.index];
    if (second !== undefined && isUpper(second)) {
      this.while(isUpper, 'upper');
      const after = this.characters[this.index];
      if (after !== undefined && isLetter(after)) this.index -= 1;
    } else {
      this.while(isLowerLetter, 'upper');
    }
    return 'upper';
  }

  private while(test: (character: string) => boolean, kind: WordKind): WordKind {
    while (!this.isAtEnd && test(this.characters[this.index] ?? '')) this.index += 1;
    return kind;
  }
}

/** `HTTPServer` → `http_server`; numbers belong to the word before them. */
export function lowerCaseWords(text: string, connector: string): string {
  const words = new Words(text);
  let result = '';
  const write = ({ kind, text: word }: Word): void => {
    if (kind !== 'upper' && kind !== 'connector') result += word;
    else for (const each of word) result += isConnector(each) ? connector : isUpper(each) ? lowerOne(each) : each;
  };
  const joins = ({ kind }: Word): boolean => kind !== 'connector' && kind !== 'punctuation';
  const readTail = (from: Word): Word => {
    let word = from;
    while (word.kind === 'letters' || word.kind === 'number') {
      write(word);
      word = words.next();
    }
    if (joins(word) && word.kind !== 'none') result += connector;
    return word;
  };
  let word = words.next();
  while (!words.isAtEnd) {
    if (word.kind !== 'connector') write(word);
    const previous = word;
    word = words.next();
    if (previous.kind === 'number') {
      word = readTail(word);
    } else if (previous.kind === 'connector') {
      write(previous);
    } else if (previous.kind === 'punctuation') {
      continue;
    } else if (word.kind !== 'number') {
      if (joins(word)) result += connector;
    } else if (!words.isAtEnd) {
      const number = word;
      word = words.next();
      if (word.kind === 'letters') {
        result += connector;
        write(number);
        word = readTail(word);
      } else {
        write(number);
        if (joins(word)) result += connector;
      }
    }
  }
  write(word);
  return result;
}
