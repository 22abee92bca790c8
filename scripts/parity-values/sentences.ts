// The form of what is told about values: a path, and one sentence that people can read.

/** Signs of a value that was put into a sentence unseen, or of parts that do not fit together. */
const BROKEN = [
  /undefined|\[object |\bNaN\b|function |=>/,
  /\bis (,|:|and\b)/,
  / {2}| [,.;:](\s|$)|[,;:]{2}/,
  /[.\s]$/,
  /\n/,
  /\bthe map at\b/,
];
/** What stands in front: where in the values, or the name of the release. */
const PLACE = /^([\w*.[\]/-]+|release name \S+): \S/;

/** True for a warning or an error of one line that is told as it should be. */
export const isSentence = (line: string): boolean =>
  PLACE.test(line) && !BROKEN.some((sign) => sign.test(line.replaceAll(/"[^"]*"/g, '""')));
