// `describe` for tests that need something a machine may lack and no part brings: they are skipped with one line that says what is missing.
import { existsSync } from 'node:fs';

const told = new Set<string>();

/** @param path what must be there, such as a file beside the checkout */
export function describeWhere(path: string): jest.Describe {
  if (existsSync(path)) return describe;
  if (!told.has(path)) process.stderr.write(`skipped, not here: ${path}\n`);
  told.add(path);
  return describe.skip;
}
