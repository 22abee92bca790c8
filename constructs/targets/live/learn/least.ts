// The least that still fails, found by leaving parts out.

/** @param fails told of the whole already */
export function leastFailing<T>(all: readonly T[], fails: (part: readonly T[]) => boolean): readonly T[] {
  let left = all;
  for (let parts = 2; left.length > 1;) {
    const size = Math.ceil(left.length / parts);
    const chunks = Array.from({ length: Math.ceil(left.length / size) }, (_, index) => left.slice(index * size, (index + 1) * size));
    const one = chunks.find(fails);
    if (one) {
      left = one;
      parts = 2;
      continue;
    }
    const without = parts > 2 ? chunks.map((chunk) => left.filter((item) => !chunk.includes(item))).find(fails) : undefined;
    if (without) {
      left = without;
      parts = Math.max(parts - 1, 2);
    } else if (size === 1) break;
    else parts = Math.min(parts * 2, left.length);
  }
  return left;
}
