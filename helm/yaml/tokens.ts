// The tokens between a YAML text and its nodes: libyaml's, which decide what is refused.

export type TokenType =
  | 'stream-end'
  | 'document-start'
  | 'document-end'
  | 'version'
  | 'tag-directive'
  // "block" is what indentation makes, "flow" what brackets make.
  | 'block-list'
  | 'block-map'
  | 'block-end'
  | 'flow-list'
  | 'flow-list-end'
  | 'flow-map'
  | 'flow-map-end'
  | 'entry'
  | 'comma'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar';

export interface Token {
  readonly type: TokenType;
  /** Where it stands in the text. */
  readonly offset: number;
  /** A scalar's value, a name, the handle of a tag. */
  readonly text: string;
  /** The rest of a tag, the prefix of a tag directive. */
  readonly suffix: string;
  /** A scalar without quotes that is not a block. */
  readonly isPlain: boolean;
  /** Set while the token may turn out to be the start of a key. */
  readonly key: KeyCandidate | undefined;
}

/** What becomes a key when a ":" follows on the same line. */
export interface KeyCandidate {
  isPossible: boolean;
  /** Nothing but a key can stand there: it is at the column of the map's other keys. */
  readonly isRequired: boolean;
  /** Number of its first token, counted from the start of the text. */
  readonly number: number;
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

export const token = (type: TokenType, offset: number, text = '', key?: KeyCandidate, suffix = '', isPlain = false): Token => ({
  type,
  offset,
  text,
  suffix,
  isPlain,
  key,
});
