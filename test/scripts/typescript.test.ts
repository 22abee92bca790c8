// TypeScript in scripts, which several threads of one may load at a time.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/support/places';

const CACHE = join(root, 'node_modules', '.cache', 'typescript');
const FILES = 60;
const THREADS = 6;

it('a file that several threads compile at a time is compiled for each of them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'typescript-'));
  const names = Array.from({ length: FILES }, (_, index) => `${index}.ts`);
  for (const name of names) writeFileSync(join(folder, name), 'export const found: number = 1;\n');
  mkdirSync(CACHE, { recursive: true });
  const before = new Set(readdirSync(CACHE));
  const load = `for (const name of ${JSON.stringify(names)}) require(${JSON.stringify(folder)} + '/' + name)`;
  const thread = `new (require('node:worker_threads').Worker)(${JSON.stringify(load)}, { eval: true })`;
  const main = `for (let one = 0; one < ${THREADS}; one++) ${thread}`;
  const { status, stderr } = spawnSync(process.execPath, ['--require', './scripts/support/typescript.cjs', '-e', main], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const name of readdirSync(CACHE)) if (!before.has(name)) rmSync(join(CACHE, name), { force: true });
  expect([status, stderr]).toEqual([0, '']);
});
