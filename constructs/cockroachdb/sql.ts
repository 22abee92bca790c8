// SQL as text: values of the user as literals, and statements inside shell scripts.

/** A string literal. In CockroachDB, as in standard SQL, a backslash means itself and a quote is doubled. */
export const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** A text for the inside of double quotes in a shell script. */
export const quotable = (value: string): string => value.replaceAll(/[\\$`"]/g, String.raw`\$&`);
