// What texts must look like where they stand in templates, as patterns that Helm and JavaScript read alike.

/** Printable letters of ASCII but for the blank, the colon and the hash. */
const LETTER = '[!"$-9;-~]';
/** Those that YAML gives no meaning at the start of a text without quotes. */
const FIRST = '[$()+./0-9;<=A-Z\\\\^_a-z~]';

/** A text that YAML reads as it is when it stands without quotes. */
export const PLAIN = `^(${FIRST}|[-?:]${LETTER})(${LETTER}|#|:+${LETTER}| +${LETTER})*$`;

/** Letters that end a line for YAML, that it takes for none, or that are written in another way in quotes. */
const ENDS = '\\x00-\\x1f\\x7f-\\x9f\u2028\u2029\ufeff';

/** A part of a text in double quotes, or on a line. */
export const IN_TEXT = `^[^"\\\\${ENDS}]*$`;

/** A text without blanks and line ends around it. */
export const TRIMMED = '^([^\\s\u00a0\ufeff]([\\s\\S]*[^\\s\u00a0\ufeff])?)?$';

const NAME = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
/** Key of a label or an annotation. */
export const KEY = `^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?${NAME}$`;
/** Value of a label. */
export const LABEL = `^(${NAME})?$`;

/** No text but an empty one. */
export const EMPTY = '^$';

/** A whole number or a share: what stands without quotes is a number when it is one. */
export const BARE = '^(0|[1-9][0-9]*)%?$';

/** A list as YAML, each item of which begins with a dash. */
export const YAML_LIST = '^(( *#.*\\n| *\\n)* *- [^\\t\\r]*)?$';
