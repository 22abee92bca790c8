// The shortest way from one sequence to another: for lines of text and for lists whose order counts.

/** One step where they differ: `from` and `to` are places; only `from`: gone, only `to`: new, both: replaced. */
export interface Step {
  readonly from?: number;
  readonly to?: number;
}

/** Beyond this many comparisons a replaced whole is shown instead of the shortest way. */
const LIMIT = 4_000_000;

/** Only the steps that change something, in order. Neighbours that go and come are one replacement. */
export function sequenceDiff(before: readonly string[], after: readonly string[]): Step[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before[before.length - 1 - end] === after[after.length - 1 - end])
    end++;
  const [rows, columns] = [before.length - start - end, after.length - start - end];
  const kept = rows * columns > LIMIT ? [] : common(before.slice(start, start + rows), after.slice(start, start + columns));
  const steps: Step[] = [];
  let [from, to] = [0, 0];
  for (const [nextFrom, nextTo] of [...kept, [rows, columns] as const]) {
    for (; from < nextFrom && to < nextTo; from++, to++) steps.push({ from: start + from, to: start + to });
    for (; from < nextFrom; from++) steps.push({ from: start + from });
    for (; to < nextTo; to++) steps.push({ to: start + to });
    [from, to] = [nextFrom + 1, nextTo + 1];
  }
  return steps;
}

/** Pairs of places of a longest common subsequence. */
function common(before: readonly string[], after: readonly string[]): (readonly [number, number])[] {
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  const lengthAt = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      lengths[row * width + column] =
        before[row] === after[column] ? lengthAt(row + 1, column + 1) + 1 : Math.max(lengthAt(row + 1, column), lengthAt(row, column + 1));
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let row = 0, column = 0; row < before.length && column < after.length;) {
    if (before[row] === after[column]) pairs.push([row++, column++]);
    else if (lengthAt(row + 1, column) >= lengthAt(row, column + 1)) row++;
    else column++;
  }
  return pairs;
}
