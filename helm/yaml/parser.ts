// Puts libyaml's tokens together to nodes, a document at a time.
import type { Fail } from './cursor';
import type { ListNode, MapNode, ScalarNode, YamlNode } from './nodes';
import { Scanner } from './scanner';
import type { Token, TokenType } from './tokens';

const TAGS = new Map([
  ['!', '!'],
  ['!!', 'tag:yaml.org,2002:'],
]);

type Types = ReadonlySet<TokenType>;
const ENDS_DOCUMENT: Types = new Set<TokenType>(['version', 'tag-directive', 'document-start', 'document-end', 'stream-end']);
const NO_ITEM: Types = new Set<TokenType>(['entry', 'block-end']);
const NO_BARE_ITEM: Types = new Set<TokenType>(['entry', 'key', 'value', 'block-end']);
const NO_MEMBER: Types = new Set<TokenType>(['key', 'value', 'block-end']);
const NO_FLOW_ITEM: Types = new Set<TokenType>(['comma', 'flow-list-end']);
const NO_FLOW_KEY: Types = new Set<TokenType>(['value', 'comma', 'flow-map-end', 'flow-list-end']);
const NO_FLOW_VALUE: Types = new Set<TokenType>(['comma', 'flow-map-end']);

/** A map or list that stands in a block, and one that has the column of the key above. */
interface Place {
  readonly inBlock: boolean;
  readonly isMember: boolean;
}
const ITEM: Place = { inBlock: true, isMember: false };
const MEMBER: Place = { inBlock: true, isMember: true };
const FLOW: Place = { inBlock: false, isMember: false };

export class Parser {
  private readonly scanner: Scanner;
  private tags = new Map(TAGS);
  private readonly anchors = new Map<string, YamlNode>();
  private isFirst = true;

  constructor(
    text: string,
    private readonly fail: Fail,
    /** For messages. */
    private readonly lineOf: (offset: number) => number,
  ) {
    this.scanner = new Scanner(text, fail);
  }

  /** The next document's content; undefined behind the last one. Throws by `fail`. */
  document(): YamlNode | undefined {
    if (!this.isFirst) while (this.next().type === 'document-end') this.scanner.take();
    const { type } = this.next();
    if (type === 'stream-end') return undefined;
    this.anchors.clear();
    let content: YamlNode;
    if (this.isFirst && (!ENDS_DOCUMENT.has(type) || type === 'document-end')) {
      this.tags = new Map(TAGS);
      content = this.node(ITEM);
    } else {
      this.directives();
      const start = this.next();
      if (start.type !== 'document-start') this.fail(start.offset, this.afterEnd(start));
      this.scanner.take();
      const first = this.next();
      content = ENDS_DOCUMENT.has(first.type) ? empty(first.offset) : this.node(ITEM);
    }
    this.isFirst = false;
    const rest = this.next();
    // Helm reads the text up to here and leaves the rest out.
    if (!ENDS_DOCUMENT.has(rest.type) || rest.type === 'version' || rest.type === 'tag-directive')
      this.fail(rest.offset, this.afterEnd(rest));
    return content;
  }

  private afterEnd({ type }: Token): string {
    return type === 'flow-list-end' || type === 'flow-map-end'
      ? `there is a "${type === 'flow-list-end' ? ']' : '}'}" too many`
      : 'this does not belong to what stands before it, and would not be read; check the indentation';
  }

  private next(): Token {
    return this.scanner.peek();
  }

  private directives(): void {
    this.tags = new Map();
    let hasVersion = false;
    for (let found = this.next(); found.type === 'version' || found.type === 'tag-directive'; found = this.next()) {
      if (found.type === 'version') {
        if (hasVersion) this.fail(found.offset, '%YAML is given twice');
        if (found.text.split('.').map(Number).join('.') !== '1.1')
          this.fail(found.offset, 'the version of YAML is 1.1 here; take the line away');
        hasVersion = true;
      } else {
        if (this.tags.has(found.text)) this.fail(found.offset, 'a handle is given twice by %TAG');
        this.tags.set(found.text, found.suffix);
      }
      this.scanner.take();
    }
    for (const [handle, prefix] of TAGS) if (!this.tags.has(handle)) this.tags.set(handle, prefix);
  }

  private node(place: Place): YamlNode {
    let token = this.next();
    if (token.type === 'alias') {
      this.scanner.take();
      const target = this.anchors.get(token.text);
      if (!target)
        return this.fail(token.offset, `there is no anchor of this name before this alias; put a text that begins with "*" in quotes`);
      return { kind: 'alias', offset: token.offset, name: token.text, target };
    }
    const { offset } = token;
    let anchor: string | undefined;
    let tag: string | undefined;
    // One of each, in any order.
    for (let left = 2; left > 0; left--) {
      if (token.type === 'anchor' && anchor === undefined) anchor = token.text;
      else if (token.type === 'tag' && tag === undefined) tag = this.tagOf(token);
      else break;
      this.scanner.take();
      token = this.next();
    }
    return (
      this.content(token, place, anchor, tag) ??
      (anchor === undefined && tag === undefined ? this.fail(token.offset, missing(token)) : this.known(anchor, empty(offset, tag)))
    );
  }

