// Reads the tokens of a template into its syntax tree, with Go's rules and errors.
import type { Block, Command, Node, Operand, Pipe, Template } from './ast';
import { Failure, TemplateError, templateError } from './errors';
import { functionProblem } from './functions';
import { tokenize, type Token, type TokenKind } from './lexer';
import { LIMITS } from './limits';
import { numberLiteral, unquote } from './literals';
import { describe, TokenReader } from './tokens';

/** What ends a block: `end`, or `else` with what follows it. */
type BlockEnd = 'end' | 'else' | 'else if' | 'else with';

/** Operands that a pipe cannot give a value to. */
const CONSTANTS = new Set(['bool', 'dot', 'nil', 'number', 'string']);

export function parse(text: string): Template {
  return new Parser(text).template();
}

class Parser {
  private readonly tokens: TokenReader;
  private variables = ['$'];
  private ranges = 0;
  private depth = 0;
  private readonly defined = new Map<string, Block>();
  private readonly functions = new Set<string>();

  constructor(private readonly text: string) {
    this.tokens = new TokenReader(tokenize(text), { kind: 'end of text', source: '', position: text.length });
  }

  template(): Template {
    const body: Node[] = [];
    while (this.tokens.peek().kind !== 'end of text') {
      if (this.isDefinition()) {
        this.definition();
        continue;
      }
      const node = this.node();
      if (typeof node === 'string') throw this.error(`unexpected {{${node}}}`, this.tokens.previousOpen());
      body.push(node);
    }
    return { text: this.text, body, defined: this.defined, functions: this.functions };
  }

  /** The nodes up to `end` or `else`. */
  private block(opener: Token): { body: Block; end: BlockEnd } {
    this.enter(opener);
    const body: Node[] = [];
    for (;;) {
      if (this.tokens.peek().kind === 'end of text') {
        throw this.error(`{{${opener.source}}} is not closed`, opener, 'add {{ end }}');
      }
      const node = this.node();
      if (typeof node === 'string') {
        this.depth -= 1;
        return { body, end: node };
      }
      body.push(node);
    }
  }

  private node(): Node | BlockEnd {
    const token = this.tokens.next();
    if (token.kind === 'text') return { kind: 'text', text: token.source, position: token.position };
    const first = this.tokens.peekWord();
    if (first.kind !== 'keyword') {
      return { kind: 'action', pipe: this.pipe('command', 'close'), position: first.position };
    }
    this.tokens.nextWord();
    return this.control(first);
  }

  private control(keyword: Token): Node | BlockEnd {
    switch (keyword.source) {
      case 'if':
      case 'with':
      case 'range':
        return this.branch(keyword, keyword.source);
      case 'end':
        this.close('end');
        return 'end';
      case 'else':
        return this.elseEnd();
      case 'template':
        return this.templateCall(keyword);
      case 'block':
        return this.blockDefinition(keyword);
      case 'break':
      case 'continue':
        this.close(keyword.source);
        if (this.ranges === 0) throw this.error(`{{${keyword.source}}} outside {{range}}`, keyword);
        return { kind: keyword.source, position: keyword.position };
      default:
        throw this.error(`unexpected {{${keyword.source}}} inside a block`, keyword, 'move it to the top of the text');
    }
  }

  private branch(keyword: Token, kind: 'if' | 'with' | 'range'): Node {
    const scope = this.variables.length;
    const pipe = this.pipe(kind, 'close');
    if (kind === 'range') this.ranges += 1;
    const { body, end } = this.block(keyword);
    if (kind === 'range') this.ranges -= 1;
    const otherwise = this.otherwise(keyword, kind, end);
    this.variables.length = scope;
    return { kind, pipe, body, otherwise, position: keyword.position };
  }

  private otherwise(keyword: Token, kind: 'if' | 'with' | 'range', end: BlockEnd): Block | undefined {
    if (end === 'end') return undefined;
    if (end === 'else') {
      const { body, end: last } = this.block(keyword);
      if (last !== 'end') throw this.error(`expected {{end}}, found {{${last}}}`, this.tokens.previousOpen());
      return body;
    }
    const nested = this.tokens.nextWord();
    if (end !== `else ${kind}` || kind === 'range') {
      throw this.error(`{{${end}}} does not belong to {{${kind}}}`, nested, `write {{ else }}{{ ${nested.source} … }}`);
    }
    this.enter(nested);
    const node = this.branch(nested, kind);
    this.depth -= 1;
    return [node];
  }

