// YAML read as Helm reads it: sigs.k8s.io/yaml (YAML 1.1 over JSON, every number a float64, the last duplicate key wins).
import { isAlias, isMap, isScalar, isSeq, Scalar, visit, type Alias, type Document, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { mergeValues } from '../merge';
import { NESTED_TOO_DEEPLY, offsetOf, parseText, type ParsedText } from './document';
import { YamlError } from './error';
import { keyText } from './keys';
import { resolveScalar, ScalarError, type Scalar as ResolvedScalar } from './resolve';
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
  const parsed = parseText(text, source, true);
  const [document] = parsed.documents;
  return document ? new Reader(document, parsed, text, source, options).read() : null;
}

/**
 * Every document of a text, empty ones left out.
 * @throws YamlError
 */
export function readYamlStream(text: string, source: string, options: ReadOptions = {}): unknown[] {
  const parsed = parseText(text, source);
  return parsed.documents
    .filter(({ contents }) => !isEmpty(contents))
    .map((document) => new Reader(document, parsed, text, source, options).read());
}

/**
 * A values file, as `-f` and a chart's values.yaml are read: its documents are merged, later ones over earlier ones; an
 * empty file is an empty map.
 * @throws YamlError, also when a document is no map
 */
export function readValues(text: string, source: string, options: ReadOptions = {}): Values {
  // Helm cuts the text at lines of `---` before any YAML is read, and ends every line with a newline.
  const layers: Values[] = [];
  let lines: string[] = [];
  let firstLine = 0;
  const all = text.replaceAll('\r\n', '\n').split('\n');
  if (all.at(-1) === '') all.pop();
  const flush = (nextLine: number): void => {
    // Empty lines in front keep the places in errors right.
    if (lines.length) layers.push(readMap('\n'.repeat(firstLine) + lines.join('\n') + '\n', source, options, firstLine + 1));
    lines = [];
    firstLine = nextLine;
  };
  all.forEach((line, index) => {
    if (line.startsWith('---')) {
      const rest = line.slice(3).trim();
      if (rest && !rest.startsWith('#')) {
        throw new YamlError(
          source,
          index + 1,
          4,
          `a document's content must not stand on the line of its "---"; put "${rest}" on the next line`,
        );
      }
      // A mark with nothing before it belongs to the document after it.
      if (lines.length) return flush(index + 1);
    } else if (line.startsWith('%') && lines.every((before) => /^\s*(#|$)/.test(before))) {
      throw new YamlError(source, index + 1, 1, 'directives are not allowed in a values file; take the line away');
    }
    lines.push(line);
  });
  flush(all.length);
  return mergeValues(layers);
}

function readMap(text: string, source: string, options: ReadOptions, line: number): Values {
  const value = readYaml(text, source, options);
  if (value === null) return {};
  if (isTable(value)) return value;
  throw new YamlError(
    source,
    line,
    1,
    `values must be a map, not ${Array.isArray(value) ? 'a list' : `the ${typeof value} ${JSON.stringify(value)}`}`,
  );
}

const isEmpty = (node: unknown): boolean =>
  node === null || (isScalar(node) && node.source === '' && node.tag === undefined && isPlainScalar(node));
const isPlainScalar = (node: Scalar): boolean => node.type === undefined || node.type === Scalar.PLAIN;
const isMergeKey = (node: unknown): boolean =>
  isScalar(node) &&
  (node.source ?? node.value) === '<<' &&
  ((isPlainScalar(node) && node.tag === undefined) || node.tag === '!' || node.tag === 'tag:yaml.org,2002:merge');

// After an odd number of backslashes.
const REFUSED_ESCAPE = /(?<!\\)(?:\\\\)*\\(\/|(?:u|U0000)[dD][89a-fA-F])/;

/** One document's nodes into data. */
class Reader {
  private readonly targets = new Map<Alias, Node>();
  private readonly open = new Set<Node>();
  private reads = 0;
  private aliasReads = 0;
  private aliasDepth = 0;

  constructor(
    private readonly document: Document.Parsed,
    private readonly parsed: ParsedText,
    private readonly text: string,
    private readonly source: string,
    private readonly options: ReadOptions,
  ) {}

  read(): unknown {
    this.bindAliases();
    try {
      return this.value(this.document.contents);
    } catch (error) {
      if (error instanceof RangeError) return this.fail(this.document.contents, NESTED_TOO_DEEPLY, error);
      throw error;
    }
  }

  /** An alias means the last anchor of its name in front of it. */
  private bindAliases(): void {
    const anchors = new Map<string, Node>();
    visit(this.document, {
      Node: (_key, node) => {
        const name = isAlias(node) ? node.source : node.anchor;
        if (name && !/^[\w-]+$/.test(name)) this.fail(node, `the anchor "${name}" may have letters, digits, "-" and "_" only`);
        if (isAlias(node)) {
          const target = anchors.get(node.source);
          if (!target) this.fail(node, `there is no anchor "&${node.source}" before this alias`);
          else this.targets.set(node, target);
        } else if (node.anchor) {
          anchors.set(node.anchor, node);
        }
      },
    });
  }

  private value(node: unknown): unknown {
    this.count(node);
    if (node === null || node === undefined) return null;
    if (isAlias(node)) return this.alias(node, (target) => this.value(target));
    if (isScalar(node)) return this.finite(node, this.scalar(node).value);
    if (isSeq(node)) return node.items.map((item) => this.item(node, item));
    const out: Values = {};
    if (isMap(node)) this.fill(node, out);
    return out;
  }

  private item(list: YAMLSeq, item: unknown): unknown {
    // The package takes a tab between "-" and the item, Helm's reader does not.
    if (!list.flow && this.text.charAt(offsetOf(item as Node) - 1) === '\t') this.fail(item, 'a tab must not follow "-"; use spaces');
    return this.value(item);
  }

  /** Helm's reader refuses texts that are mostly aliases of aliases; the limits are its own. */
  private count(node: unknown): void {
    this.reads++;
    if (this.aliasDepth > 0) this.aliasReads++;
    if (this.aliasReads <= 100 || this.reads <= 1000) return;
    const allowed = this.reads <= 400_000 ? 0.99 : this.reads >= 4_000_000 ? 0.1 : 0.99 - (0.89 * (this.reads - 400_000)) / 3_600_000;
    if (this.aliasReads / this.reads > allowed) this.fail(node, 'the document has too many aliases');
  }

  private alias<T>(node: Alias, read: (target: Node) => T): T {
    const target = this.targets.get(node)!;
    if (this.open.has(target)) this.fail(node, `the value of the anchor "&${node.source}" holds itself`);
    this.open.add(target);
    this.aliasDepth++;
    const value = read(target);
    this.aliasDepth--;
    this.open.delete(target);
    return value;
  }

  private finite<T>(node: Scalar, value: T): T {
    if (typeof value === 'number' && !Number.isFinite(value))
      this.fail(node, `${node.source} is no number that JSON, and so Helm, can hold; quote it if it is text`);
    return value;
  }

  private scalar(node: Scalar): ResolvedScalar {
    if (node.type === Scalar.QUOTE_DOUBLE) this.checkEscapes(node);
    return this.guard(node, () => resolveScalar(this.sourceOf(node), isPlainScalar(node), node.tag));
  }

  /** A block's last line break counts only if it is written: not at the end of a text without one. */
  private sourceOf(node: Scalar): string {
    const source = node.source ?? String(node.value ?? '');
    const isBlock = node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED;
    const endsText = isBlock && (node.range?.[2] ?? 0) >= this.text.length && !this.text.endsWith('\n');
    return endsText && source.endsWith('\n') ? source.slice(0, -1) : source;
  }

  /** Escapes that the `yaml` package takes and Helm's reader refuses. */
  private checkEscapes(node: Scalar): void {
    const written = node.range ? this.text.slice(node.range[0], node.range[1]) : '';
    const found = written.includes('\\') ? REFUSED_ESCAPE.exec(written)?.[1] : undefined;
    if (found === '/') this.fail(node, '"\\/" is no escape; write "/"');
    if (found !== undefined)
      this.fail(node, 'half of a surrogate pair is no character; write the character itself, or \\U and eight digits');
  }

  private guard<T>(node: unknown, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof ScalarError) return this.fail(node, error.message, error);
      throw error;
    }
  }

  /** Puts a map's pairs into `out`, in the order written: a merge overrides keys before it and yields to those after it. */
  private fill(node: YAMLMap, out: Values, isMerge = false): void {
    const written = new Set<string>();
    for (const { key, value } of node.items) {
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

  private merge(value: unknown, out: Values): void {
    const put = (node: unknown): void => {
      this.count(node);
      if (isMap(node)) return this.fill(node, out, true);
      if (isAlias(node)) {
        return this.alias(node, (target) =>
          isMap(target) ? this.fill(target, out, true) : this.fail(node, '"<<" takes a map or a list of maps'),
        );
      }
      this.fail(value, '"<<" takes a map or a list of maps');
    };
    // Earlier maps of the list win.
    if (isSeq(value)) for (const item of value.items.toReversed()) put(item);
    else put(value);
  }

  private key(node: unknown): string {
    this.count(node);
    if (isAlias(node)) return this.alias(node, (target) => this.key(target));
    if (!isScalar(node))
      return node === null || node === undefined
        ? this.fail(node, 'a key must not be null')
        : this.fail(node, 'a key must be a scalar, not a list or a map');
    return this.guard(node, () => keyText(this.scalar(node)));
  }

  private warning(node: unknown, message: string): string {
    const { line, column } = this.parsed.position(offsetOf(node as Node));
    return `${this.source}:${line}:${column}: ${message}`;
  }

  private fail(node: unknown, reason: string, cause?: unknown): never {
    const { line, column } = this.parsed.position(offsetOf(node as Node));
    throw new YamlError(this.source, line, column, reason, { cause });
  }
}
