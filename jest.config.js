/** ESM by `--experimental-vm-modules`; TypeScript by swc with the same `.swcrc` that builds the product. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // Those on real services are run by `npm run test:services`, which starts them.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/services/'],
  testTimeout: 60_000,
  maxWorkers: 2,
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};
