// Which values the templates of a chart read: `.Values.a.b`, through `with`, `range`, variables, `index` and named templates.
import type { Hint, Path, Reference } from './types';

/** Text of every action of a template, `{{ … }}` without its dashes; comments left out. */
export function actionsOf(template: string): string[] {
  const out: string[] = [];
  for (const match of template.matchAll(/\{\{-?\s*((?:"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*'|(?!\}\})[\s\S])*?)\s*-?\}\}/g)) {
    const [, action = ''] = match;
    if (!action.startsWith('/*')) out.push(action);
  }
  return out;
}

const TOKEN = /"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*'|\$[\w]*(?:\.[\w]+)*|\.[\w]+(?:\.[\w]+)*|\.|[\w]+|:=|[=|(),]/g;
const tokensOf = (action: string): readonly string[] => action.match(TOKEN) ?? [];
const isText = (token: string | undefined): token is string => token !== undefined && /^["`]/.test(token);
const isOperand = (token: string | undefined): token is string => token !== undefined && /^[.$]/.test(token);

/** What `.` or a variable stands for: the root context or a path in the values; undefined stands for anything else. */
interface Scope {
  readonly root?: true;
  readonly path: Path;
}
const ROOT: Scope = { root: true, path: [] };

const pathKey = (scope: Scope): string => scope.path.join('\0');

function follow(scope: Scope | undefined, keys: Path): Scope | undefined {
  if (!scope) return undefined;
  if (!scope.root) return { path: [...scope.path, ...keys] };
  return keys[0] === 'Values' ? { path: keys.slice(1) } : keys.length === 0 ? ROOT : undefined;
}

type Variables = ReadonlyMap<string, Scope | undefined>;

function resolve(token: string, dot: Scope | undefined, variables: Variables): Scope | undefined {
  if (token === '.') return dot;
  if (token.startsWith('.')) return follow(dot, token.slice(1).split('.'));
  const [name = '', ...keys] = token.split('.');
  return follow(variables.get(name), keys);
}

/** A text without its quotes. */
const textOf = (token: string): string => token.slice(1, -1);

/** The operands of an action that lead into the values, `index X "a" "b"` and `(X).a` included. */
function operandsOf(tokens: readonly string[], dot: Scope | undefined, variables: Variables): Scope[] {
  const found: Scope[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (!isOperand(token) || tokens[i + 1] === ':=') continue;
    let scope = resolve(token, dot, variables);
    if (!scope) continue;
    const isIndexed = tokens[i - 1] === 'index' || tokens[i - 1] === 'hasKey' || tokens[i - 1] === 'get';
    for (let key = tokens[i + 1]; isIndexed && isText(key); key = tokens[++i + 1]) scope = follow(scope, [textOf(key)]);
    if (scope) found.push(scope);
  }
  return found;
}

/** The actions of files, and of their named templates apart: those count only when something calls them. */
function partsOf(files: readonly string[]): { bodies: string[][]; defines: Map<string, string[]> } {
  const defines = new Map<string, string[]>();
  const bodies = files.map((text) => {
    const body: string[] = [];
    let into = body;
    let depth = 0;
    for (const action of actionsOf(text)) {
      const [word = '', name = ''] = tokensOf(action);
      if (word === 'define') {
        into = [];
        depth = 1;
        defines.set(textOf(name), into);
        continue;
      }
      if (into !== body) {
        if (['if', 'with', 'range', 'block'].includes(word)) depth++;
        if (word === 'end' && --depth === 0) {
          into = body;
          continue;
        }
      }
      into.push(action);
    }
    return body;
  });
  return { bodies, defines };
}

/** How an action uses its operands, of which it may assign some to variables. */
function hintOf(tokens: readonly string[], assigned: number): Hint {
  const [word, next] = tokens;
  if (word === 'range') return assigned > 1 || tokens.includes('keys') ? 'keys' : 'range';
  if (word === 'if' || (word === 'else' && next === 'if')) return 'test';
  if (tokens.includes('toYaml')) return 'yaml';
  return word === 'with' ? 'with' : 'text';
}

/**
 * Every value that the templates read.
 * @returns by the joined path
 */
export function scanReferences(files: readonly string[]): Map<string, Reference> {
  const { bodies, defines } = partsOf(files);
  const found = new Map<string, { path: Path; hints: Set<Hint> }>();
  const called = new Set<string>();
  const own = new Set<string>(); // what templates write into the values themselves

  const note = (scope: Scope, hint: Hint): void => {
    if (scope.root || scope.path.length === 0) return;
    const key = pathKey(scope);
    const reference = found.get(key) ?? { path: scope.path, hints: new Set() };
    reference.hints.add(hint);
    found.set(key, reference);
  };

  const walk = (actions: readonly string[], start: Scope | undefined): void => {
    const variables = new Map<string, Scope | undefined>([['$', start]]);
    const dots: (Scope | undefined)[] = [start];
    for (const action of actions) {
      const tokens = tokensOf(action);
      const dot = dots.at(-1);
      const word = tokens[0];
      const operands = operandsOf(tokens, dot, variables);
      const assigned = tokens.indexOf(':=') > 0 ? tokens.slice(0, tokens.indexOf(':=')).filter((t) => t.startsWith('$')) : [];
      // What a block or a variable gets is known only when the whole pipeline hands on one operand.
      const single = operands.length === 1 ? operands[0] : undefined;
      const hint = hintOf(tokens, assigned.length);
      for (const operand of operands) note(operand, hint);
      for (const [at, token] of tokens.entries()) {
        const [map, key] = [tokens[at + 1], tokens[at + 2]];
        if (token !== 'set' || !isOperand(map) || !isText(key)) continue;
        const scope = follow(resolve(map, dot, variables), [textOf(key)]);
        if (scope) own.add(pathKey(scope));
      }
      const [variable] = assigned;
      if (assigned.length === 1 && variable !== undefined && word !== 'range') variables.set(variable, single);
      for (const [at, token] of tokens.entries()) {
        const [name, argument] = [tokens[at + 1], tokens[at + 2]];
        if ((token === 'include' || token === 'template') && isText(name))
          call(textOf(name), isOperand(argument) ? resolve(argument, dot, variables) : undefined);
      }
      if (word === 'with') dots.push(single);
      else if (word === 'range') dots.push(undefined);
      else if (word === 'if') dots.push(dot);
      else if (word === 'block') dots.push(start);
      else if (word === 'else' && dots.length > 1) dots[dots.length - 1] = dots.at(-2);
      else if (word === 'end' && dots.length > 1) dots.pop();
    }
  };

  const call = (name: string, scope: Scope | undefined): void => {
    const key = `${name} ${scope ? scope.path.join('.') : '?'}`;
    const actions = defines.get(name);
    if (called.has(key) || !actions) return;
    called.add(key);
    walk(actions, scope);
  };

  for (const body of bodies) walk(body, ROOT);
  for (const key of own) found.delete(key);
  return found;
}
