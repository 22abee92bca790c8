// Halves of surrogate pairs: JavaScript strings can hold them, UTF-8, and so YAML and Go, cannot.

const HALF = /\p{Surrogate}/u;
const HALVES = /\p{Surrogate}/gu;

/** Halves come from files that are not text, and from a programmer's strings. */
export const HALF_CHARACTER_REASON = 'this is not UTF-8 text: bytes as they are can only be values of Secrets, which are encoded';

export const indexOfHalfCharacter = (text: string): number => text.search(HALF);

export const hasHalfCharacter = (text: string): boolean => HALF.test(text);

/** Half a character becomes U+FFFD, as in Go. */
export const replaceHalfCharacters = (text: string): string => (HALF.test(text) ? text.replace(HALVES, '\ufffd') : text);
