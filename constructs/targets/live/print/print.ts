// Templates: objects as YAML, with expressions where values stand.
import { writeKey } from '../../../../helm/yaml/text';
import { constant, escaped } from './constants';
import { allOf, inBlocks, isOpposite, oneLineBlock, otherwise, type Clause, type Conditional } from './blocks';
import { Expressions } from './expressions';
import { NAMESPACE } from '../values/leaves';
import { evaluate, type Container, type Each, type Hole, type Member, type Node, type Piece, type Pieces, type Yaml } from '../tree/model';
import { isDecidedBy, simplified } from '../tree/simplify';
import { isConstant, isContainer } from '../tree/skeleton';

/** Maps of texts: a bare number in them makes a server refuse the object. */
export const STRING_MAPS: ReadonlySet<string> = new Set([
  'labels',
  'annotations',
  'matchLabels',
  'nodeSelector',
  'selector',
  'commonLabels',
]);

export class Printer extends Expressions {
  /** Whether blocks of one line are written on one line. */
  private isCompact = false;
  /** What is asked for around the lines at hand. */
  private known: readonly string[] = [];

  /**
   * An object as a template; variables in it are to be declared.
   * @param isRead whether other templates read it. @default true
   */
  object(node: Container, isRead = true): string {
    this.isRead = isRead;
    const object = simplified(node, this.names);
    const lines = this.laidOut(object, false);
    return `${(isLong(lines) ? this.laidOut(object, true) : lines).join('\n')}\n`;
  }

  private laidOut(object: Container, isCompact: boolean): string[] {
    this.isCompact = isCompact;
    return this.members(object, '', '');
  }

  /** Lines of a map's or a list's members, those of one condition in one block. @param key the key that holds the container */
  private members(node: Container, pad: string, key: string): string[] {
    const items = node.members.map((member, index): Conditional => {
      if (member.value.t === 'each')
        return { clauses: member.when ? this.clauses(member.when) : [], lines: this.each(node, member.value, pad, key) };
      const beside = [node.members[index - 1], node.members[index + 1]];
      const text = node.t === 'list' && this.isCompact ? this.ownLine(member, pad, beside, ['- "', '"']) : undefined;
      const line = text?.line ?? this.oneLine(member, pad, key, beside);
      const own = text?.leaf ?? ownLeaf(member);
      // What is there when it is not empty says so itself.
      const all = member.when?.all.filter(({ leaf, on, test }) => !(line !== undefined && on && !test && leaf === own)) ?? [];
      const clauses = [...(member.when ? this.clauses({ ...member.when, all }) : []), ...this.unlessGiven(member, node)];
      const known = this.known;
      this.known = [...known, ...clauses.map(({ text }) => text)];
      const lines = line === undefined ? (node.t === 'list' ? this.item(member, pad) : this.entry(member, pad, key)) : [line];
      this.known = known;
      const short = node.t === 'list' ? this.shortItem(member) : this.shortEntry(member);
      return { clauses, lines, ...(short === undefined ? {} : { short }) };
    });
    return inBlocks(items, { pad, isCompact: this.isCompact });
  }

  /** An entry is there unless a map that is gone through beside it has one of its own by that key. */
  private unlessGiven({ key }: Member, node: Container): Clause[] {
    if (key?.t !== 'literal') return [];
    return node.members.flatMap(({ value }): Clause[] => {
      const only = value.t === 'each' ? value.members[0]?.key : undefined;
      const item = only?.t === 'hole' ? this.names.item?.(only.leaf) : undefined;
      if (value.t !== 'each' || item?.at[0] !== 'key') return [];
      return [{ text: `(not (hasKey (${this.expression(value.leaf)} | default dict) ${JSON.stringify(key.value)}))`, negated: [] }];
    });
  }

  /** What is there once for each item. @param holder what it stands in */
  private each(holder: Container, { leaf, members }: Each, pad: string, key: string): string[] {
    const { head, inner } = this.looped(leaf, () =>
      holder.t === 'lines' ? this.lines(members, pad) : this.members({ ...holder, members } as Container, pad, key),
    );
    return [`${pad}${head}`, ...inner, `${pad}{{- end }}`];
  }

