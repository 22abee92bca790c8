// Which values the templates of a chart read: `.Values.a.b`, through `with`, `range`, variables, `index` and named templates.
'use strict';

/** Text of every action of a template, `{{ … }}` without its dashes; comments left out. */
function actionsOf(template) {
  const out = [];
  for (const match of template.matchAll(/\{\{-?\s*((?:"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*'|(?!\}\})[\s\S])*?)\s*-?\}\}/g)) {
    if (!match[1].startsWith('/*')) out.push(match[1]);
  }
  return out;
}

const TOKEN = /"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*'|\$[\w]*(?:\.[\w]+)*|\.[\w]+(?:\.[\w]+)*|\.|[\w]+|:=|[=|(),]/g;
const tokensOf = (action) => action.match(TOKEN) ?? [];
const isText = (token) => token !== undefined && /^["`]/.test(token);
const isOperand = (token) => /^[.$]/.test(token);

// A scope is what `.` or a variable stands for: the root context, a path in the values, or undefined for anything else.
const ROOT = { root: true, path: [] };

const pathKey = (scope) => scope?.path.join('\0');

function follow(scope, keys) {
  if (!scope) return undefined;
  if (!scope.root) return { path: [...scope.path, ...keys] };
  return keys[0] === 'Values' ? { path: keys.slice(1) } : keys.length === 0 ? ROOT : undefined;
}

function resolve(token, dot, variables) {
  if (token === '.') return dot;
  if (token.startsWith('.')) return follow(dot, token.slice(1).split('.'));
  const [name, ...keys] = token.split('.');
  return follow(variables.get(name), keys);
}

/** The operands of an action that lead into the values, `index X "a" "b"` and `(X).a` included. */
function operandsOf(tokens, dot, variables) {
  const found = [];
  for (let i = 0; i < tokens.length; i++) {
    if (!isOperand(tokens[i]) || tokens[i + 1] === ':=') continue;
    let scope = resolve(tokens[i], dot, variables);
    if (!scope) continue;
    const isIndexed = tokens[i - 1] === 'index' || tokens[i - 1] === 'hasKey' || tokens[i - 1] === 'get';
    while (isIndexed && isText(tokens[i + 1])) scope = follow(scope, [tokens[++i].slice(1, -1)]);
    if (scope) found.push(scope);
  }
  return found;
}

/** The actions of files, and of their named templates apart: those count only when something calls them. */
function partsOf(files) {
  const defines = new Map();
  const bodies = files.map((text) => {
    const body = [];
    let into = body;
    let depth = 0;
    for (const action of actionsOf(text)) {
      const [word, name] = tokensOf(action);
      if (word === 'define') {
        into = [];
        depth = 1;
        defines.set(name.slice(1, -1), into);
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

/**
 * Every value that the templates read.
 * @returns Map from the joined path to `{ path, hints }`; hints say how it is used: range, keys, yaml, test, text.
 */
function scanReferences(files) {
  const { bodies, defines } = partsOf(files);
  const found = new Map();
  const called = new Set();
  const own = new Set(); // what templates write into the values themselves

  const note = (scope, hint) => {
    if (!scope || scope.root || scope.path.length === 0) return;
    const key = pathKey(scope);
    if (!found.has(key)) found.set(key, { path: scope.path, hints: new Set() });
    found.get(key).hints.add(hint);
  };

  const walk = (actions, start) => {
    const variables = new Map([['$', start]]);
    const dots = [start];
    for (const action of actions) {
      const tokens = tokensOf(action);
      const dot = dots.at(-1);
      const word = tokens[0];
      const operands = operandsOf(tokens, dot, variables);
      const assigned = tokens.indexOf(':=') > 0 ? tokens.slice(0, tokens.indexOf(':=')).filter((t) => t.startsWith('$')) : [];
      // What a block or a variable gets is known only when the whole pipeline hands on one operand.
      const single = operands.length === 1 ? operands[0] : undefined;
      const hint =
        word === 'range'
          ? assigned.length > 1 || tokens.includes('keys')
            ? 'keys'
            : 'range'
          : word === 'if' || (word === 'else' && tokens[1] === 'if')
            ? 'test'
            : tokens.includes('toYaml')
              ? 'yaml'
              : word === 'with'
                ? 'with'
                : 'text';
      for (const operand of operands) note(operand, hint);
      for (const [at, token] of tokens.entries()) {
        if (token === 'set' && isOperand(tokens[at + 1] ?? '') && isText(tokens[at + 2]))
          own.add(pathKey(follow(resolve(tokens[at + 1], dot, variables), [tokens[at + 2].slice(1, -1)])));
      }
      if (assigned.length === 1 && word !== 'range') variables.set(assigned[0], single);
      for (const [at, token] of tokens.entries()) {
        if ((token === 'include' || token === 'template') && isText(tokens[at + 1]))
          call(tokens[at + 1].slice(1, -1), isOperand(tokens[at + 2] ?? '') ? resolve(tokens[at + 2], dot, variables) : undefined);
      }
      if (word === 'with') dots.push(single);
      else if (word === 'range') dots.push(undefined);
      else if (word === 'if') dots.push(dot);
      else if (word === 'block') dots.push(start);
      else if (word === 'else' && dots.length > 1) dots[dots.length - 1] = dots.at(-2);
      else if (word === 'end' && dots.length > 1) dots.pop();
    }
  };

  const call = (name, scope) => {
    const key = `${name} ${scope ? scope.path.join('.') : '?'}`;
    if (called.has(key) || !defines.has(name)) return;
    called.add(key);
    walk(defines.get(name), scope);
  };

  for (const body of bodies) walk(body, ROOT);
  for (const key of own) found.delete(key);
  return found;
}

module.exports = { actionsOf, scanReferences };
