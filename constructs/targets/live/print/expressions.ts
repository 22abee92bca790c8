// What templates call values, and what they ask of them.
import { allOf, type Clause } from './blocks';
import { NAMESPACE, RELEASE_NAME } from '../values/leaves';
import type { ItemLeaf } from '../values/found';
import type { Kinds } from '../tree/simplify';
import type { Choice, Condition, Hole, Node, Part, Piece, Switch } from '../tree/model';

/** What is known of values, by their numbers. */
export interface Names extends Kinds {
  /** Keys of the values. */
  path(leaf: number): readonly string[];
  /** Maps and lists. */
  isContainer(leaf: number): boolean;
  /** The named template that prints what stands in for a value when it is empty. @default nothing does */
  fallback?(leaf: number): string | undefined;
  /** A map. @default none */
  isMap?(leaf: number): boolean;
  /** Texts that hold a list as YAML. @default none */
  isYaml?(leaf: number): boolean;
  /** Flags that are on unless they are false. @default none */
  isSwitch?(leaf: number): boolean;
  /** Of a part of the items of a list: which. @default it is a value itself */
  item?(leaf: number): ItemLeaf | undefined;
}

const IDENTIFIER = /^[A-Za-z_]\w*$/;

export class Expressions {
  constructor(readonly names: Names) {}

  /** Groups of values whose keys are no identifiers, as expressions, by the variables that stand for them. */
  private readonly variables = new Map<string, string>();

  /** A template below the declarations of the variables in it. */
  declared(template: string): string {
    const used = [...this.variables].filter(([name]) => new RegExp(`\\${name}\\b`).test(template));
    return `${used.map(([name, group]) => `{{- ${name} := ${group} }}\n`).join('')}${template}`;
  }

  /** What a template calls a value. */
  expression(leaf: number): string {
    if (leaf === RELEASE_NAME) return `${this.root}.Release.Name`;
    if (leaf === NAMESPACE) return `${this.root}.Release.Namespace`;
    const fallback = this.names.fallback?.(leaf);
    return fallback === undefined ? this.given(leaf) : `(include ${JSON.stringify(fallback)} $)`;
  }

  /** The same, whatever stands in for it. */
  given(leaf: number): string {
    const item = this.names.item?.(leaf);
    if (item) {
      const { key, value } = this.variablesOf(item.list);
      const [first, ...rest] = item.at;
      if (key === undefined) return below(item.at, value);
      return first === 'key' ? key : below(rest, value);
    }
    const path = this.names.path(leaf);
    const own = below(path.slice(-1), this.group(path.slice(0, -1)));
    return this.names.isSwitch?.(leaf) ? `(ne ${own} false)` : own;
  }

  /** Whether the key of a value is there. */
  private hasKey(leaf: number): string {
    const path = this.names.path(leaf);
    return `(hasKey ${this.group(path.slice(0, -1))} ${JSON.stringify(path.at(-1))})`;
  }

  /** Lists through whose items the template goes; the outermost comes first. */
  private readonly entered: number[] = [];

  /** What the dot is at the top: in a loop, it is another one. */
  private get root(): string {
    return this.entered.length ? '$' : '';
  }

  /** What the items of a list, or keys and values of a map, are called in the loop through it. */
  private variablesOf(list: number): { readonly key?: string; readonly value: string } {
    const depth = this.entered.indexOf(list);
    const suffix = depth > 0 ? String(depth + 1) : '';
    return this.names.isMap?.(list) ? { key: `$key${suffix}`, value: `$value${suffix}` } : { value: `$item${suffix}` };
  }

  /** Lines in a loop through a list or a map, with the head of it. */
  protected looped<T>(list: number, body: () => T): { readonly head: string; readonly inner: T } {
    const own = this.expression(list);
    this.entered.push(list);
    try {
      const { key, value } = this.variablesOf(list);
      return { head: `{{- range ${key === undefined ? '' : `${key}, `}${value} := ${own} }}`, inner: body() };
    } finally {
      this.entered.pop();
    }
  }

  /** The same with what stands in its place while it is off. */
  protected held({ leaf, otherwise, form }: Hole): string {
    const expression = this.expression(leaf);
    if (otherwise !== undefined) return `${expression} | default ${JSON.stringify(otherwise)}`;
    if (form !== 'blank') return expression;
    // In the text of a list, nothing is left out: 0 and false are not.
    return this.names.isText(leaf) ? `${expression} | default ""` : `list ${expression} | join ""`;
  }

  /** Whether other templates read what is printed: Helm takes `<no value>` out of the end of it all only. */
  protected isRead = false;

  /** The same as part of a text, where nothing stands for nothing. */
  protected heldInText(hole: Exclude<Part, string>): string {
    if (hole.t === 'pieces') return `${this.textExpression(hole)} | b64enc`;
    if (hole.t === 'joined') return `join ${JSON.stringify(hole.separator)} ${this.expression(hole.leaf)}`;
    if (hole.form === 'blank' && hole.otherwise === undefined && !this.isRead) return this.expression(hole.leaf);
    const text = hole.otherwise === '' && this.names.isNeverNought(hole.leaf) ? this.expression(hole.leaf) : this.held(hole);
    return text.replace(/^\((include [^()]*)\)$/, '$1');
  }

  /** What a template calls a group of values: by a variable of its own, if its key is no identifier. */
  private group(path: readonly string[]): string {
    const at = path.findLastIndex((key) => !IDENTIFIER.test(key));
    if (at < 0) return below(path, `${this.root}.Values`);
    const [key = ''] = path.slice(at);
    const group = `index ${below(path.slice(0, at), '.Values')} ${JSON.stringify(key)}`;
    const name = variableOf(key);
    const other = this.variables.get(name);
    // Another group with such a key has the name.
    if (other !== undefined && other !== group) return below(path, `${this.root}.Values`);
    this.variables.set(name, group);
    return below(path.slice(at + 1), name);
  }

