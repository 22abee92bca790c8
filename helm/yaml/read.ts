// YAML read as Helm reads it: sigs.k8s.io/yaml (YAML 1.1 over JSON, every number a float64, the last duplicate key wins).
import { mergeValues } from '../merge';
import { documentsOf, type Documents } from './document';
import { NESTED_TOO_DEEPLY, YamlError } from './error';
import { keyText } from './keys';
import { isMergeKey, type AliasNode, type MapNode, type ScalarNode, type YamlNode } from './nodes';
import { resolveScalar, ScalarError, type Scalar } from './resolve';
import { isTable, setKey, type Values } from './values';

export { YamlError } from './error';

export interface ReadOptions {
  /** Told of what Helm takes silently but hardly anybody means: a key given twice. */
  warn?: (message: string) => void;
}

/**
 * The first document of a text, as Helm reads one: what follows `---` or `...` is not looked at. An empty text is null.
 * @throws YamlError
 */
export function readYaml(text: string, source: string, options: ReadOptions = {}): unknown {
  return readFirst(text, source, options, 0);
}

/** A line that begins or ends a document. */
const MARKER = /^(?:---|\.\.\.)(?=\s|$)/;

/**
 * A text that a template puts into a document: lines of `---` and `...` are indented there, and begin and end nothing.
 * @throws YamlError, also for such a line, as Helm fails; what follows it would be lost
 */
export function readYamlPart(text: string, source: string): unknown {
  const line = text.split('\n').findIndex((each) => MARKER.test(each));
  if (line >= 0) throw new YamlError(source, line + 1, 1, 'a part of a document cannot begin or end one: take this line away');
  return readYaml(text, source);
}

function readFirst(text: string, source: string, options: ReadOptions, lineBefore: number): unknown {
  const documents = documentsOf(text, source, lineBefore);
  for (const document of documents) return new Reader(documents, source, options).read(document);
  return null;
}

/**
 * Every document of a text, empty ones left out.
 * @throws YamlError
 */
export function readYamlStream(text: string, source: string, options: ReadOptions = {}): unknown[] {
  const documents = documentsOf(text, source);
  const values: unknown[] = [];
  for (const document of documents) if (!isEmpty(document)) values.push(new Reader(documents, source, options).read(document));
  return values;
}

const isEmpty = (node: YamlNode): boolean => node.kind === 'scalar' && node.text === '' && node.tag === undefined && node.isPlain;

/**
 * A values file, as `-f` and a chart's values.yaml are read: its documents are merged, later ones over earlier ones; an
 * empty file is an empty map.
 * @throws YamlError, also when a document is not a map
 */
export function readValues(text: string, source: string, options: ReadOptions = {}): Values {
  const unix = text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text;
  const layers: Values[] = [];
  for (const [part, line] of splitDocuments(unix, source)) layers.push(readMap(part, source, options, line));
  return mergeValues(layers);
}

/**
 * Helm cuts the text at lines of `---` before any YAML is read, and ends every line
 * with a newline. Gives each part and the lines before it.
 */
