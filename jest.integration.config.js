// Tests with real programs: Helm, Prometheus, NATS, npm. scripts/parts installs them.
const unit = require('./jest.config.js');

module.exports = { ...unit, testMatch: ['<rootDir>/test/**/*.integration.test.ts'], testPathIgnorePatterns: ['/node_modules/'] };