  /** Members of which none may be there: an empty map or list then, since nothing would be null. */
  private filled(node: Container, pad: string, key: string): string[] {
    const lines = this.members(node, pad, key);
    const conditions = node.members.map(({ value, when }): readonly Clause[] => [
      ...(when ? this.clauses(when) : []),
      ...(value.t === 'spread' || value.t === 'each' ? [{ text: this.expression(value.leaf), negated: [] }] : []),
    ]);
    if (conditions.some((one) => !one.length || conditions.some((other) => isOpposite(one, other)))) return lines;
    const unique = [...new Set(conditions.map(allOf))];
    const each = unique.map((one) => (one.startsWith('or ') ? one.slice(3) : one.includes(' ') ? `(${one})` : one));
    const any = unique.length > 1 ? `or ${each.join(' ')}` : unique[0];
    // Something is there where one of them is asked for around it.
    if (any !== undefined && this.known.some((text) => inAnyOrder(text) === inAnyOrder(any))) return lines;
    const isOneBlock = unique.length === 1 && lines.at(-1)?.trim() === '{{- end }}' && lines[0]?.includes('{{- if ');
    const empty = `${pad}${node.t === 'list' ? '[]' : '{}'}`;
    const none = any?.includes(' ') ? `not (${any})` : `not ${any}`;
    if (isOneBlock) return [...lines.slice(0, -1), `${pad}{{- else }}`, empty, `${pad}{{- end }}`];
    return [
      ...lines,
      ...(this.isCompact
        ? [oneLineBlock(none, [empty], { pad, isCompact: true })]
        : [`${pad}{{- if ${none} }}`, empty, `${pad}{{- end }}`]),
    ];
  }

  /** What is there when it is not empty. */
  private oneLine(member: Member, pad: string, holder: string, beside: Beside): string | undefined {
    const { key, value, when } = member;
    const leaf = ownLeaf(member);
    if (leaf === undefined || !when?.all.some((item) => item.on && !item.test && item.leaf === leaf)) return undefined;
    if (value.t === 'spread') return this.spread(leaf, pad, STRING_MAPS.has(holder));
    if (key?.t !== 'literal') return undefined;
    const name = String(key.value);
    const line = (text: string, own: string): string =>
      `${pad}{{- with ${this.expression(leaf)} }}{{ ${text} (dict ${JSON.stringify(name)} ${own}) | nindent ${pad.length} }}{{ end }}`;
    if (value.t === 'pieces') return beside.some((one) => isDecidedBy(one, leaf)) ? undefined : line('toYaml', '(. | toString | b64enc)');
    if (value.t !== 'hole' || value.otherwise !== undefined) return undefined;
    const isMap = this.names.isContainer(leaf);
    // Numbers with many digits are written in another way there.
    if (
      !isMap &&
      ((value.form && ['digits', 'bare', 'file', 'blank', 'whole'].includes(value.form)) || beside.some((one) => isDecidedBy(one, leaf)))
    )
      return undefined;
    const text = isMap && STRING_MAPS.has(name) ? 'include "strings"' : 'toYaml';
    const own = this.names.isYaml?.(leaf) ? '(fromYamlArray .)' : value.form === 'text' && !this.names.isText(leaf) ? '(toString .)' : '.';
    return line(text, own);
  }

  private entry({ key, value }: Member, pad: string, holder: string): string[] {
    if (value.t === 'spread') return [this.spread(value.leaf, pad, STRING_MAPS.has(holder))];
    const literal = key?.t === 'literal' ? String(key.value) : '';
    const name = key?.t === 'literal' ? escaped(writeKey(literal) ?? literal) : key ? this.quoted(key) : '';
    return this.value(value, pad, `${pad}${name}:`, literal);
  }

  private item({ value }: Member, pad: string): string[] {
    if (value.t === 'spread') return [this.spread(value.leaf, pad, false)];
    if (value.t === 'map' && value.members.length && !isConstant(value)) return this.mapItem(value, pad);
    return this.value(value, pad, `${pad}-`, '');
  }

