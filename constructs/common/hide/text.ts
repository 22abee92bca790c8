// Secrets in free text: settings, scripts, URLs, headers. Line by line, since nobody knows the grammar.
import { isSecretName } from './names';

export const HIDDEN = '(hidden)';

/** What is found, on its way to what is shown in its place. */
export type Hit = (value: string) => string;
export const hidden: Hit = () => HIDDEN;

/** Nothing is given away by these, and they are worth reading. */
export const HARMLESS = /^(?:true|false|null|nil|~|""(?!")|''(?!')|\$\{\w+\}|\$\(\w+\)|\{\{[^{}]*\}\}|\(hidden\))(?=[\s,;}\])"']|$)/i;

/** Whether all of a text is such. */
export const isHarmless = (text: string): boolean => HARMLESS.exec(text)?.[0] === text;

type Rule = readonly [pattern: RegExp, replace: (hit: Hit, ...found: readonly string[]) => string];

const RULES: readonly Rule[] = [
  [/-----BEGIN ([A-Z0-9 ]*PRIVATE KEY[A-Z ]*)-----[\s\S]*?(?:-----END \1-----|$)/g, (hit, whole) => hit(whole)],
  // `scheme://user:password@host`: up to the last @; a port and a path are not a login.
  [
    /(\w:\/\/[^\s/:@"'<>]*:)(?!\d+(?:[/?#,]|$))([^\s"'<>]{1,1000})(?=@)/g,
    (hit, _whole, scheme = '', login = '') => `${scheme}${hit(login)}`,
  ],
  [/(\w:\/\/)([^\s/:@"'?#<>]{16,})(?=@)/g, (hit, _whole, scheme = '', login = '') => `${scheme}${hit(login)}`],
  [
    /([?&](?:sig|key|code|password|token|access_token|signature|secret|auth)=)([^\s&"'<>]+)/gi,
    (hit, _whole, name = '', given = '') => `${name}${hit(given)}`,
  ],
  // Addresses that let everybody in who knows them.
  [
    /(hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/webhooks\/|\.webhook\.office\.com\/webhookb2\/|chat\.googleapis\.com\/v1\/spaces\/|api\.telegram\.org\/bot)([^\s"'<>]+)/gi,
    (hit, _whole, host = '', rest = '') => `${host}${hit(rest)}`,
  ],
  [
    /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{10,}|sk_live_\w{16,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|eyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*)/g,
    (hit, whole) => hit(whole),
  ],
  [
    /\b(Bearer|bearer|Basic|Authorization\s+\w+)(\s+["']?)(?!\(hidden\))([^\s"',;]+)/g,
    (hit, _whole, scheme = '', gap = '', given = '') => `${scheme}${gap}${hit(given)}`,
  ],
  [/((?:^|\s)(?:-u|--user|--proxy-user)[\s=]+["']?[^\s:"']*:)([^\s"']+)/g, (hit, _whole, user = '', given = '') => `${user}${hit(given)}`],
  // Clients that take a password behind a short flag.
  [/(\b(?:mysql|mariadb)[\w-]*\s[^|;&]*?-p)([^\s"']+)/g, (hit, _whole, flag = '', given = '') => `${flag}${hit(given)}`],
  [/(\bredis-cli\s[^|;&]*?-a\s+)(\S+)/g, (hit, _whole, flag = '', given = '') => `${flag}${hit(given)}`],
  [
    /(<(?:[\w-]*(?:password|passwd|secret|token|credential)[\w-]*)>)([^<]+)(?=<\/)/gi,
    (hit, _whole, tag = '', given = '') => `${tag}${hit(given)}`,
  ],
  [
    /(\b(?:key|name)=(["'])[\w.-]*(?:password|passwd|secret|token|credential)[\w.-]*\2\s+value=(["']))(.*?)(?=\3)/gi,
    (hit, _whole, tag = '', _quote = '', _other = '', given = '') => `${tag}${hit(given)}`,
  ],
  // A file of logins, each on a line of its own.
  [
    /(\b(?:machine\s+\S+|default)\s[^\n]*?\b(?:password|account)\s+)(\S+)/g,
    (hit, _whole, login = '', given = '') => `${login}${hit(given)}`,
  ],
  // Commands and settings that put a name and its value behind a word: `set -x NAME value`, `setenv NAME value`.
  [
    /(\b(?:set|setx|setenv|env|export|declare|proxy_set_header|add_header|fastcgi_param)(?:[ \t]+-\w+)*[ \t]+["']?)([A-Za-z][\w.-]*)(["']?[ \t]+)(?![=(])([^\s;|&][^\n;|&]*)/gi,
    (hit, _whole, command = '', name = '', gap = '', given = '') =>
      `${command}${name}${gap}${isSecretName(name) && !HARMLESS.test(given) ? hit(given) : given}`,
  ],
  // Settings and statements that put only a space between name and value.
  [/^(\s*(?:requirepass|masterauth|password|passwd)\s+)(?![:=])(\S.*)$/gim, (hit, _whole, name = '', given = '') => `${name}${hit(given)}`],
  [
    /((?:password|identified\s+by)\s+)(["'])(.*?)\2/gi,
    (hit, _whole, name = '', quote = '', given = '') => `${name}${quote}${hit(given)}${quote}`,
  ],
];

export interface TextOptions {
  /** Whether the text is a document whose lists and maps have been seen to. @default false */
  readonly parsed?: boolean;
}

/** The text with each secret replaced by what `hit` makes of it. */
export function maskText(text: string, hit: Hit, { parsed = false }: TextOptions = {}): string {
  const shown = RULES.slice(0, 1).reduce((out, rule) => apply(out, rule, hit), text);
  return RULES.slice(1).reduce((out, rule) => apply(out, rule, hit), maskLines(shown, hit, parsed));
}

const apply = (text: string, [pattern, replace]: Rule, hit: Hit): string =>
  text.replace(pattern, (...found: unknown[]) =>
    replace((value) => (value === HIDDEN ? value : hit(value)), ...found.filter((part) => typeof part === 'string')),
  );

/** `name: value`, `"name": value`, `name=value`. */
const MEMBER = /(["']?)(?<![\w./-])([\w./-]+)\1\s*(=>|:=|[:=])[ \t]*/g;
const FLAG = /(^|\s)--?([A-Za-z][\w-]*)[ \t]+(?=[^\s-])/g;

/** Reads lines one after another: what belongs to a secret member may go on for many of them. */
function maskLines(text: string, hit: Hit, parsed: boolean): string {
  /** Column of the member whose lines below it are hidden. */
  let column = -1;
  /** The quote that ends a value begun on an earlier line. */
  let quote = '';
  return text
    .split('\n')
    .map((line) => {
      if (quote) {
        const end = line.indexOf(quote);
        if (end < 0) return line.trim() ? hit(line.trim()) : line;
        const rest = line.slice(end);
        quote = '';
        return `${hit(line.slice(0, end))}${rest}`;
      }
      const indent = line.search(/\S/);
      if (column >= 0 && indent >= 0) {
        if (indent > column || (indent === column && line[indent] === '-')) return `${line.slice(0, indent)}${hit(line.slice(indent))}`;
        column = -1;
      }
      const masked = maskLine(line, hit, parsed);
      ({ column, quote } = masked);
      return masked.shown;
    })
    .join('\n');
}

interface Masked {
  readonly shown: string;
  readonly column: number;
  readonly quote: string;
}

function maskLine(line: string, hit: Hit, parsed: boolean): Masked {
  let shown = '';
  let at = 0;
  for (const found of [...line.matchAll(MEMBER), ...line.matchAll(FLAG)].toSorted((a, b) => a.index - b.index)) {
    if (found.index < at || !isSecretName(found[2] ?? '')) continue;
    const start = found.index + found[0].length;
    const rest = line.slice(start);
    const isOpen = /^(?:[|>][-+\d]*)?\s*(?:\s#.*)?$/.test(rest);
    if (isHarmlessValue(rest, found[0], found[3]) || (parsed && (isOpen || /^[[{]/.test(rest)))) continue;
    shown += line.slice(at, start);
    if (isOpen) return { shown: shown + rest, column: found[3] === ':' ? columnOf(line, found.index) : -1, quote: '' };
    const value = valueAt(rest, found[3] === undefined);
    if (value === undefined) {
      const opened = /^(?:"""|'''|["'])/.exec(rest)?.[0] ?? '';
      return { shown: shown + opened + hit(rest.slice(opened.length)), column: opened ? -1 : columnOf(line, found.index), quote: opened };
    }
    const inner = /^(["'])([\s\S]*)\1$/.exec(value);
    // Not in quotes, it may go on.
    if (value === rest && !inner && found[3] === ':' && !parsed)
      return { shown: shown + hit(value), column: columnOf(line, found.index), quote: '' };
    shown += inner ? `${inner[1]}${hit(inner[2] ?? '')}${inner[1]}` : hit(value);
    at = start + value.length;
    // What follows a closed quote is no other member or comment: it goes on, whatever a reader of YAML would say.
    const more = inner && found[3] === ':' ? /^[ \t]+(?=[^\s#,;&|}\])"'\\])(?![\w.-]+\s*[:=])/.exec(line.slice(at)) : null;
    if (more) return { shown: shown + more[0] + hit(line.slice(at + more[0].length)), column: -1, quote: '' };
  }
  return { shown: shown + line.slice(at), column: -1, quote: '' };
}

/** Whether a value that begins so gives nothing away: behind a colon, or an equals sign with a space, the rest of a line belongs to it. */
function isHarmlessValue(rest: string, member: string, separator: string | undefined): boolean {
  const harmless = HARMLESS.exec(rest)?.[0];
  if (harmless === undefined) return false;
  const after = rest.slice(harmless.length);
  if (/^["']/.test(harmless) && /^["']/.test(after)) return false;
  if (separator === undefined || !/[:\s]$/.test(member)) return true;
  return !/^[ \t]+[^\s#,;&|}\])"'\\]/.test(after) || /^[ \t]+[\w.-]+\s*[:=]/.test(after);
}

/** Where the name begins: what is deeper belongs to it. */
const columnOf = (line: string, index: number): number => (/^[\s-]*$/.test(line.slice(0, index)) ? index : Math.max(line.search(/\S/), 0));

/** The value at the beginning of a text: a quoted one, a list or map, or all of the line. Undefined when it ends on a later line. */
function valueAt(rest: string, isArgument: boolean): string | undefined {
  if (/^(?:"""|''')/.test(rest)) return /^("""|''').*?\1/.exec(rest)?.[0];
  // As a shell has them, parts may follow one another.
  if (/^["']/.test(rest)) return /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"',;:&|<>()[\]{}\\`])+/.exec(rest)?.[0];
  if (isArgument) return /^\S+/.exec(rest)?.[0];
  return /^[[{]/.test(rest) ? bracketed(rest) : rest;
}

function bracketed(text: string): string | undefined {
  let depth = 0;
  for (const { 0: part, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|'[^']*'|[[\]{}]/g)) {
    if (part === '[' || part === '{') depth += 1;
    else if (part === ']' || part === '}') depth -= 1;
    if (depth === 0) return text.slice(0, index + part.length);
  }
  return undefined;
}
