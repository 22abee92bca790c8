// Templates: objects as YAML, with expressions where values stand.
import { writeYaml } from '../../../helm/yaml/write';
import { writeKey } from '../../../helm/yaml/text';
import { NAMESPACE, RELEASE_NAME } from './leaves';
import {
  evaluate,
  type Choice,
  type Condition,
  type Container,
  type Hole,
  type Member,
  type Node,
  type Piece,
  type Pieces,
  type Switch,
} from './model';
import { isContainer } from './skeleton';

/** What is known of values, by their numbers. */
export interface Names {
  /** Keys of the values. */
  path(leaf: number): readonly string[];
  /** Maps and lists. */
  isContainer(leaf: number): boolean;
  /** A text that is never a number or a flag. */
  isText(leaf: number): boolean;
}

/** Maps of texts: a bare number in them makes a server refuse the object. */
const STRING_MAPS = new Set(['labels', 'annotations', 'matchLabels', 'nodeSelector', 'selector', 'commonLabels']);

const IDENTIFIER = /^[A-Za-z_]\w*$/;

export class Printer {
  constructor(private readonly names: Names) {}

  /** Keys of the values that are not identifiers, by the variables that stand for them. */
  private readonly variables = new Map<string, string>();

  /** An object as a template; variables in it are to be declared. */
  object(node: Container): string {
    return `${this.members(node, '', '').join('\n')}\n`;
  }

  /** A template below the declarations of the variables in it. */
  declared(template: string): string {
    const used = [...this.variables].filter(([name]) => template.includes(`${name}.`));
    return `${used.map(([name, key]) => `{{- ${name} := index .Values ${JSON.stringify(key)} }}\n`).join('')}${template}`;
  }

  /** What a template calls a value. */
  expression(leaf: number): string {
    if (leaf === RELEASE_NAME) return '.Release.Name';
    if (leaf === NAMESPACE) return '.Release.Namespace';
    const [first = '', ...rest] = this.names.path(leaf);
    const start = IDENTIFIER.test(first)
      ? `.Values.${first}`
      : rest.length
        ? this.variable(first)
        : `(index .Values ${JSON.stringify(first)})`;
    return rest.reduce((at, key) => (IDENTIFIER.test(key) ? `${at}.${key}` : `(index ${at} ${JSON.stringify(key)})`), start);
  }

  private variable(key: string): string {
    const name = variableOf(key);
    this.variables.set(name, key);
    return name;
  }

  condition({ all, unless = [] }: Condition): string {
    const one = ({ leaf, on }: Switch): string => (on ? this.expression(leaf) : `(not ${this.expression(leaf)})`);
    const clauses = [
      ...all.map(one),
      ...unless.map((switches) => {
        const others = switches.map((item) => one({ ...item, on: !item.on }));
        return others.length > 1 ? `(or ${others.join(' ')})` : (others[0] ?? '');
      }),
    ];
    const [only = 'true'] = clauses;
    return clauses.length > 1 ? `and ${clauses.join(' ')}` : only.replace(/^\((.*)\)$/, '$1');
  }

  /** A text as part of an expression. */
  textExpression(piece: Piece): string {
    if (piece.t === 'literal') return JSON.stringify(String(piece.value));
    if (piece.t === 'hole') return this.expression(piece.leaf);
    const format = piece.parts.map((part) => (typeof part === 'string' ? part.replaceAll('%', '%%') : '%v')).join('');
    const holes = piece.parts.filter((part): part is Hole => typeof part === 'object');
    return `(printf ${JSON.stringify(format)} ${holes.map(({ leaf }) => this.expression(leaf)).join(' ')})`;
  }

  /** Lines of a map's or a list's members; neighbours of one condition stand in one block. @param key the key that holds the container */
  private members(node: Container, pad: string, key: string): string[] {
    const lines: string[] = [];
    let open = '';
    const close = (): void => {
      if (open) lines.push(`${pad}{{- end }}`);
      open = '';
    };
    for (const member of node.members) {
      const line = this.oneLine(member, pad, key);
      const condition = member.when && line === undefined ? this.condition(member.when) : '';
      if (condition !== open) {
        close();
        if (condition) lines.push(`${pad}{{- if ${condition} }}`);
        open = condition;
      }
      if (line === undefined) lines.push(...(node.t === 'list' ? this.item(member, pad) : this.entry(member, pad, key)));
      else lines.push(line);
    }
    close();
    return lines;
  }

