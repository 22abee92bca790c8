// Lines of a template that are there under conditions, in as few blocks as say it.

/** One of the conditions that must all hold. */
export interface Clause {
  /** As part of an expression. */
  readonly text: string;
  /** Clauses that all hold when this one does not. */
  readonly negated: readonly string[];
}

export interface Conditional {
  readonly clauses: readonly Clause[];
  readonly lines: readonly string[];
  /** The same as an expression that fits on a line. @default there is none */
  readonly short?: string;
}

/** Clauses as an expression. */
export const allOf = (clauses: readonly Clause[]): string => {
  const texts = [...new Set(clauses.map(({ text }) => text))];
  const [only = 'true'] = texts;
  return texts.length > 1 ? `and ${texts.join(' ')}` : only.replace(/^\((.*)\)$/, '$1');
};

/** Conditions of which one must hold, as an expression; what all have in common is asked for once. */
export function anyOf(conditions: readonly (readonly Clause[])[]): string {
  const [first = [], ...others] = conditions;
  if (!others.length) return allOf(first);
  const isCommon = ({ text }: Clause): boolean => others.every((one) => one.some((clause) => clause.text === text));
  const common = first.filter(isCommon);
  const rest = conditions.map((one) => one.filter(({ text }) => !common.some((clause) => clause.text === text)));
  if (rest.some((one) => !one.length)) return allOf(common);
  const texts = [...new Set(rest.map((one) => (one.length > 1 ? `(${allOf(one)})` : (one[0]?.text ?? ''))))];
  return allOf([...common, { text: `(or ${texts.join(' ')})`, negated: [] }]);
}

/** Whether one of two conditions holds in any case. */
export const isOpposite = (one: readonly Clause[], other: readonly Clause[]): boolean => {
  const [clause] = one;
  return (
    one.length === 1 &&
    clause !== undefined &&
    sameTexts(
      clause.negated,
      other.map(({ text }) => text),
    )
  );
};

const sameTexts = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((text) => other.includes(text));

export interface Layout {
  /** What stands in front of each line. */
  readonly pad: string;
  /** Has what is alone in its block, and short, on one line with it. */
  readonly isCompact: boolean;
}

export const inBlocks = (items: readonly Conditional[], layout: Layout): string[] => chunks(items, layout).flatMap(({ lines }) => lines);

/** A block of lines that are the same always, on one line. */
export const oneLineBlock = (condition: string, lines: readonly string[], { pad }: Layout): string => {
  const text = lines.map((line) => line.slice(pad.length)).join('\n');
  return `${pad}{{- if ${condition} }}{{ ${JSON.stringify(text)} | nindent ${pad.length} }}{{ end }}`;
};

interface Chunk {
  readonly isBlock: boolean;
  readonly lines: readonly string[];
}

function chunks(items: readonly Conditional[], layout: Layout): Chunk[] {
  const { pad } = layout;
  const out: Chunk[] = [];
  let at = 0;
  while (at < items.length) {
    const { clauses, lines, short } = items[at] as Conditional;
    if (!clauses.length) {
      out.push({ isBlock: false, lines });
      at++;
      continue;
    }
    const { end, common } = together(items, at);
    const inner = inBlocks(without(items.slice(at, end), common), layout);
    const block = [`${pad}{{- if ${allOf(common)} }}`, ...inner];
    const isAlone = end === at + 1 && common.length === clauses.length;
    const opposite = items[end]?.clauses.find((clause) => isOpposite([clause], common));
    at = end;
    if (opposite) {
      while (items[at]?.clauses.some(({ text }) => text === opposite.text)) at++;
      block.push(...otherwise(chunks(without(items.slice(end, at), [opposite]), layout), pad));
    } else if (layout.isCompact && isPlain(inner, pad)) {
      out.push({ isBlock: false, lines: [oneLineBlock(allOf(common), inner, layout)] });
      continue;
    } else if (layout.isCompact && isAlone && short !== undefined) {
      out.push({ isBlock: false, lines: [`${pad}{{- if ${allOf(common)} }}{{ ${short} | nindent ${pad.length} }}{{ end }}`] });
      continue;
    } else if (layout.isCompact && isAlone && isLoneText(inner, pad)) {
      const [line = ''] = inner;
      out.push({
        isBlock: false,
        lines: [`${pad}{{- if ${allOf(common)} }}{{ "" | nindent ${pad.length} }}${line.slice(pad.length)}{{ end }}`],
      });
      continue;
    } else block.push(`${pad}{{- end }}`);
    out.push({ isBlock: true, lines: block });
  }
  return out;
}

/** What follows a block, up to the end of both. */
export function otherwise(inner: readonly Chunk[], pad: string): string[] {
  const [only] = inner;
  const head = `${pad}{{- if `;
  const [first = '', ...rest] = only?.lines ?? [];
  if (inner.length === 1 && only?.isBlock && first.startsWith(head)) return [`${pad}{{- else if ${first.slice(head.length)}`, ...rest];
  return [`${pad}{{- else }}`, ...inner.flatMap(({ lines }) => lines), `${pad}{{- end }}`];
}

/** The longest run of items that have a clause in common, and all that they have in common. */
function together(items: readonly Conditional[], at: number): { readonly end: number; readonly common: readonly Clause[] } {
  const { clauses } = items[at] as Conditional;
  let end = at + 1;
  for (const { text } of clauses) {
    let to = at + 1;
    while (items[to]?.clauses.some((clause) => clause.text === text)) to++;
    end = Math.max(end, to);
  }
  const run = items.slice(at, end);
  const common = clauses.filter(({ text }) => run.every((item) => item.clauses.some((clause) => clause.text === text)));
  return { end, common };
}

/** Letters of several lines that are read at one glance, such as those of a bracket and its end. */
const GLANCE = 20;

/** Whether it is one line without expressions, or as good as one. */
const isPlain = (lines: readonly string[], pad: string): boolean =>
  (lines.length === 1 || lines.reduce((sum, line) => sum + line.length - pad.length, 0) <= GLANCE) &&
  lines.every((line) => line.startsWith(pad) && line.length > pad.length && !line.includes('{{'));

/** Whether it is one line that begins with text, in which several values stand. */
const isLoneText = ([line = '', ...others]: readonly string[], pad: string): boolean =>
  !others.length && line.startsWith(pad) && /^[^{]+\{\{ (?!if )[^}]*\}\}[^{]*\{\{ (?!if )[^}]*\}\}[^{]*$/.test(line.slice(pad.length));

const without = (items: readonly Conditional[], clauses: readonly Clause[]): Conditional[] =>
  items.map((item) => ({ ...item, clauses: item.clauses.filter(({ text }) => !clauses.some((one) => one.text === text)) }));
