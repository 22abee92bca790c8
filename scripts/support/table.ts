// Plain text tables: the first column to the left, numbers to the right.

export type Row = readonly (string | number)[];

/** @param rows the first one holds the headings */
export function table(rows: readonly [Row, ...Row[]]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  const line = (row: Row): string =>
    row
      .map((cell, column) => (column === 0 ? String(cell).padEnd(widths[column] ?? 0) : String(cell).padStart(widths[column] ?? 0)))
      .join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}
