// SQL as text: values of the user as literals, and statements inside shell scripts.

/** A string literal. In CockroachDB, as in standard SQL, a backslash means itself and a quote is doubled. */
export const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** Words that are not names without quotes (CockroachDB's reserved keywords). */
const RESERVED = new Set(
  (
    'all analyse analyze and any array as asc asymmetric both case cast check collate column ' +
    'concurrently constraint create current_catalog ' +
    'current_date current_role current_schema current_time current_timestamp current_user default ' +
    'deferrable desc distinct do else end except ' +
    'false fetch for foreign from grant group having in index initially intersect into lateral ' +
    'leading limit localtime localtimestamp not ' +
    'nothing null offset on only or order placing primary references returning select session_user ' +
    'some symmetric table then to trailing true ' +
    'union unique user using variadic view virtual when where window with'
  ).split(' '),
);

/** A name. One that needs no quotes has none. */
export const identifier = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(name.toLowerCase()) ? name : `"${name.replaceAll('"', '""')}"`;

/** A text for the inside of double quotes in a shell script. */
export const quotable = (value: string): string => value.replaceAll(/[\\$`"]/g, String.raw`\$&`);
