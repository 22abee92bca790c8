// Lets Node.js load TypeScript, as jest does: for scripts, and for the tests' parts used by hand. It is JavaScript, since it comes first.
const { createHash, randomUUID } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

/** @type {import('@swc/core').Options} */
const OPTIONS = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  // import() stays one: the scripts load modules with it that require() cannot.
  module: { type: 'commonjs', ignoreDynamic: true },
};
const cache = resolve(__dirname, '..', '..', 'node_modules', '.cache', 'typescript');

/**
 * The JavaScript of a file, kept by its content: the compiler takes longer to load than most scripts to run.
 * @param {string} filename
 */
function compiled(filename) {
  const source = readFileSync(filename);
  const kept = join(cache, createHash('sha256').update(JSON.stringify(OPTIONS)).update(filename).update(source).digest('hex'));
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const { code } = require('@swc/core').transformSync(source.toString(), { ...OPTIONS, filename });
    // Threads of one process compile the same file at a time, too.
    const unfinished = `${kept}.${randomUUID()}`;
    mkdirSync(cache, { recursive: true });
    writeFileSync(unfinished, code);
    renameSync(unfinished, kept);
    return code;
  }
}

require.extensions['.ts'] = (module, filename) => {
  // The one door that Node.js has for this, without a type.
  const { _compile: compile } = /** @type {{ _compile(code: string, filename: string): void }} */ (/** @type {unknown} */ (module));
  compile.call(module, compiled(filename), filename);
};
