// The syntax tree of a Go template. `position` is the offset in the text, for errors.

export type Block = readonly Node[];

export type Node =
  | { readonly kind: 'text'; readonly text: string; readonly position: number }
  | { readonly kind: 'action'; readonly pipe: Pipe; readonly position: number }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipe: Pipe;
      readonly body: Block;
      readonly otherwise: Block | undefined;
      readonly position: number;
    }
  | { readonly kind: 'template'; readonly name: string; readonly pipe: Pipe | undefined; readonly position: number }
  | { readonly kind: 'break' | 'continue'; readonly position: number };

/** `$a, $b := command | command`. */
export interface Pipe {
  readonly kind: 'pipe';
  readonly variables: readonly string[];
  readonly assigns: boolean;
  readonly commands: readonly Command[];
  readonly position: number;
}

/** An operand, or a function or field with its arguments. */
export interface Command {
  readonly words: readonly [Operand, ...Operand[]];
  readonly position: number;
}

export type Operand =
  | Pipe
  | { readonly kind: 'dot'; readonly position: number }
  | { readonly kind: 'nil'; readonly position: number }
  | { readonly kind: 'bool'; readonly value: boolean; readonly position: number }
  | { readonly kind: 'string'; readonly value: string; readonly position: number }
  | NumberLiteral
  | { readonly kind: 'field'; readonly path: readonly string[]; readonly position: number }
  | { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[]; readonly position: number }
  | { readonly kind: 'function'; readonly name: string; readonly position: number }
  | { readonly kind: 'chain'; readonly operand: Operand; readonly path: readonly string[]; readonly position: number };

/** An untyped constant: what it is depends on the parameter it is given to. */
export interface NumberLiteral {
  readonly kind: 'number';
  readonly source: string;
  /** Its value as an integer, when it is one. */
  readonly integer: bigint | undefined;
  readonly float: number;
  /** True when the constant is a float by itself: it is written with a point or an exponent. */
  readonly isFloat: boolean;
  readonly position: number;
}

export interface Template {
  readonly text: string;
  readonly body: Block;
  /** The templates that the text defines with `define` and `block`. */
  readonly defined: ReadonlyMap<string, Block>;
  /** Names of the functions it calls anywhere. */
  readonly functions: ReadonlySet<string>;
}