  /** An item with one text in it, as an expression. */
  private shortItem({ value }: Member): string | undefined {
    const [only, ...others] = value.t === 'map' ? value.members : [];
    const map = only && !others.length && !only.when ? this.shortMap(only) : undefined;
    return map === undefined ? undefined : `toYaml (list (${map}))`;
  }

  /** An entry that is a text, as an expression. */
  private shortEntry(member: Member): string | undefined {
    const map = this.shortMap(member);
    return map === undefined ? undefined : `toYaml (${map})`;
  }

  private shortMap({ key, value }: Member): string | undefined {
    if (key?.t !== 'literal') return undefined;
    const isText =
      value.t === 'pieces' ? !value.encoded : value.t === 'hole' && value.otherwise === undefined && this.names.isText(value.leaf);
    const text = isText
      ? this.textExpression(value as Piece)
      : value.t === 'hole' && value.otherwise === undefined && value.form === 'text'
        ? `(toString ${this.expression(value.leaf)})`
        : undefined;
    return text === undefined ? undefined : `dict ${JSON.stringify(key.value)} ${text}`;
  }

  /** The first entry stands behind the dash, unless it comes and goes. */
  private mapItem(map: Container, pad: string): string[] {
    const lines = this.filled(map, `${pad}  `, '');
    const [first = ''] = lines;
    return map.members[0]?.when || first.trimStart().startsWith('{{-')
      ? [`${pad}-`, ...lines]
      : [`${pad}- ${first.trimStart()}`, ...lines.slice(1)];
  }

  /** @param head what stands in front of the value on its line */
  private value(node: Node, pad: string, head: string, key: string): string[] {
    if (isConstant(node))
      return constant(
        evaluate(node, () => undefined),
        pad,
        head,
      );
    const inline = this.inline(node);
    if (inline !== undefined) return [`${head} ${inline}`];
    const inner = `${pad}  `;
    switch (node.t) {
      case 'hole':
        return [`${head}`, `${inner}${this.whole(node.leaf, inner.length, STRING_MAPS.has(key))}`];
      case 'choice':
        return [
          `${pad}{{- if ${this.condition(node.when)} }}`,
          ...this.value(node.yes, pad, head, key),
          ...otherwise([{ isBlock: node.no.t === 'choice', lines: this.value(node.no, pad, head, key) }], pad),
        ];
      case 'lines':
        return this.block(node, pad, head);
      default:
        if (!isContainer(node)) throw new Error(`nothing prints ${node.t}`);
        return [head, ...this.filled(node, node.t === 'list' && !head.endsWith('-') ? pad : inner, key)];
    }
  }

  private whole(leaf: number, indent: number, isStrings: boolean): string {
    const own = this.expression(leaf);
    const expression = this.names.isYaml?.(leaf) ? `(fromYamlArray (${own} | default ""))` : own;
    return isStrings ? `{{- include "strings" ${expression} | nindent ${indent} }}` : `{{- toYaml ${expression} | nindent ${indent} }}`;
  }

  private spread(leaf: number, pad: string, isStrings: boolean): string {
    const text = isStrings ? 'include "strings" .' : this.names.isYaml?.(leaf) ? 'fromYamlArray . | toYaml' : 'toYaml .';
    return `${pad}{{- with ${this.expression(leaf)} }}{{ ${text} | nindent ${pad.length} }}{{ end }}`;
  }

  /** A value that stands on the line of its key; undefined for what needs lines of its own. */
  private inline(node: Node): string | undefined {
    switch (node.t) {
      case 'literal':
        return escaped(constant(node.value, '', '').join('\n').trim());
      case 'hole':
        return this.names.isContainer(node.leaf) ? undefined : this.scalar(node);
      case 'pieces':
        return node.encoded ? this.encoded(node) : this.quoted(node);
      case 'words':
        return this.words(node);
      case 'choice': {
        const [yes, no] = [this.inline(node.yes), this.inline(node.no)];
        if (yes === undefined || no === undefined || yes.includes('\n') || no.includes('\n')) return undefined;
        return this.withDefault(node) ?? `{{ if ${this.condition(node.when)} }}${yes}{{ else }}${no}{{ end }}`;
      }
      default:
        return undefined;
    }
  }

