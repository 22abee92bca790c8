// What texts have in common, and what of a table makes them different.

/** What one column of a table says in each text. */
export interface Column {
  readonly key: string;
  /** Of a column that counts: what is added to the place of the text. */
  readonly offset?: number;
  readonly texts: readonly string[];
}

/** A text that is the same in all, or a column. */
export type Part = string | Pick<Column, 'key' | 'offset'>;

/**
 * Parts that make each text when its words of the columns are put in; as much of it as can be is the same in all.
 * @returns undefined where the columns do not tell the texts apart
 */
export function unified(texts: readonly string[], columns: readonly Column[]): Part[] | undefined {
  const [first = ''] = texts;
  if (texts.every((text) => text === first)) return first ? [first] : [];
  const failed = new Set<string>();
  const from = (places: readonly number[]): Part[] | undefined => {
    if (texts.every((text, index) => places[index] === text.length)) return [];
    const id = places.join(' ');
    if (failed.has(id)) return undefined;
    const letter = first[places[0] ?? 0];
    if (letter !== undefined && texts.every((text, index) => text[places[index] ?? 0] === letter)) {
      const rest = from(places.map((place) => place + 1));
      if (rest) return typeof rest[0] === 'string' ? [letter + rest[0], ...rest.slice(1)] : [letter, ...rest];
    }
    for (const { key, offset, texts: words } of columns) {
      if (!texts.every((text, index) => words[index] && text.startsWith(words[index], places[index]))) continue;
      const rest = from(places.map((place, index) => place + (words[index]?.length ?? 0)));
      if (rest) return [offset === undefined ? { key } : { key, offset }, ...rest];
    }
    failed.add(id);
    return undefined;
  };
  return from(texts.map(() => 0));
}