function* splitDocuments(text: string, source: string): Generator<readonly [string, number]> {
  let start = 0;
  let startLine = 0;
  let line = 0;
  let counted = 0;
  const lineAt = (offset: number): number => {
    for (let at = text.indexOf('\n', counted); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
      line++;
      counted = at + 1;
    }
    return line;
  };
  for (const { index, 0: mark } of text.matchAll(/^(?:---|%).*/gm)) {
    // A separator of lines that YAML knows is none here.
    if (index > 0 && text.charAt(index - 1) !== '\n') continue;
    if (mark.startsWith('%')) {
      if (/^(?:[^\S\n]*(?:#.*)?\n)*$/.test(text.slice(start, index)))
        throw new YamlError(source, lineAt(index) + 1, 1, 'directives are not allowed in a values file; take the line away');
      continue;
    }
    const rest = text.slice(index + 3, endOfLine(text, index)).trim();
    if (rest && !rest.startsWith('#'))
      throw new YamlError(
        source,
        lineAt(index) + 1,
        4,
        `a document's content must not stand on the line of its "---"; put it on the next line`,
      );
    // A mark with nothing before it belongs to the document after it.
    if (index > start) {
      yield [text.slice(start, index), startLine];
      start = Math.min(endOfLine(text, index) + 1, text.length);
      startLine = lineAt(index) + 1;
    }
  }
  if (start < text.length) yield [text.endsWith('\n') ? text.slice(start) : `${text.slice(start)}\n`, startLine];
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function readMap(text: string, source: string, options: ReadOptions, lineBefore: number): Values {
  const value = readFirst(text, source, options, lineBefore);
  if (value === null) return {};
  if (isTable(value)) return value;
  throw new YamlError(
    source,
    lineBefore + 1,
    1,
    `values must be a map, not ${Array.isArray(value) ? 'a list' : typeof value === 'string' ? 'a text' : `a ${typeof value}`}`,
  );
}

/** One document's nodes into data. */
class Reader {
  private readonly open = new Set<YamlNode>();
  private readonly infinite: ScalarNode[] = [];
  private reads = 0;
  private aliasReads = 0;
  private aliasDepth = 0;

  constructor(
    private readonly documents: Documents,
    private readonly source: string,
    private readonly options: ReadOptions,
  ) {}

  read(document: YamlNode): unknown {
    try {
      const value = this.value(document);
      // A key given again may have taken its place.
      const [first] = this.infinite;
      if (first && holdsInfinite(value))
        this.fail(first, `${first.text} is not a number that JSON, and so Helm, can hold; quote it if it is text`);
      return value;
    } catch (error) {
      if (error instanceof RangeError) return this.fail(document, NESTED_TOO_DEEPLY, error);
      throw error;
    }
  }

  private value(node: YamlNode): unknown {
    this.count(node);
    switch (node.kind) {
      case 'scalar': {
        const { value } = this.scalar(node);
        if (typeof value === 'number' && !Number.isFinite(value)) this.infinite.push(node);
        return value;
      }
      case 'list':
        return node.items.map((item) => this.value(item));
      case 'map': {
        const out: Values = {};
        this.fill(node, out);
        return out;
      }
      case 'alias':
        return this.alias(node, (target) => this.value(target));
    }
  }

  /** Helm's reader refuses texts that are mostly aliases of aliases; the limits are its own. */
  private count(node: YamlNode): void {
    this.reads++;
    if (this.aliasDepth > 0) this.aliasReads++;
    if (this.aliasReads <= 100 || this.reads <= 1000) return;
    const allowed = this.reads <= 400_000 ? 0.99 : this.reads >= 4_000_000 ? 0.1 : 0.99 - (0.89 * (this.reads - 400_000)) / 3_600_000;
    if (this.aliasReads / this.reads > allowed) this.fail(node, 'the document has too many aliases');
  }

  private alias<T>(node: AliasNode, read: (target: YamlNode) => T): T {
    const { target } = node;
    if (this.open.has(target)) this.fail(node, 'the value of this anchor holds itself');
    this.open.add(target);
    this.aliasDepth++;
    const value = read(target);
    this.aliasDepth--;
    this.open.delete(target);
    return value;
  }

  private scalar(node: ScalarNode): Scalar {
    return this.guard(node, () => resolveScalar(node.text, node.isPlain, node.tag));
  }

  private guard<T>(node: YamlNode, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof ScalarError) return this.fail(node, error.message, error);
      throw error;
    }
  }

  /** Puts a map's pairs into `out`, in the order written: a merge overrides keys before it and yields to those after it. */
  private fill(node: MapNode, out: Values, isMerge = false): void {
    const written = new Set<string>();
    for (const [key, value] of node.pairs) {
      if (isMergeKey(key)) {
        this.merge(value, out);
        continue;
      }
      const name = this.key(key);
      const item = this.value(value);
      if (!isMerge && written.has(name)) this.options.warn?.(this.warning(key, `the key "${name}" is given twice; the last one counts`));
      written.add(name);
      setKey(out, name, item);
    }
  }

  private merge(value: YamlNode, out: Values): void {
    const put = (node: YamlNode): void => {
      this.count(node);
      if (node.kind === 'map') return this.fill(node, out, true);
      if (node.kind === 'alias')
        return this.alias(node, (target) =>
          target.kind === 'map' ? this.fill(target, out, true) : this.fail(node, '"<<" takes a map or a list of maps'),
        );
      this.fail(value, '"<<" takes a map or a list of maps');
    };
    // Earlier maps of the list win.
    if (value.kind === 'list') for (const item of value.items.toReversed()) put(item);
    else put(value);
  }

  private key(node: YamlNode): string {
    this.count(node);
    if (node.kind === 'alias') return this.alias(node, (target) => this.key(target));
    if (node.kind !== 'scalar') return this.fail(node, 'a key must be a scalar, not a list or a map');
    return this.guard(node, () => keyText(this.scalar(node)));
  }

  private warning(node: YamlNode, message: string): string {
    const { line, column } = this.documents.position(node.offset);
    return `${this.source}:${line}:${column}: ${message}`;
  }

  private fail(node: YamlNode, reason: string, cause?: unknown): never {
    return this.documents.fail(node.offset, reason, cause);
  }
}

function holdsInfinite(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsInfinite);
}