  private scalar(hole: Hole): string {
    const { leaf, form = 'json' } = hole;
    const expression = this.held(hole);
    if (leaf <= NAMESPACE) return `{{ ${expression} | quote }}`;
    if (form === 'bare') return `{{ ${expression} }}`;
    if (form === 'whole') return `{{ ${expression} | int64 }}`;
    if (form === 'file') return `{{ include "file" ${expression} }}`;
    if (form === 'digits') return `{{ include "text" ${hole.otherwise === undefined ? expression : `(${expression})`} }}`;
    return `{{ ${expression} | ${form === 'text' || form === 'blank' || this.names.isText(leaf) ? 'quote' : 'toJson'} }}`;
  }

  private encoded(node: Pieces): string {
    const [only] = node.parts;
    return node.parts.length === 1 && typeof only === 'object' && only.t === 'hole'
      ? `{{ ${this.held({ ...only, otherwise: only.otherwise ?? '' })} | toString | b64enc | quote }}`
      : `{{ ${this.textExpression(node)} | b64enc | quote }}`;
  }

  /** In double quotes, with expressions in the text. */
  private quoted(node: Piece): string {
    if (node.t === 'literal') return escaped(JSON.stringify(String(node.value)));
    return `"${this.inQuotes(node)}"`;
  }

  private inQuotes(node: Piece): string {
    if (node.t === 'hole') return `{{ ${this.heldInText(node)} }}`;
    if (node.t === 'literal') return escaped(JSON.stringify(String(node.value)).slice(1, -1));
    return this.joined(node, (text) => JSON.stringify(text).slice(1, -1));
  }

  private joined({ parts }: Pieces, write: (text: string) => string): string {
    return parts
      .map((part, index) =>
        typeof part === 'string' ? escaped(write(part), typeof parts[index + 1] === 'object') : `{{ ${this.heldInText(part)} }}`,
      )
      .join('');
  }

  private words({ members }: Container): string {
    // Words that come and go have their blank on the side of one that stays.
    const first = members.findIndex(({ when }) => !when);
    if (first < 0) return this.choosableWords(members);
    const text = members
      .map(({ value, when }, index) => {
        const word = `${index > first ? ' ' : ''}${this.word(value, true)}${index < first ? ' ' : ''}`;
        return when ? `{{ if ${this.condition(when)} }}${word}{{ end }}` : word;
      })
      .join('');
    return `"${text}"`;
  }

  /** None of the words stays. */
  private choosableWords(members: readonly Member[]): string {
    const texts = members.map(({ value, when }) => {
      const condition = when ? this.condition(when) : 'true';
      return `(ternary ${this.wordExpression(value)} "" (not (not ${condition.includes(' ') ? `(${condition})` : condition})))`;
    });
    return `{{ list ${texts.join(' ')} | compact | join " " | quote }}`;
  }

