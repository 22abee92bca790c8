// Tests on whole clusters with real pods: slow, and for root on Linux only. scripts/parts installs what they run. They wait more than they work.
const unit = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
  ...unit,
  testMatch: ['<rootDir>/test/**/*.cluster.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 2,
  globalSetup: '<rootDir>/test/support/parts/announce.ts',
  globalTeardown: undefined,
};
