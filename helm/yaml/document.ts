// YAML text into documents of nodes: where the npm package `yaml` is told to keep what Helm's reader sees.
import { LineCounter, parseAllDocuments, type Document, type Node, type ParsedNode, type YAMLParseError } from 'yaml';
import { YamlError } from './error';

export interface ParsedText {
  readonly documents: readonly Document.Parsed[];
  /** Line and column, from 1, of an offset in the text. */
  readonly position: (offset: number) => { line: number; column: number };
}

// What Helm's reader refuses, and the line and paragraph separators: they end a line for it, but not for the package.
// oxlint-disable-next-line no-control-regex
const UNREADABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u2028\u2029\ufffe\uffff]/;

export const NESTED_TOO_DEEPLY = 'lists and maps are nested too deeply';

/**
 * Nodes of every document, scalars unread. With `firstOnly` errors after the first document do not count, as for Helm.
 * @throws YamlError at the first mistake
 */
export function parseText(text: string, source: string, firstOnly = false): ParsedText {
  const lines = new LineCounter();
  const position = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: line || 1, column: col || 1 };
  };
  const fail = (offset: number, reason: string, cause?: unknown): never => {
    const { line, column } = position(offset);
    throw new YamlError(source, line, column, reason, { cause });
  };

  const unreadable = UNREADABLE.exec(text);
  if (unreadable) {
    const before = text.slice(0, unreadable.index).split('\n');
    const code = text.charCodeAt(unreadable.index).toString(16).toUpperCase().padStart(4, '0');
    throw new YamlError(
      source,
      before.length,
      before.at(-1)!.length + 1,
      `the character U+${code} is not allowed; write it as an escape in double quotes`,
    );
  }

  let parsed: ReturnType<typeof parseAllDocuments>;
  try {
    parsed = parseAllDocuments(normalizeBreaks(text), {
      schema: 'failsafe',
      version: '1.1',
      merge: false,
      resolveKnownTags: false,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
      lineCounter: lines,
    });
  } catch (error) {
    if (error instanceof RangeError) throw new YamlError(source, 1, 1, NESTED_TOO_DEEPLY, { cause: error });
    throw error;
  }
  if (!Array.isArray(parsed)) return { documents: [], position };
  const documents = (firstOnly ? parsed.slice(0, 1) : parsed) as Document.Parsed<ParsedNode>[];
  for (const { errors } of documents) {
    const [error] = errors;
    if (error) fail(error.pos[0], reasonOf(error), error);
  }
  return { documents, position };
}

/** The package's words, with the mend where it is not plain. */
function reasonOf({ code, message }: YAMLParseError): string {
  if (message.startsWith('Maximum call stack')) return NESTED_TOO_DEEPLY;
  if (code === 'BLOCK_AS_IMPLICIT_KEY')
    return 'a value cannot hold a map here; quote the value if it holds ": ", else check the indentation of the lines below';
  if (code === 'TAB_AS_INDENT') return 'tabs are not allowed as indentation; use spaces';
  return message;
}

/** A lone CR and NEL end a line for Helm's reader; one character for one, so that offsets stay. */
function normalizeBreaks(text: string): string {
  return /[\r\x85]/.test(text) ? text.replace(/\r(?!\n)|\x85/g, '\n') : text;
}

/** Where a node starts. */
export const offsetOf = (node: Node | null | undefined): number => node?.range?.[0] ?? 0;