  private word(node: Node, isQuoted: boolean): string {
    if (node.t === 'choice') {
      const [yes, no] = [node.yes, node.no].map((one) => this.word(one, isQuoted).replace(/\{+$/, (run) => `{{ "${run}" }}`));
      return `{{ if ${this.condition(node.when)} }}${yes}{{ else }}${no}{{ end }}`;
    }
    if (node.t !== 'literal' && node.t !== 'hole' && node.t !== 'pieces') throw new Error(`a ${node.t} is not part of a text`);
    if (isQuoted) return this.inQuotes(node);
    return node.t === 'pieces'
      ? this.joined(node, (text) => text)
      : node.t === 'hole'
        ? `{{ ${this.heldInText(node)} }}`
        : escaped(String(node.value));
  }

  /**
   * A line with a text that is there while the one value in it is.
   * @param around what it stands between; in quotes, it is escaped. @default a line of a text
   */
  private ownLine({ value, when }: Member, pad: string, beside: Beside, around?: readonly [string, string]): OwnLine | undefined {
    const [hole, ...others] = value.t === 'pieces' ? value.parts.filter((part) => typeof part === 'object') : [];
    if (value.t !== 'pieces' || value.encoded || hole?.t !== 'hole' || others.length || hole.otherwise !== undefined) return undefined;
    const { leaf } = hole;
    if (leaf <= NAMESPACE || !when?.all.some((item) => item.on && !item.test && item.leaf === leaf)) return undefined;
    if (beside.some((one) => isDecidedBy(one, leaf))) return undefined;
    const text = value.parts.map((part) => (typeof part === 'string' ? part.replaceAll('%', '%%') : '%v')).join('');
    const [before, after] = around ?? ['', ''];
    const format = around ? `${before}${JSON.stringify(text).slice(1, -1)}${after}` : text;
    const line = `${pad}{{- with ${this.expression(leaf)} }}{{ printf ${JSON.stringify(format)} . | nindent ${pad.length} }}{{ end }}`;
    return { leaf, line };
  }

  private block(node: Container, pad: string, head: string): string[] {
    const last = node.members.at(-1);
    const isEnded = last?.value.t === 'literal' && last.value.value === '' && !last.when;
    const members = isEnded ? node.members.slice(0, -1) : node.members;
    const first = members[0]?.value;
    const text =
      first?.t === 'literal' ? String(first.value) : first?.t === 'pieces' && typeof first.parts[0] === 'string' ? first.parts[0] : '';
    const inner = `${pad}  `;
    return [`${head} |${/^\s/.test(text) ? 2 : ''}${isEnded ? '' : '-'}`, ...this.lines(members, inner)];
  }

  /** @param head the line above, of which it is the content: in a map of texts, numbers are texts */
  private yaml({ leaf, indent }: Yaml, pad: string, head: Member | undefined): string {
    const [, name = ''] = (head?.value.t === 'literal' && /(\w+):$/.exec(String(head.value.value))) || [];
    const own = this.expression(leaf);
    const text = STRING_MAPS.has(name) ? `include "strings" ${own} | fromYaml | toYaml` : `toYaml ${own}`;
    return `${pad}{{- ${text} | nindent ${pad.length + indent} }}`;
  }

  /** Lines of a text. */
  private lines(members: readonly Member[], pad: string): string[] {
    return inBlocks(
      members.map((member, index): Conditional => {
        const { value, when } = member;
        const clauses = when ? this.clauses(when) : [];
        if (value.t === 'each') return { clauses, lines: this.each({ t: 'lines', members: [] }, value, pad, '') };
        if (value.t === 'yaml') return { clauses, lines: [this.yaml(value, pad, members[index - 1])] };
        const own = this.ownLine(member, pad, [members[index - 1], members[index + 1]]);
        if (own && when)
          return { clauses: this.clauses({ ...when, all: when.all.filter(({ leaf }) => leaf !== own.leaf) }), lines: [own.line] };
        const line = this.word(value, false);
        return { clauses, lines: [line === '' ? '' : `${pad}${line}`] };
      }),
      { pad, isCompact: this.isCompact },
    );
  }
}

/** A line that is there while a value is. */
interface OwnLine {
  readonly leaf: number;
  readonly line: string;
}

/** A condition, whatever the order of what it is made of. */
const inAnyOrder = (text: string): string =>
  text
    .replace(/^\((.*)\)$/, '$1')
    .split(' ')
    .toSorted()
    .join(' ');

/** The members before and after one. */
type Beside = readonly (Member | undefined)[];

/** The value that a member consists of, in base64 or as it is. */
const ownLeaf = ({ value }: Member): number | undefined => {
  if (value.t === 'hole' || value.t === 'spread') return value.leaf;
  const [only, ...others] = value.t === 'pieces' && value.encoded ? value.parts : [];
  return typeof only === 'object' && only.t === 'hole' && !others.length ? only.leaf : undefined;
};

/** Whether more than a third is added to the lines that print something. */
const isLong = (lines: readonly string[]): boolean =>
  lines.length > (lines.filter((line) => !/^\s*\{\{- (if|else|end|range)\b(?!.*nindent)/.test(line)).length * 4) / 3;
