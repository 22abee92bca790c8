// A temporary folder for each run of the tests, removed at its end with all that tests and libraries left there.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Jest's global set-up and tear-down are the same file: the first call makes the folder, the second removes it. */
let folder: string | undefined;

export default function temporary(): void {
  if (folder === undefined) {
    // Workers inherit TMPDIR. The name is short because paths of sockets may have 107 bytes at most.
    folder = mkdtempSync(join(tmpdir(), 'jest-'));
    process.env['TMPDIR'] = folder;
  } else rmSync(folder, { recursive: true, force: true });
}
