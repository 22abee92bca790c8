// Halves of surrogate pairs: JavaScript strings can hold them, UTF-8, and so YAML and Go, cannot.

const HALF = /\p{Surrogate}/u;
const HALVES = /\p{Surrogate}/gu;

export const hasHalfCharacter = (text: string): boolean => HALF.test(text);

/** Half a character becomes U+FFFD, as in Go. */
export const replaceHalfCharacters = (text: string): string => (HALF.test(text) ? text.replace(HALVES, '\ufffd') : text);
