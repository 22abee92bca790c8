// Walks the syntax tree of a template and writes its text, by the rules of Go's text/template and Helm's tpl.
import type { Block, Command, Node, Operand, Pipe, Template } from './ast';
import { wellFormed } from './bytes';
import { checkCount, constantArgument, isConstant, letterAt, parametersOf, valueArgument } from './call';
import { Failure, TemplateError, templateError } from './errors';
import { readField } from './fields';
import { findFunction } from './functions';
import { checkTextSize, spend } from './limits';
import { plain } from './plain';
import { NO_VALUE, print } from './print';
import { rangeEntries } from './range';
import { counted, parseOnce, Run, type TemplateContext } from './run';
import { isDict, isList, isTrue } from './values';

/** Nothing comes through a pipe. */
const NOTHING = Symbol('nothing');

type Flow = 'next' | 'break' | 'continue';

interface Defined {
  readonly text: string;
  readonly body: Block;
}

/** One execution of a template's body: its variables and what it has written. */
interface Frame {
  readonly text: string;
  readonly defined: ReadonlyMap<string, Defined>;
  readonly variables: { readonly name: string; value: unknown }[];
  output: string;
}

/** Evaluates a text; see index.ts. */
export function evaluateTemplate(text: string, context: TemplateContext): string {
  try {
    return counted(() => {
      const template = parseOnce(text);
      const run = new Run(context, template);
      return wellFormed(new Evaluator(run).evaluate(template, run.root, new Map()));
    });
  } catch (error) {
    if (error instanceof TemplateError) throw error;
    if (error instanceof Failure) throw templateError(text, 0, error.message, { mend: error.mend, cause: error });
    // The limits keep the stack small, but the caller may have used it up.
    if (error instanceof RangeError) throw templateError(text, 0, 'the template is nested too deep', { cause: error });
    throw error;
  }
}

class Evaluator {
  constructor(private readonly run: Run) {}

  /** Evaluates a text inside the templates that are defined around it, as `tpl` does. */
  evaluate(template: Template, dot: unknown, outer: ReadonlyMap<string, Defined>): string {
    const defined = new Map(outer);
    for (const [name, body] of template.defined) defined.set(name, { text: template.text, body });
    const output = this.render({ text: template.text, body: template.body }, dot, defined);
    return output.replaceAll(NO_VALUE, '');
  }

  private render({ text, body }: Defined, dot: unknown, defined: ReadonlyMap<string, Defined>): string {
    const frame: Frame = { text, defined, variables: [{ name: '$', value: dot }], output: '' };
    this.run.nestedTemplate(() => this.walk(frame, body, dot));
    return frame.output;
  }

  private walk(frame: Frame, block: Block, dot: unknown): Flow {
    for (const node of block) {
      const flow = this.walkNode(frame, node, dot);
      if (flow !== 'next') return flow;
    }
    return 'next';
  }

  private walkNode(frame: Frame, node: Node, dot: unknown): Flow {
    this.placed(frame, node, () => spend());
    switch (node.kind) {
      case 'text':
        this.write(frame, node, node.text);
        return 'next';
      case 'action': {
        const value = this.pipe(frame, node.pipe, dot);
        if (node.pipe.variables.length > 0) return 'next';
        const text = value === undefined ? NO_VALUE : this.placed(frame, node, () => print(value));
        this.write(frame, node, text);
        return 'next';
      }
      case 'if':
      case 'with':
      case 'range':
        return this.placed(frame, node, () => this.run.nested(() => this.branch(frame, node, dot)));
      case 'template':
        this.callTemplate(frame, node, dot);
        return 'next';
      default:
        return node.kind;
    }
  }

  private branch(frame: Frame, node: Extract<Node, { kind: 'if' | 'with' | 'range' }>, dot: unknown): Flow {
    const mark = frame.variables.length;
    const value = this.pipe(frame, node.pipe, dot);
    let flow: Flow = 'next';
    if (node.kind === 'range') flow = this.range(frame, node, dot, value);
    else if (isTrue(value)) flow = this.walk(frame, node.body, node.kind === 'with' ? value : dot);
    else if (node.otherwise !== undefined) flow = this.walk(frame, node.otherwise, dot);
    frame.variables.length = mark;
    return flow;
  }

  private range(frame: Frame, node: Extract<Node, { kind: 'if' | 'with' | 'range' }>, dot: unknown, value: unknown): Flow {
    const { variables, assigns } = node.pipe;
    const entries = this.placed(frame, node, () => rangeEntries(value, variables.length));
    const mark = frame.variables.length;
    let isEmpty = true;
    for (const [key, element] of entries) {
      isEmpty = false;
      this.placed(frame, node, () => spend());
      // One variable is the element, two are the key and the element.
      const given = variables.length > 1 ? [key, element] : [element];
      variables.forEach((name, index) => {
        if (assigns) this.assign(frame, node, name, given[index]);
        else this.setTop(frame, variables.length - index, given[index]);
      });
      const flow = this.walk(frame, node.body, element);
      frame.variables.length = mark;
      if (flow === 'break') break;
    }
    return isEmpty && node.otherwise !== undefined ? this.walk(frame, node.otherwise, dot) : 'next';
  }

