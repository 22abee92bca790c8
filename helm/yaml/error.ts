// A YAML text that cannot be read, with the place where it goes wrong.

export const NESTED_TOO_DEEPLY = 'lists and maps are nested too deeply';

/** `message` is one line, `FILE:LINE:COLUMN: reason`; lines and columns count from 1. */
export class YamlError extends Error {
  override readonly name = 'YamlError';

  constructor(
    /** What the caller called the text: a file name, or "--set-json" and the like. */
    readonly source: string,
    readonly line: number,
    readonly column: number,
    /** What is wrong, without the place. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${source}:${line}:${column}: ${reason}`, options);
  }
}
