// Lets Node.js load the TypeScript of the test tree, as jest does: for scripts that use the tests' parts by hand.
const { readFileSync } = require('node:fs');
const { transformSync } = require('@swc/core');

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  // The one door that Node.js has for this.
  // oxlint-disable-next-line no-underscore-dangle
  module._compile(code, filename);
};