  private callTemplate(frame: Frame, node: Extract<Node, { kind: 'template' }>, dot: unknown): void {
    const value = node.pipe === undefined ? undefined : this.pipe(frame, node.pipe, dot);
    this.write(
      frame,
      node,
      this.placed(frame, node, () => this.named(frame, node.name, value)),
    );
  }

  /** The text of a named template: of the text's own first, then of the chart's helpers. */
  private named(frame: Frame, name: string, dot: unknown): string {
    const own = frame.defined.get(name);
    if (own !== undefined) return this.run.nested(() => this.render(own, dot, frame.defined));
    const { helpers } = this.run.context;
    const helper = Object.hasOwn(helpers, name) ? helpers[name] : undefined;
    if (helper === undefined) throw unknownTemplate(name, this.run.context);
    const data = dot === this.run.root ? dot : plain(dot);
    try {
      return this.run.nestedTemplate(() => helper(data));
    } catch (error) {
      if (error instanceof Failure || error instanceof RangeError) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw new Failure(`helper ${JSON.stringify(name)} failed: ${message}`, undefined, { cause: error });
    }
  }

  private write(frame: Frame, node: { readonly position: number }, text: string): void {
    this.placed(frame, node, () => {
      spend(text.length / 64);
      checkTextSize(frame.output.length + text.length);
    });
    frame.output += text;
  }

  /** The value of a pipeline; a nil at its end is not a value. */
  private pipe(frame: Frame, pipe: Pipe, dot: unknown): unknown {
    let value: unknown = NOTHING;
    for (const command of pipe.commands) value = this.command(frame, command, dot, value) ?? undefined;
    for (const name of pipe.variables) {
      if (pipe.assigns) this.assign(frame, pipe, name, value);
      else frame.variables.push({ name, value });
    }
    return value;
  }

  private command(frame: Frame, command: Command, dot: unknown, piped: unknown): unknown {
    const [first, ...rest] = command.words;
    if (first.kind === 'function') return this.call(frame, first, rest, dot, piped);
    if (first.kind === 'field' || first.kind === 'variable' || first.kind === 'chain') {
      return this.path(frame, first, rest, dot, piped);
    }
    return this.placed(frame, first, () => {
      if (rest.length > 0 || piped !== NOTHING) {
        throw new Failure(`can't give argument to non-function ${this.source(frame, first)}`);
      }
      if (first.kind === 'nil') throw new Failure('nil is not a command');
      return this.operand(frame, first, dot);
    });
  }

  /** The value of an operand that stands alone. */
  private operand(frame: Frame, operand: Operand, dot: unknown): unknown {
    this.placed(frame, operand, () => spend());
    switch (operand.kind) {
      case 'pipe':
        return this.placed(frame, operand, () => this.run.nested(() => this.pipe(frame, operand, dot)));
      case 'dot':
        return dot;
      case 'function':
        return this.call(frame, operand, [], dot, NOTHING);
      case 'field':
      case 'variable':
      case 'chain':
        return this.path(frame, operand, [], dot, NOTHING);
      default:
        return constantArgument(operand, 'a', '');
    }
  }

  /** `.a.b`, `$x.a.b` or `(…).a.b`; the last field may be a method with arguments. */
  private path(
    frame: Frame,
    operand: Extract<Operand, { readonly path: readonly string[] }>,
    args: readonly Operand[],
    dot: unknown,
    piped: unknown,
  ): unknown {
    let value = dot;
    if (operand.kind === 'variable') value = this.variable(frame, operand).value;
    if (operand.kind === 'chain') {
      if (operand.operand.kind === 'nil') throw this.error(frame, operand, new Failure('nil is not a command'));
      value = this.operand(frame, operand.operand, dot);
    }
    return this.placed(frame, operand, () => {
      const given = args.map((arg) => this.operand(frame, arg, dot));
      if (piped !== NOTHING) given.push(piped);
      const last = operand.path.length - 1;
      if (last < 0 && given.length > 0) throw new Failure(`can't give argument to non-function ${this.source(frame, operand)}`);
      return operand.path.reduce<unknown>(
        (receiver, name, index) => readField(receiver, name, index === last ? given : [], operand.path[index - 1]),
        value,
      );
    });
  }

  private variable(frame: Frame, place: { readonly name: string; readonly position: number }): { value: unknown } {
    const variable = frame.variables.findLast((each) => each.name === place.name);
    if (variable === undefined) throw this.error(frame, place, new Failure(`undefined variable: ${place.name}`));
    return variable;
  }

