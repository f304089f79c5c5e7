import { defineConfig } from 'vitest/config';

export default defineConfig({
  // graphql ships as two copies and takes one copy's schema for foreign in the other: tests use the one that Node gives everybody else.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    // Two cores are what the checks are promised to run on; more processes than that only take turns.
    maxWorkers: 2,
    // What hangs ends here; what is merely slow does not, on a busy machine or over the server that stands in for MongoDB.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: ['test/support/announce.ts'],
    ...(process.env.TEST_REPORT && { reporters: ['default', 'json'], outputFile: { json: process.env.TEST_REPORT } }),
  },
});
