/** Who may import whom. Each rule is seen to fail on a planted violation in test/architecture/imports.test.ts. */

const pureFiles = '^subgraphs/.+/(records|source|ingest|rules)\\.ts$';
const joiners = '^(cli|test|bench)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'subgraph-imports-no-other-subgraph',
      comment: 'Subgraphs meet in the supergraph only. What two of them need goes to kernel/.',
      severity: 'error',
      from: { path: '^subgraphs/([^/]+)/' },
      to: { path: '^(subgraphs|schema/generated)/', pathNot: ['^subgraphs/$1/', '^schema/generated/$1\\.ts$'] },
    },
    {
      name: 'subgraph-imports-no-gateway',
      comment: 'A subgraph runs behind any federation router.',
      severity: 'error',
      from: { path: '^subgraphs/' },
      to: { path: '^(gateway|ingest|demo)/' },
    },
    {
      name: 'subgraph-knows-only-the-storage-port',
      comment: 'Which store it runs on is configuration.',
      severity: 'error',
      from: { path: '^subgraphs/' },
      to: { path: '^kernel/storage/', pathNot: '^kernel/storage/(port|search-terms)\\.ts$' },
    },
    {
      name: 'gateway-imports-no-subgraph',
      comment: 'The gateway knows subgraphs by the supergraph and an executor per name, both given to it.',
      severity: 'error',
      from: { path: '^gateway/' },
      to: { path: '^subgraphs/' },
    },
    {
      name: 'kernel-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^kernel/' },
      to: { path: '^(subgraphs|gateway|ingest|demo|cli|schema|web|test|bench)/' },
    },
    {
      name: 'models-import-nothing-of-ours',
      comment: 'Arithmetic on plain values: whoever has customers, baskets or texts may use it, and check it against what was published.',
      severity: 'error',
      from: { path: '^models/' },
      to: {
        path: [
          '^(kernel|subgraphs|gateway|ingest|demo|cli|schema|web|test|bench)/',
          '^(node:)?(fs|net|http|child_process|worker_threads|timers)(/|$)',
        ],
      },
    },
    {
      name: 'segment-rules-import-only-kernel',
      comment: 'Rules over the merged view know the graph by its schema, and no domain.',
      severity: 'error',
      from: { path: '^subgraphs/segments/rules/' },
      to: { path: '^(subgraphs/(?!segments/rules/)|gateway|ingest|demo|training|models|cli|schema|web|test|bench)/' },
    },
    {
      name: 'ingest-demo-and-training-import-only-kernel',
      comment: 'The pipeline and the demo data are given intakes and a directory; they know no domain.',
      severity: 'error',
      from: { path: '^(ingest|demo|training)/' },
      to: { path: '^(subgraphs|gateway|cli|schema|web|test|bench)/' },
    },
    {
      name: 'pure-files-touch-no-store-server-or-clock',
      comment: 'records, source, ingest and rules are values in, values out: their tests need nothing running.',
      severity: 'error',
      from: { path: pureFiles },
      to: {
        path: [
          '^kernel/(storage/(?!port\\.ts$|search-terms\\.ts$)|subgraph|loader|log|config|http)',
          '^subgraphs/[^/]+/(context|resolvers|module)\\.ts$',
          'node_modules/(libsql|mongodb|@apollo|graphql|graphql-http|undici|pino)/',
          '^(node:)?(fs|net|tls|dns|http|https|http2|dgram|child_process|worker_threads|cluster|timers|perf_hooks)(/|$)',
        ],
      },
    },
    {
      name: 'pure-files-take-only-types-of-the-port',
      severity: 'error',
      from: { path: pureFiles },
      to: { path: '^kernel/storage/port\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'mongodb-only-in-its-adapter',
      severity: 'error',
      from: { pathNot: '^(kernel/storage|test/contracts|test/support)/mongo[^/]*\\.ts$' },
      to: { path: 'node_modules/mongodb/' },
    },
    {
      name: 'libsql-only-in-its-adapter',
      severity: 'error',
      from: { pathNot: '^(kernel/storage|test/contracts)/sqlite[^/]*\\.ts$' },
      to: { path: 'node_modules/libsql/' },
    },
    {
      name: 'only-cli-test-and-bench-join-subgraphs',
      comment: 'Generated resolver types name the records they map, as types.',
      severity: 'error',
      from: { pathNot: [joiners, '^(subgraphs|gateway|kernel|ingest|demo)/', '^schema/generated/'] },
      to: { path: '^subgraphs/' },
    },
    {
      name: 'generated-types-name-only-their-own-subgraph',
      severity: 'error',
      from: { path: '^schema/generated/([^/]+)\\.ts$' },
      to: { path: '^subgraphs/', pathNot: '^subgraphs/$1/' },
    },
    {
      name: 'only-cli-test-and-bench-join-the-gateway',
      severity: 'error',
      from: { pathNot: [joiners, '^(gateway|subgraphs|kernel|ingest|demo)/'] },
      to: { path: '^gateway/' },
    },
    {
      name: 'nothing-imports-cli',
      severity: 'error',
      from: { path: '^(subgraphs|gateway|schema|web)/' },
      to: { path: '^cli/' },
    },
    {
      name: 'product-imports-no-test-code',
      severity: 'error',
      from: { path: '^(cli|subgraphs|gateway|schema|web)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'product-runs-without-dev-dependencies',
      severity: 'error',
      // A thread that runs from sources, as in tests, begins in a .js file which registers tsx; the bundle has none of them.
      from: {
        path: '^(kernel|subgraphs|gateway|ingest|demo|cli|models|training)/',
        pathNot: '^(kernel/storage/sqlite-writer|gateway/engine/planning/thread)\\.js$',
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circular-imports',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'every-import-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The benchmark's peers are a package of their own, which is installed by who runs it.
    exclude: { path: '^bench/gateway/peers/' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Sees `import type`, which is erased before anything runs.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
