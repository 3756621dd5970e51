/**
 * Suites are compiled to `.suites` (`scripts/build-suites.js`) and loaded by Node itself, in three
 * processes: one more than cores, because many suites wait. jest's own registry loads every package
 * again for each suite, which takes longer than most suites run.
 */
export default {
  runner: '<rootDir>/scripts/suite-runner.js',
  roots: ['<rootDir>/.suites/test'],
  testMatch: ['**/*.test.js'],
  transform: {},
  testEnvironment: 'node',
  // Those on real services are run by `npm run test:services`, which starts them.
  testPathIgnorePatterns: ['<rootDir>/.suites/test/services/'],
  maxWorkers: 3,
  globalSetup: '<rootDir>/.suites/test/support/global-setup.js',
  globalTeardown: '<rootDir>/.suites/test/support/global-teardown.js',
  setupFilesAfterEnv: ['<rootDir>/.suites/test/support/time-limits.js'],
};