  /** Members of which none may be there: an empty map or list then, since nothing would be null. */
  private filled(node: Container, pad: string, key: string): string[] {
    const lines = this.members(node, pad, key);
    const conditions = node.members.map(({ value, when }) =>
      when ? this.condition(when) : value.t === 'spread' ? this.expression(value.leaf) : undefined,
    );
    if (conditions.includes(undefined)) return lines;
    const unique = [...new Set(conditions)];
    const any = unique.length > 1 ? `or ${unique.map((one) => (one?.includes(' ') ? `(${one})` : one)).join(' ')}` : unique[0];
    const isOneBlock = unique.length === 1 && lines.at(-1)?.trim() === '{{- end }}' && lines[0]?.includes('{{- if ');
    const empty = `${pad}${node.t === 'list' ? '[]' : '{}'}`;
    if (isOneBlock) return [...lines.slice(0, -1), `${pad}{{- else }}`, empty, `${pad}{{- end }}`];
    return [...lines, `${pad}{{- if not (${any}) }}`, empty, `${pad}{{- end }}`];
  }

  /** What is there when it is not empty. */
  private oneLine({ key, value, when }: Member, pad: string, holder: string): string | undefined {
    const [only, ...others] = when?.all ?? [];
    if (!only?.on || others.length || when?.unless) return undefined;
    if (value.t === 'spread' && value.leaf === only.leaf) return this.spread(value.leaf, pad, STRING_MAPS.has(holder));
    if (value.t !== 'hole' || value.leaf !== only.leaf || key?.t !== 'literal' || !this.names.isContainer(value.leaf)) return undefined;
    const name = String(key.value);
    const text = STRING_MAPS.has(name) ? 'include "strings"' : 'toYaml';
    return `${pad}{{- with ${this.expression(value.leaf)} }}{{ ${text} (dict ${JSON.stringify(name)} .) | nindent ${pad.length} }}{{ end }}`;
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
          `${pad}{{- else }}`,
          ...this.value(node.no, pad, head, key),
          `${pad}{{- end }}`,
        ];
      case 'lines':
        return this.block(node, pad, head);
      default:
        if (!isContainer(node)) throw new Error(`nothing prints ${node.t}`);
        return [head, ...this.filled(node, node.t === 'list' && !head.endsWith('-') ? pad : inner, key)];
    }
  }

  private whole(leaf: number, indent: number, isStrings: boolean): string {
    const expression = this.expression(leaf);
    return isStrings ? `{{- include "strings" ${expression} | nindent ${indent} }}` : `{{- toYaml ${expression} | nindent ${indent} }}`;
  }

  private spread(leaf: number, pad: string, isStrings: boolean): string {
    const text = isStrings ? 'include "strings" .' : 'toYaml .';
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
        const otherwise = this.orElse(node);
        if (otherwise !== undefined) return otherwise;
        const [yes, no] = [this.inline(node.yes), this.inline(node.no)];
        if (yes === undefined || no === undefined || yes.includes('\n') || no.includes('\n')) return undefined;
        return `{{ if ${this.condition(node.when)} }}${yes}{{ else }}${no}{{ end }}`;
      }
      default:
        return undefined;
    }
  }

  private scalar({ leaf, form = 'json' }: Hole): string {
    const expression = this.expression(leaf);
    if (leaf <= NAMESPACE) return `{{ ${expression} | quote }}`;
    if (form === 'digits') return `{{ include "text" ${expression} }}`;
    return `{{ ${expression} | ${form === 'text' || this.names.isText(leaf) ? 'quote' : 'toJson'} }}`;
  }

  /** A text, or another one where it is empty. */
  private orElse({ when: { all, unless }, yes, no }: Choice): string | undefined {
    const [only, ...others] = all;
    if (!only?.on || others.length || unless || yes.t !== 'hole' || yes.leaf !== only.leaf || no.t !== 'literal') return undefined;
    if (typeof no.value !== 'string' || !(yes.form === 'text' || this.names.isText(yes.leaf)) || /[{}]/.test(no.value)) return undefined;
    return `{{ ${this.expression(yes.leaf)} | default ${JSON.stringify(no.value)} | quote }}`;
  }

  private encoded(node: Pieces): string {
    const [only] = node.parts;
    return node.parts.length === 1 && typeof only === 'object'
      ? `{{ ${this.expression(only.leaf)} | default "" | toString | b64enc | quote }}`
      : `{{ ${this.textExpression(node)} | b64enc | quote }}`;
  }

  /** In double quotes, with expressions in the text. */
  private quoted(node: Piece): string {
    if (node.t === 'literal') return escaped(JSON.stringify(String(node.value)));
    return `"${this.inQuotes(node)}"`;
  }

  private inQuotes(node: Piece): string {
    if (node.t === 'hole') return `{{ ${this.expression(node.leaf)} }}`;
    if (node.t === 'literal') return escaped(JSON.stringify(String(node.value)).slice(1, -1));
    return this.joined(node, (text) => JSON.stringify(text).slice(1, -1));
  }

  private joined({ parts }: Pieces, write: (text: string) => string): string {
    return parts
      .map((part, index) =>
        typeof part === 'string' ? escaped(write(part), typeof parts[index + 1] === 'object') : `{{ ${this.expression(part.leaf)} }}`,
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

  private wordExpression(node: Node): string {
    if (node.t === 'choice')
      return `(ternary ${this.wordExpression(node.yes)} ${this.wordExpression(node.no)} (not (not (${this.condition(node.when)}))))`;
    if (node.t !== 'literal' && node.t !== 'hole' && node.t !== 'pieces') throw new Error(`a ${node.t} is not part of a text`);
    return this.textExpression(node);
  }

  private word(node: Node, isQuoted: boolean): string {
    if (node.t === 'choice') {
      return `{{ if ${this.condition(node.when)} }}${this.word(node.yes, isQuoted)}{{ else }}${this.word(node.no, isQuoted)}{{ end }}`;
    }
    if (node.t !== 'literal' && node.t !== 'hole' && node.t !== 'pieces') throw new Error(`a ${node.t} is not part of a text`);
    if (isQuoted) return this.inQuotes(node);
    return node.t === 'pieces'
      ? this.joined(node, (text) => text)
      : node.t === 'hole'
        ? `{{ ${this.expression(node.leaf)} }}`
        : escaped(String(node.value));
  }

  private block(node: Container, pad: string, head: string): string[] {
    const last = node.members.at(-1);
    const isEnded = last?.value.t === 'literal' && last.value.value === '' && !last.when;
    const members = isEnded ? node.members.slice(0, -1) : node.members;
    const first = members[0]?.value;
    const text =
      first?.t === 'literal' ? String(first.value) : first?.t === 'pieces' && typeof first.parts[0] === 'string' ? first.parts[0] : '';
    const inner = `${pad}  `;
    return [
      `${head} |${/^\s/.test(text) ? 2 : ''}${isEnded ? '' : '-'}`,
      ...members.flatMap(({ value, when }) => {
        const line = this.word(value, false);
        const lines = [line === '' ? '' : `${inner}${line}`];
        return when ? [`${inner}{{- if ${this.condition(when)} }}`, ...lines, `${inner}{{- end }}`] : lines;
      }),
    ];
  }
}

const variableOf = (key: string): string =>
  `$${key.replaceAll(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase())}`;

const isConstant = (node: Node): boolean =>
  node.t === 'literal' ||
  (isContainer(node) && node.members.every(({ key, value, when }) => !when && (!key || key.t === 'literal') && isConstant(value)));

/** Data that is the same always. */
function constant(value: unknown, pad: string, head: string): string[] {
  const isBlock = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  const lines = writeYaml(isBlock && head.endsWith('-') ? [value] : { x: value })
    .trimEnd()
    .split('\n');
  const isKept = typeof value === 'string' && value.endsWith('\n');
  if (isKept) {
    const text = writeYaml({ x: value }).replace(/\n$/, '').split('\n');
    return [`${head}${escaped(text[0]?.slice(2) ?? '')}`, ...text.slice(1).map((line) => escaped(line === '' ? '' : `${pad}${line}`))];
  }
  if (isBlock && head.endsWith('-')) return lines.map((line, index) => escaped(index ? `${pad}${line}` : `${head}${line.slice(1)}`));
  return lines.map((line, index) => escaped(index ? (line === '' ? '' : `${pad}${line}`) : `${head}${line.slice(2)}`));
}

/** What looks like a Go template stays as it is. Braces right before an action would become part of it. */
const escaped = (text: string, isBeforeAction = false): string =>
  text.replace(isBeforeAction ? /\{{2,}|\{+$/g : /\{{2,}/g, (run) => `{{ "${run}" }}`);

/** Named templates that the others call. */
export const HELPERS = `{{/* A value as a text: whole numbers without an exponent. */}}
{{- define "text" -}}
{{- if kindIs "string" . }}{{ quote . }}{{ else if kindIs "invalid" . }}null{{ else }}{{ toJson . | quote }}{{ end }}
{{- end }}
{{/* Tells the content of a Job: a text with its spec, and lists of a name and the text of what it reads. */}}
{{- define "hash" -}}
{{- $read := list }}
{{- range rest . }}
{{- $object := index . 1 | fromYaml }}
{{- if $object }}
{{- $read = append $read (list (index . 0) (list $object.data (eq $object.kind "Secret" | ternary $object.stringData $object.binaryData))) }}
{{- end }}
{{- end }}
{{- $spec := (first . | fromYaml).spec }}
{{- if $read }}{{ list $spec $read | toRawJson | sha256sum | trunc 8 }}{{ else }}{{ $spec | toRawJson | sha256sum | trunc 8 }}{{ end }}
{{- end }}
{{/* A map of texts. */}}
{{- define "strings" -}}
{{- range $key, $value := . }}
{{- if kindIs "map" $value }}
{{ $key }}: {{- include "strings" $value | nindent 2 }}
{{- else if not (kindIs "invalid" $value) }}
{{ quote $key }}: {{ include "text" $value }}
{{- end }}
{{- else }}{}
{{- end }}
{{- end }}
`;
