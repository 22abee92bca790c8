// The instructions of a Dockerfile with the lines they take, read as BuildKit reads them: continuations, comments, directives, heredocs.

export interface Instruction {
  /** In capitals. */
  readonly keyword: string;
  /** What follows the keyword, continuation lines joined. */
  readonly rest: string;
  /** Number of its last line before any heredoc, counted from 0. */
  readonly end: number;
  readonly hasHeredocs: boolean;
}

export interface Dockerfile {
  readonly instructions: readonly Instruction[];
  /** It names a frontend of its own. */
  readonly hasSyntax: boolean;
}

const DIRECTIVE = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=(.*)$/s;
const DIRECTIVES: ReadonlySet<string> = new Set(['syntax', 'check', 'escape']);
const COMMENT = /^\s*#/;
/** What may have heredocs, itself or behind ONBUILD. */
const WITH_HEREDOC = /^(?:ONBUILD\s+)?(RUN|COPY|ADD)\s/i;
const FLAGS = /^(?:--[a-z]+(?:=\S*)?\s+)*/i;
const HEREDOC = /^\d*<<(-?)([^<]+)$/s;

/** An escape character at the end goes on with the next line, unless another one stands before it. */
const CONTINUATION: Readonly<Record<string, RegExp>> = { '\\': /(?<!\\)\\[ \t]*$/, '`': /(?<!`)`[ \t]*$/ };

export function parseDockerfile(text: string): Dockerfile {
  const lines = text
    .replace(/^\ufeff/, '')
    .replace(/\n$/, '')
    .split('\n')
    .map(withoutCarriages);
  const { escape, hasSyntax } = readDirectives(lines);
  const continuation = CONTINUATION[escape] ?? /$^/;
  const instructions: Instruction[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const first = (lines[at] ?? '').trimStart();
    if (first === '' || COMMENT.test(first)) continue;
    let joined = first.replace(continuation, '');
    let goesOn = joined !== first;
    while (goesOn && at + 1 < lines.length) {
      at += 1;
      const line = lines[at] ?? '';
      if (line.trim() === '' || COMMENT.test(line)) continue;
      const piece = line.replace(continuation, '');
      joined += piece;
      goesOn = piece !== line;
    }
    const [keyword = '', rest = ''] = joined.trim().split(/[\t\v\f\r ]+(.*)/s);
    const heredocs = heredocsOf(joined);
    instructions.push({ keyword: keyword.toUpperCase(), rest, end: at, hasHeredocs: heredocs.length > 0 });
    for (const { name, tabs } of heredocs) {
      do at += 1;
      while (at < lines.length && (tabs ? (lines[at] ?? '').replace(/^\t+/, '') : lines[at]) !== name);
    }
  }
  return { instructions, hasSyntax };
}

/** No regular expression, whose time would grow with the square of a row of them. */
function withoutCarriages(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end -= 1;
  return line.slice(0, end);
}

/** Comments at the very beginning that set something. */
function readDirectives(lines: readonly string[]): { readonly escape: string; readonly hasSyntax: boolean } {
  let escape = '\\';
  let hasSyntax = false;
  for (const line of lines) {
    const [, name = '', value = ''] = DIRECTIVE.exec(line.trimStart()) ?? [];
    if (!DIRECTIVES.has(name.toLowerCase()) || value.trim() === '') break;
    if (name.toLowerCase() === 'escape') escape = value.trim();
    if (name.toLowerCase() === 'syntax') hasSyntax = true;
  }
  return { escape, hasSyntax };
}

interface Heredoc {
  readonly name: string;
  /** Tabs in front of its lines do not count. */
  readonly tabs: boolean;
}

function heredocsOf(line: string): readonly Heredoc[] {
  if (!line.includes('<<')) return [];
  const [instruction] = WITH_HEREDOC.exec(line) ?? [];
  if (instruction === undefined || isList(line.slice(instruction.length))) return [];
  return (wordsOf(line) ?? []).flatMap((word) => {
    const [, dash, quoted] = HEREDOC.exec(word) ?? [];
    const [name, ...more] = quoted === undefined ? [] : (wordsOf(quoted) ?? []);
    return name === undefined || more.length > 0 ? [] : [{ name: unquoted(name), tabs: dash === '-' }];
  });
}

/** The form with brackets, in which nothing means anything to a shell. */
function isList(text: string): boolean {
  try {
    const list: unknown = JSON.parse(text.trimStart().replace(FLAGS, ''));
    return Array.isArray(list) && list.every((item) => typeof item === 'string');
  } catch {
    return false;
  }
}

const WORD = /(?:\\.?|'[^']*'|"(?:\\.|[^"\\])*"|[^\s\\'"])+/gsy;

/** Words as a shell separates them, quotes kept; `undefined` when a quote is never closed. */
function wordsOf(line: string): readonly string[] | undefined {
  const words: string[] = [];
  for (let at = 0; at < line.length;) {
    const [space = ''] = /^\s+/.exec(line.slice(at)) ?? [];
    at += space.length;
    if (at === line.length) break;
    WORD.lastIndex = at;
    const [word] = WORD.exec(line) ?? [];
    if (word === undefined) return undefined;
    words.push(word);
    at += word.length;
  }
  return words;
}

function unquoted(word: string): string {
  return word.replace(/\\(.?)|'([^']*)'|"((?:\\.|[^"\\])*)"/gs, (_all, escaped?: string, single?: string, double?: string) =>
    double === undefined ? (escaped ?? single ?? '') : double.replace(/\\(["$\\])/g, '$1'),
  );
}
