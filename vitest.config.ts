import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { defineConfig, type Plugin } from 'vitest/config';
import { currentBundle } from './cli/bundle.js';

/** Threads of their own begin at these files, which strip types at each start; in tests as in the product they run from the bundle. */
const THREADS = /new URL\('\.\/(sqlite-writer|writer-thread|thread)\.js', import\.meta\.url\)/;

function bundledThreads(): Plugin {
  return {
    name: 'bundled-threads',
    transform: async (code) => {
      if (!THREADS.test(code)) return null;
      const folder = pathToFileURL(`${await currentBundle()}/`).href;
      return { code: code.replace(THREADS, (_, name: string) => `new URL('${folder}${name}.js')`), map: null };
    },
  };
}

const MEMORY = '/dev/shm';

export default defineConfig({
  plugins: [bundledThreads()],
  // graphql ships as two copies and takes one copy's schema for foreign in the other: tests use the one that Node gives everybody else.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'component', include: ['test/{component,architecture,contracts,subgraphs,gateway,training,demo}/**/*.test.ts'] },
      },
      { extends: true, test: { name: 'system', include: ['test/{system,supergraph,differential,ingest}/**/*.test.ts'] } },
    ],
    // Two cores are what the checks are promised to run on; more processes than that only take turns.
    maxWorkers: 2,
    // Files of a worker share the modules that they import: a test leaves none of them changed.
    isolate: false,
    restoreMocks: true,
    unstubGlobals: true,
    // What hangs ends here; what is merely slow does not, on a busy machine or over the server that stands in for MongoDB.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: ['test/support/announce.ts'],
    // Stores of tests are files in memory where there is such a folder.
    env: existsSync(MEMORY) ? { TMPDIR: MEMORY } : {},
    setupFiles: process.env.TEST_COST ? ['test/support/cost.ts'] : [],
    ...(process.env.TEST_REPORT && { reporters: ['default', 'json'], outputFile: { json: process.env.TEST_REPORT } }),
  },
});