  condition(condition: Condition): string {
    return allOf(this.clauses(condition));
  }

  clauses({ all, unless = [] }: Condition): Clause[] {
    return [
      ...all.map((item) => ({ text: this.one(item), negated: [this.one({ ...item, on: !item.on })] })),
      ...unless.map((switches) => {
        const others = switches.map((item) => this.one({ ...item, on: !item.on }));
        const text = others.length > 1 ? `(or ${others.join(' ')})` : (others[0] ?? '');
        return { text, negated: switches.map((item) => this.one(item)) };
      }),
    ];
  }

  private one({ leaf, on, test }: Switch): string {
    const value = this.expression(leaf);
    if (!test) return on ? value : `(not ${value})`;
    if ('given' in test) return on ? `(not (kindIs "invalid" ${value}))` : `(kindIs "invalid" ${value})`;
    if ('filled' in test) return on ? `(not (has ${value} (list nil "")))` : `(has ${value} (list nil ""))`;
    if ('there' in test) return on ? this.hasKey(leaf) : `(not ${this.hasKey(leaf)})`;
    if ('nought' in test) return `(${on ? 'eq' : 'ne'} (toString ${value}) "0")`;
    if ('contains' in test) {
      const own = this.textExpression(test.contains);
      // It is looked at beside a value that is nothing, too: all operands of a function are.
      const isText = test.contains.t === 'literal' || this.isNeverNothing(test.contains);
      const contains = `(contains ${isText ? own : `(${own} | default "" | toString)`} ${value})`;
      return on ? contains : `(not ${contains})`;
    }
    if ('is' in test) return `(${on ? 'eq' : 'ne'} ${value} ${JSON.stringify(test.is)})`;
    return `(${on ? 'ge' : 'lt'} (int ${value}) ${test.least})`;
  }

  /** A value with another one, or a text, in its place while it is empty. @returns undefined where that is not what is chosen */
  withDefault({ when, yes, no }: Choice): string | undefined {
    const [own, ...others] = when.all;
    if (!own || others.length || when.unless || (own.test && !('filled' in own.test && this.names.isText(own.leaf)))) return undefined;
    const [value, other] = own.on ? [yes, no] : [no, yes];
    if (value.t !== 'hole' || value.leaf !== own.leaf || value.otherwise !== undefined) return undefined;
    const isText = (node: Node): boolean =>
      node.t === 'pieces'
        ? !node.encoded && node.parts.every((part) => this.isNeverNothing(part))
        : node.t === 'hole' && node.otherwise === undefined && (node.form === 'text' || this.names.isText(node.leaf));
    const isAsIs = (node: Node): boolean =>
      node.t === 'hole' && node.otherwise === undefined && (node.form ?? 'json') === 'json' && node.leaf > NAMESPACE;
    const areTexts = [value, other].every(isText);
    if (!areTexts && ![value, other].every(isAsIs)) return undefined;
    return `{{ ${this.expression(value.leaf)} | default ${this.textExpression(other as Piece)} | ${areTexts ? 'quote' : 'toJson'} }}`;
  }

  /** Whether a part of a text is one for all values: `printf` has words for nothing. */
  private isNeverNothing(part: Part): boolean {
    if (typeof part === 'string' || part.t === 'joined') return true;
    if (part.t === 'pieces') return part.parts.every((one) => this.isNeverNothing(one));
    const { leaf, form, otherwise } = part;
    return leaf <= NAMESPACE || form === 'blank' || otherwise !== undefined || this.names.fallback?.(leaf) !== undefined;
  }

  /** A text that is chosen, as part of an expression. */
  wordExpression(node: Node): string {
    if (node.t === 'choice') {
      const [only, ...others] = [...node.when.all, ...(node.when.unless ?? []).flat()];
      const condition = `(${this.condition(node.when)})`;
      // A test is true or false already.
      const truth = only?.test && !others.length ? condition : `(not (not ${condition}))`;
      return `(ternary ${this.wordExpression(node.yes)} ${this.wordExpression(node.no)} ${truth})`;
    }
    if (node.t !== 'literal' && node.t !== 'hole' && node.t !== 'pieces') throw new Error(`a ${node.t} is not part of a text`);
    return this.textExpression(node);
  }

  /** A text as part of an expression. */
  textExpression(piece: Piece): string {
    const inner = (hole: Exclude<Part, string>): string =>
      hole.t !== 'hole' || hole.otherwise !== undefined || hole.form === 'blank'
        ? `(${hole.t === 'hole' ? this.held(hole) : this.heldInText(hole)})`
        : this.expression(hole.leaf);
    if (piece.t === 'literal') return JSON.stringify(String(piece.value));
    if (piece.t === 'hole') return inner(piece);
    const format = piece.parts.map((part) => (typeof part === 'string' ? part.replaceAll('%', '%%') : '%v')).join('');
    const holes = piece.parts.filter((part) => typeof part === 'object');
    return `(printf ${JSON.stringify(format)} ${holes.map(inner).join(' ')})`;
  }
}

const below = (keys: readonly string[], start: string): string =>
  keys.reduce((at, key) => (IDENTIFIER.test(key) ? `${at}.${key}` : `(index ${at} ${JSON.stringify(key)})`), start);

const variableOf = (key: string): string =>
  `$${key.replaceAll(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase())}`;