  private elseEnd(): BlockEnd {
    const next = this.tokens.peekWord();
    if (next.kind === 'keyword' && (next.source === 'if' || next.source === 'with')) return `else ${next.source}`;
    this.close('else');
    return 'else';
  }

  private templateCall(keyword: Token): Node {
    const name = this.templateName(keyword);
    const pipe = this.tokens.peekWord().kind === 'close' ? undefined : this.pipe('template', 'close');
    if (pipe === undefined) this.close('template');
    return { kind: 'template', name, pipe, position: keyword.position };
  }

  private blockDefinition(keyword: Token): Node {
    const name = this.templateName(keyword);
    const pipe = this.pipe('block', 'close');
    this.define(name, keyword);
    return { kind: 'template', name, pipe, position: keyword.position };
  }

  private isDefinition(): boolean {
    return this.tokens.peek().kind === 'open' && this.tokens.peekWord(1).source === 'define' && this.tokens.peekWord(1).kind === 'keyword';
  }

  private definition(): void {
    this.tokens.next();
    const keyword = this.tokens.nextWord();
    const name = this.templateName(keyword);
    this.close('define');
    this.define(name, keyword);
  }

  /** Reads a body that knows nothing of the variables and loops around it. */
  private define(name: string, keyword: Token): void {
    const [variables, ranges] = [this.variables, this.ranges];
    this.variables = ['$'];
    this.ranges = 0;
    const { body, end } = this.block(keyword);
    if (end !== 'end') throw this.error(`unexpected {{${end}}} in {{${keyword.source}}}`, this.tokens.previousOpen());
    this.variables = variables;
    this.ranges = ranges;
    const known = this.defined.get(name);
    if (known === undefined || isBlank(known)) this.defined.set(name, body);
    else if (!isBlank(body)) throw this.error(`template ${JSON.stringify(name)} is defined twice`, keyword);
  }

  private templateName(keyword: Token): string {
    const token = this.tokens.nextWord();
    if (token.kind !== 'string') {
      throw this.error(`{{${keyword.source}}} needs a name in quotes, found ${describe(token)}`, token);
    }
    return this.unquoted(token);
  }

