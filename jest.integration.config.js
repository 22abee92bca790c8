// Tests with real programs: Helm, an API server, a Docker engine and others. scripts/parts installs them.
const unit = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
  ...unit,
  testMatch: ['<rootDir>/test/**/*.integration.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 2,
  globalSetup: '<rootDir>/test/support/parts/announce.ts',
  globalTeardown: undefined,
};
