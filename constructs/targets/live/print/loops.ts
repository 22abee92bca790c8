// Objects that are the same but for the items of a fixed list are one template, which goes through that list.
import { showPath } from '../../../../helm/check';
import { isTable } from '../../../../helm/yaml/values';
import { inOneOrder } from './operands';
import { unified, type Column, type Part } from './unify';

/** A list of maps of the release, each of them with the same keys or more. */
export interface FixedList {
  /** Where it is among the values: `projects`. */
  readonly path: readonly string[];
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

/** Lists of maps among values. @param isFixed whether the value at a path, as people write it, stays as it is */
export function listsIn(
  values: Readonly<Record<string, unknown>>,
  isFixed: (path: string) => boolean,
  at: readonly string[] = [],
): FixedList[] {
  return Object.entries(values).flatMap(([name, value]): FixedList[] => {
    const path = [...at, name];
    if (isTable(value)) return listsIn(value, isFixed, path);
    const isList = Array.isArray(value) && value.length > 1 && value.every(isTable);
    return isList && /^[a-z]\w*$/.test(name) && isFixed(showPath(path)) ? [{ path, items: value as FixedList['items'] }] : [];
  });
}

/**
 * Templates of objects, those of one list as loops: each prints what the templates printed that it stands for, one after the other.
 * @param templates texts by file name, without folder and ending
 * @param lists what they may go through
 * @returns the templates, and texts of the named templates that they call, which hold the lists
 */
export function inLoops(
  templates: ReadonlyMap<string, string>,
  lists: readonly FixedList[],
): { readonly templates: ReadonlyMap<string, string>; readonly helpers: string } {
  // What others include by its file is not moved.
  const isCalled = (file: string): boolean => [...templates.values()].some((text) => text.includes(`"/${file}.yaml"`));
  const loops = new Map<string, Loop>();
  for (const file of templates.keys())
    for (const list of lists) {
      const loop = loops.has(file) ? undefined : loopFrom(file, templates, list);
      if (!loop || templates.has(loop.name) || loop.files.some((one) => loops.has(one) || isCalled(one))) continue;
      for (const one of loop.files) loops.set(one, loop);
    }
  const used = new Map<FixedList, Set<string>>();
  for (const { list, keys } of loops.values()) used.set(list, new Set([...(used.get(list) ?? []), ...keys]));
  return {
    templates: new Map(
      [...templates].map(([file, text]) => {
        const loop = loops.get(file);
        return loop ? [loop.name, loop.text] : [file, text];
      }),
    ),
    helpers: [...used].map(([list, keys]) => helperOf(list, keys)).join(''),
  };
}

interface Loop {
  readonly list: FixedList;
  readonly name: string;
  readonly files: readonly string[];
  readonly text: string;
  /** What it reads of the items. */
  readonly keys: ReadonlySet<string>;
}

/** @param first the file of the first item's object */
function loopFrom(first: string, templates: ReadonlyMap<string, string>, list: FixedList): Loop | undefined {
  const columns = columnsOf(list);
  const length = templates.get(first)?.split('\n').length;
  const bare = (file: string): string => file.replace(HASH, '');
  // Those of other items, by their names.
  const files = list.items.map((_, item) =>
    item
      ? [...templates.keys()].find(
          (other) =>
            other !== first &&
            templates.get(other)?.split('\n').length === length &&
            unified([bare(first), bare(other)], namesOf(columns, item)) !== undefined,
        )
      : first,
  );
  if (files.includes(undefined) || new Set(files).size < files.length) return undefined;
  const all = files as string[];
  const name = unified(all.map(bare), namesOf(columns))
    ?.map((part) => (typeof part === 'string' ? part : list.path.at(-1)))
    .join('');
  if (name === undefined) return undefined;
  const texts = all.map((file) => (templates.get(file) ?? '').replaceAll(`"${bare(file)}.`, `"${name}.`));
  const body = bodyOf(texts, columns, list);
  return body && { list, name, files: all, ...body };
}

/** What the name of a Job has behind it. */
const HASH = /-[0-9a-f]{8}$/;

/** What differs from item to item: its values, and its place. */
function columnsOf({ items }: FixedList): Column[] {
  const keys = Object.keys(items[0] ?? {}).filter((key) => /^[a-z]\w*$/i.test(key));
  const values = keys.flatMap((key): Column[] => {
    const texts = items.map((item) => item[key]);
    // Letters that YAML or a template would write in another way are left to templates of their own.
    return texts.every((text): text is string => typeof text === 'string' && /^[^"'\\{}\n]+$/.test(text)) ? [{ key, texts }] : [];
  });
  return [
    ...values,
    { key: 'index', offset: 0, texts: items.map((_, index) => String(index)) },
    { key: 'index', offset: 1, texts: items.map((_, index) => String(index + 1)) },
  ];
}

/** Columns that names of files may have; of the first item and another one, or of all. */
const namesOf = (columns: readonly Column[], item?: number): Column[] =>
  columns.flatMap(({ key, offset, texts }) =>
    offset === undefined
      ? [{ key, texts: (item === undefined ? texts : [texts[0], texts[item]]).map((text) => (text ?? '').toLowerCase()) }]
      : [],
  );

/** A loop with what is the same of the texts. Undefined where they differ in more than the items say. */
function bodyOf(texts: readonly string[], columns: readonly Column[], { path }: FixedList): Pick<Loop, 'text' | 'keys'> | undefined {
  const variable = `$${path.at(-1)?.replace(/s$/, '')}`;
  // The variables of a loop are not to hide others.
  if (texts.some((text) => text.includes(variable) || text.includes('$index'))) return undefined;
  const keys = new Set<string>();
  let isIndexed = false;
  const lines = (texts[0] ?? '').split('\n').map((_, at) => {
    const parts = unified(
      inOneOrder(
        texts.map((text) => text.split('\n')[at] ?? ''),
        columns,
      ),
      columns,
    );
    for (const part of parts ?? [])
      if (typeof part === 'object') {
        if (part.offset === undefined) keys.add(part.key);
        else isIndexed = true;
      }
    return parts && lineOf(parts, variable);
  });
  if (lines.includes(undefined)) return undefined;
  const text = lines.join('\n');
  const { above, rest } = definitionsIn(text);
  // Named templates are called with the item; what they call `$` is not what it was.
  if (above.includes('$index') || /\$(?!\w)/.test(above)) return undefined;
  const isPassed = above.includes(variable);
  const definitions = isPassed ? withItem(above, variable) : above;
  const called = isPassed ? rest.replaceAll(new RegExp(`(include "${nameIn(above)}") \\.(?=[ )])`, 'g'), `$1 (list . ${variable})`) : rest;
  const variables = isIndexed ? `$index, ${variable}` : variable;
  const head = `{{- range ${variables} := include "${helperName(path)}" . | fromJsonArray }}\n{{- with $ }}\n---\n`;
  return { keys, text: `${definitions}${head}${called}{{- end }}\n{{- end }}\n` };
}

/** What stands for an item, in the text of a line, in an expression, or in a text in an expression. Undefined where nothing can. */
function lineOf(parts: readonly Part[], variable: string): string | undefined {
  let line = '';
  let isAction = false;
  /** Where the text in an expression began. */
  let quote: number | undefined;
  /** Whether it has items in it. */
  let isJoined = false;
  for (const part of parts) {
    if (typeof part === 'object') {
      const { key, offset } = part;
      const own = offset === undefined ? `${variable}.${key}` : offset ? 'add1 $index' : '$index';
      // An expression has places outside of texts, and items in them.
      if (isAction && (quote === undefined) !== (offset !== undefined)) return undefined;
      if (!isAction) line += `{{ ${own} }}`;
      else if (quote === undefined) line += offset ? `(${own})` : own;
      else {
        line += `" ${own} "`;
        isJoined = true;
      }
      continue;
    }
    for (const letter of part) {
      line += letter;
      if (!isAction) isAction = line.endsWith('{{');
      else if (quote === undefined) {
        if (letter === '"') [quote, isJoined] = [line.length - 1, false];
        else isAction = !line.endsWith('}}');
      } else if (letter === '"' && line.at(-2) !== '\\') {
        if (isJoined) line = `${line.slice(0, quote)}${joined(line.slice(quote))}`;
        quote = undefined;
      }
    }
  }
  return line;
}

/** Texts and items beside each other as one expression. */
function joined(pieces: string): string {
  const all = pieces.replace(/^"" /, '').replace(/ ""$/, '').replaceAll(' "" ', ' ');
  return all.includes(' ') ? `(print ${all})` : all;
}

/** Named templates at the beginning of a text, and what comes behind them. */
function definitionsIn(text: string): { readonly above: string; readonly rest: string } {
  const lines = text.split('\n');
  let end = 0;
  let depth = 0;
  for (const [index, line] of lines.entries()) {
    if (!depth && !line.startsWith('{{- define ')) break;
    for (const [, word] of line.matchAll(/\{\{-? (define|if|with|range|end)\b/g)) depth += word === 'end' ? -1 : 1;
    if (!depth) end = index + 1;
  }
  return {
    above: lines
      .slice(0, end)
      .map((line) => `${line}\n`)
      .join(''),
    rest: lines.slice(end).join('\n'),
  };
}

const nameIn = (definition: string): string => /^\{\{- define "([^"]+)"/.exec(definition)?.[1] ?? '';

/** A named template that takes an item beside what it took. */
function withItem(definition: string, variable: string): string {
  const lines = definition.trimEnd().split('\n');
  return [lines[0], `{{- ${variable} := index . 1 }}{{ with index . 0 }}`, ...lines.slice(1, -1), '{{- end }}', '{{- end }}', ''].join(
    '\n',
  );
}

const helperName = (path: readonly string[]): string => `${showPath(path)}.items`;

/** What templates read of a list, an item a line. */
function helperOf({ path, items }: FixedList, keys: ReadonlySet<string>): string {
  const lines = items.map((item) => `  ${JSON.stringify(Object.fromEntries([...keys].map((key) => [key, item[key]])))}`);
  const title = `What the templates read of ${showPath(path)}, as the chart was written with it.`;
  return `{{/* ${title} */}}\n{{- define "${helperName(path)}" -}}\n[\n${lines.join(',\n')}\n]\n{{- end }}\n`;
}