  private pipe(context: string, end: TokenKind): Pipe {
    const position = this.tokens.peekWord().position;
    const { variables, assigns } = this.declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.tokens.peekWord();
      if (token.kind === end) {
        this.tokens.nextWord();
        break;
      }
      commands.push(this.command(context, end));
    }
    if (commands.length === 0) throw this.error(`missing value for ${context}`, this.tokens.previous());
    for (const command of commands.slice(1)) {
      if (CONSTANTS.has(command.words[0].kind)) {
        throw this.error('a pipe can only lead into a function', command.words[0]);
      }
    }
    return { kind: 'pipe', variables, assigns, commands, position };
  }

  /** `$x :=`, `$x =`, and for `range` also `$i, $x :=`. */
  private declarations(context: string): { variables: string[]; assigns: boolean } {
    const variables: string[] = [];
    while (this.tokens.peekWord().kind === 'variable') {
      const start = this.tokens.index;
      const variable = this.tokens.nextWord();
      const next = this.tokens.peekWord();
      if (next.kind === 'comma') {
        this.tokens.nextWord();
        variables.push(variable.source);
        if (context !== 'range' || variables.length > 1) throw this.error(`too many variables in ${context}`, next);
        continue;
      }
      if (next.kind === 'declare' || next.kind === 'assign') {
        this.tokens.nextWord();
        variables.push(variable.source);
        this.variables.push(...variables);
        return { variables, assigns: next.kind === 'assign' };
      }
      this.tokens.index = start;
      break;
    }
    // Go lets `range $i, $x` without := pass; nobody can mean it.
    if (variables.length > 0) throw this.error('range can only initialize variables', this.tokens.peekWord(), 'write := after them');
    return { variables, assigns: false };
  }

  private command(context: string, end: TokenKind): Command {
    const position = this.tokens.peekWord().position;
    const words: Operand[] = [];
    for (;;) {
      const operand = this.operand();
      if (operand !== undefined) words.push(operand);
      const token = this.tokens.peek();
      if (token.kind === 'space') {
        this.tokens.next();
        continue;
      }
      if (token.kind === 'pipe') {
        // Go lets a pipe that leads nowhere pass.
        this.tokens.next();
        break;
      }
      if (token.kind === 'close' || token.kind === 'parenEnd') {
        if (token.kind === end) break;
      }
      throw this.error(`unexpected ${describe(token)} in ${context}`, token);
    }
    const [first, ...rest] = words;
    if (first === undefined) throw this.error('empty command', { position });
    return { words: [first, ...rest], position };
  }

  private operand(): Operand | undefined {
    const term = this.term();
    if (term === undefined) return undefined;
    const path: string[] = [];
    const position = this.tokens.peek().position;
    while (this.tokens.peek().kind === 'field') path.push(this.tokens.next().source.slice(1));
    if (path.length === 0) return term;
    if (term.kind === 'field' || term.kind === 'variable') return { ...term, path: [...term.path, ...path] };
    if (CONSTANTS.has(term.kind)) throw this.error('unexpected . after a constant', { position });
    return { kind: 'chain', operand: term, path, position: term.position };
  }

  private term(): Operand | undefined {
    const token = this.tokens.peekWord();
    const { position, source } = token;
    switch (token.kind) {
      case 'function':
        this.tokens.nextWord();
        return this.functionOperand(token);
      case 'dot':
      case 'nil':
        this.tokens.nextWord();
        return { kind: token.kind, position };
      case 'bool':
        this.tokens.nextWord();
        return { kind: 'bool', value: source === 'true', position };
      case 'string':
        this.tokens.nextWord();
        return { kind: 'string', value: this.unquoted(token), position };
      case 'number':
        this.tokens.nextWord();
        return this.placed(token, () => numberLiteral(source, position));
      case 'field':
        this.tokens.nextWord();
        return { kind: 'field', path: [source.slice(1)], position };
      case 'variable':
        this.tokens.nextWord();
        if (!this.variables.includes(source)) throw this.error(`undefined variable ${source}`, token, `declare it with ${source} :=`);
        return { kind: 'variable', name: source, path: [], position };
      case 'paren': {
        this.tokens.nextWord();
        this.enter(token);
        const pipe = this.pipe('parenthesized pipeline', 'parenEnd');
        this.depth -= 1;
        return pipe;
      }
      default:
        return undefined;
    }
  }

  private functionOperand(token: Token): Operand {
    const problem = functionProblem(token.source);
    if (problem !== undefined) {
      throw templateError(this.text, token.position, problem.what, { functionName: token.source, mend: problem.mend });
    }
    this.functions.add(token.source);
    return { kind: 'function', name: token.source, position: token.position };
  }

  private unquoted(token: Token): string {
    return this.placed(token, () => unquote(token.source));
  }

  /** Gives the failure of a literal its place. */
  private placed<T>(token: Token, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof Failure) throw this.error(error.message, token, error.mend);
      throw error;
    }
  }

  private close(context: string): void {
    const token = this.tokens.nextWord();
    if (token.kind !== 'close') throw this.error(`unexpected ${describe(token)} in {{${context}}}`, token);
  }

  private enter(place: { readonly position: number }): void {
    this.depth += 1;
    if (this.depth > LIMITS.nesting) throw this.error(`blocks and parentheses are nested deeper than ${LIMITS.nesting} levels`, place);
  }

  private error(what: string, place: { readonly position: number }, mend?: string): TemplateError {
    return templateError(this.text, place.position, what, { mend });
  }
}

/** Go lets a template be defined again when one of the two holds nothing but space. */
function isBlank(body: Block): boolean {
  return body.every((node) => node.kind === 'text' && node.text.trim() === '');
}
