// Unit, snapshot, error and property tests: nothing but Node.js is needed. The integration tests have jest.integration.config.js.
/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }] },
  // Many start processes, or write to disks that may be slow: a test that takes this long hangs.
  testTimeout: 60_000,
  // Names of JavaScript's own things, looked up in the context in which jest runs a file, are slow:
  // a loop over a text took a hundred times as long.
  sandboxInjectedGlobals: ['Math', 'Object', 'Array', 'Number', 'String', 'JSON', 'Map', 'Set', 'Symbol'],
  globalSetup: '<rootDir>/test/support/temporary.ts',
  globalTeardown: '<rootDir>/test/support/temporary.ts',
  maxWorkers: '100%',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '\\.(integration|cluster)\\.test\\.ts$'],
  modulePathIgnorePatterns: ['<rootDir>/lib/', '<rootDir>/worker/lib/', '<rootDir>/dist/'],
};
