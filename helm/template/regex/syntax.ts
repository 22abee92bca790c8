// The syntax tree of a regular expression in RE2's syntax, which Go and so Helm use.

/** Whether a character, given as its code point, is in a set. */
export type CharacterTest = (code: number) => boolean;

export type Assertion = 'text start' | 'text end' | 'line start' | 'line end' | 'word boundary' | 'no word boundary';

export type Expression =
  | { readonly kind: 'empty' }
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'group'; readonly index: number; readonly body: Expression }
  | { readonly kind: 'sequence'; readonly parts: readonly Expression[] }
  | { readonly kind: 'choice'; readonly options: readonly Expression[] }
  | { readonly kind: 'repeat'; readonly body: Expression; readonly min: number; readonly max: number; readonly isGreedy: boolean };

export interface Regex {
  readonly expression: Expression;
  /** Names of the groups by their number; a group without a name has an empty one. */
  readonly groups: readonly string[];
}