  private assign(frame: Frame, place: { readonly position: number }, name: string, value: unknown): void {
    this.variable(frame, { name, position: place.position }).value = value;
  }

  private setTop(frame: Frame, fromTop: number, value: unknown): void {
    const variable = frame.variables[frame.variables.length - fromTop];
    if (variable !== undefined) variable.value = value;
  }

  private call(
    frame: Frame,
    { name, position }: { readonly name: string; readonly position: number },
    args: readonly Operand[],
    dot: unknown,
    piped: unknown,
  ): unknown {
    return this.placed(
      frame,
      { position },
      () => {
        spend();
        if (name === 'and' || name === 'or') return this.logic(frame, name, args, dot, piped);
        const known = name === 'include' || name === 'tpl' ? undefined : findFunction(name);
        const parameters = parametersOf(known?.signature ?? 'sa');
        checkCount(parameters, name, args.length + (piped === NOTHING ? 0 : 1), args.length);
        const values = args.map((arg, index) => this.argument(frame, arg, letterAt(parameters, index), dot, name));
        if (piped !== NOTHING) values.push(valueArgument(piped, letterAt(parameters, values.length)));
        for (const value of values) spend(sizeOf(value) / 8);
        const result = known === undefined ? this.callTemplateFunction(frame, name, values) : known.call(...values);
        if (typeof result === 'string') checkTextSize(result.length);
        spend(sizeOf(result) / 8);
        return result;
      },
      name,
    );
  }

  private callTemplateFunction(frame: Frame, name: string, [text, dot]: readonly unknown[]): string {
    const value = dot ?? undefined;
    if (name === 'include') return this.named(frame, String(text), value);
    try {
      return this.run.nested(() => this.evaluate(parseOnce(String(text)), value, frame.defined));
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const problem = `${error.problem} at ${error.line}:${error.column} of the text given to tpl`;
      throw new Failure(problem, error.mend, { cause: error });
    }
  }

  /** `and` and `or` evaluate no further than they must. */
  private logic(frame: Frame, name: 'and' | 'or', args: readonly Operand[], dot: unknown, piped: unknown): unknown {
    if (args.length === 0 && piped === NOTHING) throw new Failure(`wrong number of args for ${name}: want at least 1 got 0`);
    let value: unknown;
    for (const arg of args) {
      value = this.argument(frame, arg, 'a', dot, name);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return piped === NOTHING ? value : piped;
  }

  private argument(frame: Frame, operand: Operand, letter: string, dot: unknown, functionName: string): unknown {
    const read = (): unknown =>
      isConstant(operand)
        ? constantArgument(operand, letter, this.source(frame, operand))
        : valueArgument(this.operand(frame, operand, dot), letter);
    return this.placed(frame, operand, read, functionName);
  }

  /** Runs a part of the template; what fails in it without a place has it here. */
  private placed<T>(frame: Frame, place: { readonly position: number }, body: () => T, functionName?: string): T {
    try {
      return body();
    } catch (error) {
      if (error instanceof Failure) throw this.error(frame, place, error, functionName);
      throw error;
    }
  }

  private error(frame: Frame, { position }: { readonly position: number }, failure: Failure, functionName?: string): TemplateError {
    const isNamed = functionName === undefined || failure.isMessage || new RegExp(`\\b${functionName}\\b`).test(failure.message);
    const problem = isNamed ? failure.message : `${functionName}: ${failure.message}`;
    return templateError(frame.text, position, problem, { functionName, mend: failure.mend, cause: failure.cause ?? failure });
  }

  /** How an operand is written, for errors. */
  private source(frame: Frame, operand: Operand): string {
    return /^(?:"(?:\\.|[^"\\])*"|`[^`]*`|'[^']*'|[^\s()|}]+)/.exec(frame.text.slice(operand.position))?.[0] ?? operand.kind;
  }
}

/** How much a function has to do with a value, in elements; eight characters count as one. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length / 8;
  if (isList(value)) return value.length;
  return isDict(value) ? Object.keys(value).length : 0;
}

function unknownTemplate(name: string, { helpers, elsewhere }: TemplateContext): Failure {
  const template = `template ${JSON.stringify(name)}`;
  const chart = elsewhere?.(name);
  return chart === undefined
    ? new Failure(`${template} is not defined`, knownHelpers(name, helpers))
    : new Failure(
        `${template} of the chart ${chart} is not defined in this one`,
        [knownHelpers(name, helpers), 'or write the text itself'].filter(Boolean).join('; '),
      );
}

function knownHelpers(name: string, helpers: TemplateContext['helpers']): string | undefined {
  const names = Object.keys(helpers).sort();
  if (names.length === 0) return undefined;
  const near = names.filter((each) => each.split('.').pop() === name.split('.').pop());
  return `the templates here are ${(near.length > 0 ? near : names).slice(0, 10).join(', ')}`;
}