  private content(token: Token, place: Place, anchor: string | undefined, tag: string | undefined): YamlNode | undefined {
    const { offset } = token;
    switch (token.type) {
      case 'scalar': {
        this.scanner.take();
        return this.known<ScalarNode>(anchor, { kind: 'scalar', offset, text: token.text, isPlain: token.isPlain, tag });
      }
      case 'flow-list':
        return this.flowList(this.known<ListNode>(anchor, { kind: 'list', offset, items: [] }));
      case 'flow-map':
        return this.flowMap(this.known<MapNode>(anchor, { kind: 'map', offset, pairs: [] }));
      case 'block-list':
        return place.inBlock ? this.blockList(this.known<ListNode>(anchor, { kind: 'list', offset, items: [] })) : undefined;
      case 'block-map':
        return place.inBlock ? this.blockMap(this.known<MapNode>(anchor, { kind: 'map', offset, pairs: [] })) : undefined;
      case 'entry':
        return place.isMember ? this.bareList(this.known<ListNode>(anchor, { kind: 'list', offset, items: [] })) : undefined;
      default:
        return undefined;
    }
  }

  /** An anchor holds from the start of its node on. */
  private known<T extends YamlNode>(anchor: string | undefined, node: T): T {
    if (anchor !== undefined) this.anchors.set(anchor, node);
    return node;
  }

  private tagOf({ offset, text: handle, suffix }: Token): string {
    if (handle === '') return suffix;
    const prefix = this.tags.get(handle);
    return prefix === undefined
      ? this.fail(offset, `there is no tag handle of this name; put a text that begins with "!" in quotes`)
      : prefix + suffix;
  }

  /** Items at a column of their own. */
  private blockList(list: ListNode): ListNode {
    this.scanner.take();
    for (;;) {
      const { type, offset } = this.next();
      if (type === 'block-end') {
        this.scanner.take();
        return list;
      }
      if (type !== 'entry') this.fail(offset, '"- " is missing here, or the line must stand further in, or further out');
      this.scanner.take();
      list.items.push(this.nodeUnless(NO_ITEM, ITEM, offset));
    }
  }

  /** Items at the column of their key. */
  private bareList(list: ListNode): ListNode {
    for (;;) {
      const { type, offset } = this.next();
      if (type !== 'entry') return list;
      this.scanner.take();
      list.items.push(this.nodeUnless(NO_BARE_ITEM, ITEM, offset));
    }
  }

  private blockMap(map: MapNode): MapNode {
    this.scanner.take();
    for (;;) {
      const token = this.next();
      if (token.type === 'block-end') {
        this.scanner.take();
        return map;
      }
      if (token.type !== 'key') this.fail(token.offset, noKey(token));
      this.scanner.take();
      const key = this.nodeUnless(NO_MEMBER, MEMBER, token.offset);
      const { type, offset } = this.next();
      if (type === 'value') this.scanner.take();
      map.pairs.push([key, type === 'value' ? this.nodeUnless(NO_MEMBER, MEMBER, offset) : empty(offset)]);
    }
  }

  private flowList(list: ListNode): ListNode {
    this.scanner.take();
    for (let isFirst = true; this.next().type !== 'flow-list-end'; isFirst = false) {
      if (!isFirst) this.comma(list, ']');
      const { type, offset } = this.next();
      if (type === 'flow-list-end') break;
      if (type !== 'key') {
        list.items.push(this.node(FLOW));
        continue;
      }
      // A pair without braces is a map of its own.
      this.scanner.take();
      const key = this.nodeUnless(NO_FLOW_KEY, FLOW, offset);
      list.items.push({ kind: 'map', offset, pairs: [[key, this.flowValue(NO_FLOW_ITEM)]] });
    }
    this.scanner.take();
    return list;
  }

  private flowMap(map: MapNode): MapNode {
    this.scanner.take();
    for (let isFirst = true; this.next().type !== 'flow-map-end'; isFirst = false) {
      if (!isFirst) this.comma(map, '}');
      const { type, offset } = this.next();
      if (type === 'flow-map-end') break;
      if (type !== 'key') {
        const key = this.node(FLOW);
        map.pairs.push([key, empty(this.next().offset)]);
        continue;
      }
      this.scanner.take();
      const key = this.nodeUnless(NO_FLOW_KEY, FLOW, offset);
      map.pairs.push([key, this.flowValue(NO_FLOW_VALUE)]);
    }
    this.scanner.take();
    return map;
  }

  private comma(parent: ListNode | MapNode, closer: string): void {
    const { type, offset } = this.next();
    if (type !== 'comma')
      this.fail(
        offset,
        `"," or "${closer}" is missing in the ${parent.kind} that begins with ` +
          `"${closer === ']' ? '[' : '{'}" on line ${this.lineOf(parent.offset)}`,
      );
    this.scanner.take();
  }

  private flowValue(none: Types): YamlNode {
    const { type, offset } = this.next();
    if (type !== 'value') return empty(offset);
    this.scanner.take();
    return this.nodeUnless(none, FLOW, offset);
  }

  private nodeUnless(none: Types, place: Place, offset: number): YamlNode {
    return none.has(this.next().type) ? empty(offset) : this.node(place);
  }
}

const empty = (offset: number, tag?: string): ScalarNode => ({ kind: 'scalar', offset, text: '', isPlain: true, tag });

const MARKS: Partial<Record<TokenType, string>> = {
  comma: ',',
  'flow-list-end': ']',
  'flow-map-end': '}',
  entry: '- ',
  value: ': ',
  key: '? ',
};

/** Why nothing can stand where a token is. */
function missing({ type }: Token): string {
  const mark = MARKS[type];
  if (mark !== undefined) return `a value must not begin with "${mark}"; put it in quotes if it is text`;
  return type === 'stream-end' ? 'the text ends where a value is missing' : 'a value is missing here; check the indentation';
}

function noKey({ type }: Token): string {
  const mark = MARKS[type];
  return mark === undefined || type === 'entry'
    ? 'a key is missing here; check the indentation, and put quotes around the whole value if one ends before'
    : `there is a "${mark}" that belongs to nothing; put the whole value in quotes if it is text`;
}
