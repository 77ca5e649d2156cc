/** The layers of the core, from the bottom up. A layer imports itself and those below it. */
const layers = [
  ['errors', 'errors\\.ts$'],
  ['bytes', 'bytes/'],
  ['cipher', 'cipher\\.ts$'],
  ['format', 'format/'],
  ['codec', 'codec/'],
  ['log', 'log/'],
  ['table', 'table/'],
  ['data', 'data/'],
  ['store', 'store/'],
  ['entry', '(index\\.ts$|testing/)'],
].map(([name, path]) => ({ name, path: `^packages/core/src/${path}` }));

const tests = '\\.test\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layers.slice(0, -1).map(({ name, path }, index) => ({
      name: `core-layer-${name}`,
      comment: `${name} imports only the layers below it`,
      severity: 'error',
      from: { path, pathNot: tests },
      to: { path: layers.slice(index + 1).map((layer) => layer.path) },
    })),
    {
      name: 'core-every-file-in-a-layer',
      comment: 'a new folder of the core takes its place in the list above',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^packages/core/src/', pathNot: layers.map((layer) => layer.path) },
    },
    {
      name: 'core-depends-on-nothing',
      comment: 'no package and no runtime; nanoevents is inlined by the build',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: tests },
      to: { pathNot: ['^packages/core/src/', '^node_modules/nanoevents/'] },
    },
    {
      name: 'packages-import-only-the-core',
      comment: 'by its entries; adapters never each other; only the umbrella and tools know more',
      severity: 'error',
      from: { path: '^packages/([^/]+)/', pathNot: '^packages/(isokv|cli|adapter-flash/src/(cli|golden))/' },
      to: { path: '^packages/', pathNot: ['^packages/$1/', '^packages/core/src/(testing/)?index\\.ts$'] },
    },
    {
      name: 'umbrella-default-runs-anywhere',
      comment: 'what browsers and workers load reaches nothing of Node',
      severity: 'error',
      from: { path: '^packages/isokv/src/default\\.ts$' },
      to: { path: '^packages/adapter-node/', reachable: true },
    },
    {
      name: 'no-cycles',
      comment: 'at run time: types may name one another',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-tests-in-sources',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@isokv/source', 'node', 'import', 'types', 'default'],
    },
  },
};
