/** Runs the specs of a workspace (the Nx target test) or of a pattern, with NODE_OPTIONS=--experimental-vm-modules. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{apps,libs,tools}/**/src/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/libs/[^/]+/package/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // Neither 'import' nor 'require' here: Jest adds the one that fits.
  testEnvironmentOptions: { customExportConditions: ['@polyroom/source', 'node', 'node-addons'] },
  testTimeout: 120_000,
  maxWorkers: 2,
  globalSetup: '<rootDir>/tools/jest/spec-run.mjs',
  globalTeardown: '<rootDir>/tools/jest/close-spec-run.mjs',
  // The wait includes the end of what the specs share.
  reporters: [
    'default',
    '<rootDir>/tools/jest/warnings-reporter.mjs',
    ['<rootDir>/tools/jest/exit-reporter.mjs', { waitMs: 30_000 }],
  ],
  coverageProvider: 'v8',
  coverageDirectory: 'coverage',
  coverageReporters: ['text-summary', 'html', 'lcov'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
