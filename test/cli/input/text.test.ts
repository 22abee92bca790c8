import { textOf, TextError } from '../../../cli/input/text';

function errorOf(bytes: Buffer): TextError {
  try {
    textOf(bytes);
  } catch (error) {
    if (error instanceof TextError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

describe('textOf', () => {
  it.each(['', 'a: é\n', '😀', '\ufeffa', '\ufffd', 'a\ufffd'])('reads %j', (text) => expect(textOf(Buffer.from(text))).toBe(text));

  it.each<[string, Buffer, number, number]>([
    ['Latin-1', latin('a: 1\nb: Ren\xe9\n'), 2, 7],
    ['a byte behind characters of several bytes', Buffer.concat([Buffer.from('é\ufffd\n😀'), latin('\xff')]), 2, 3],
    ['a character that is cut', Buffer.from('aé').subarray(0, 2), 1, 2],
    ['a character written too long', Buffer.from([0x61, 0xc0, 0x80]), 1, 2],
    ['half a surrogate pair', Buffer.from([0x61, 0xed, 0xa0, 0x80]), 1, 2],
  ])('finds %s', (_what, bytes, line, column) => {
    const error = errorOf(bytes);
    expect(error.position).toEqual({ line, column });
    expect(error.reason).toMatch(/^is not UTF-8 text: the byte 0x[0-9A-F]{2} is not a character there; save the file as UTF-8/);
  });

  it.each<[string, Buffer, RegExp]>([
    ['UTF-16 with its mark', Buffer.from('\ufeffa: 1\n', 'utf16le'), /^is UTF-16 text; save it as UTF-8/],
    ['UTF-16 with the other mark', Buffer.from('\ufeffa: 1\n', 'utf16le').swap16(), /^is UTF-16 text/],
    ['UTF-16 without a mark', utf16('a: 1\n'), /^looks like UTF-16 text/],
    ['UTF-16 of the other order', utf16('a: 1\n').swap16(), /^looks like UTF-16 text/],
    ['a binary file', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0]), /^is a binary file/],
  ])('tells %s', (_what, bytes, reason) => {
    const error = errorOf(bytes);
    expect(error.reason).toMatch(reason);
    expect(error.position).toBeUndefined();
  });
});
