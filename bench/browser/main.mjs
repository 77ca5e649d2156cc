/**
 * `npm run bench:browser`: the store in IndexedDB against its peers, in Chromium with a profile on disk. The engines of a
 * row run one right after the other, in alternating order, and the ratio is taken within the round. See ../README.md.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { run } from '../../scripts/setup.mjs';
import { launchOptions } from '../../test/browsers.mjs';
import { formatTable, rowsOf } from '../table.mjs';
import { temporaryFolder } from '../temporary.mjs';
import { scenarios } from './scenarios.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    folder: { type: 'string', default: tmpdir() },
  },
});

/** What the page imports, as it is in the workspace: nothing is bundled. */
const imports = {
  '@isokv/core': '/packages/core/dist/index.js',
  '@isokv/adapter-idb': '/packages/adapter-idb/dist/index.js',
  dexie: '/node_modules/dexie/dist/modern/dexie.min.mjs',
  'idb-keyval': '/node_modules/idb-keyval/dist/index.js',
};
const page = `<!doctype html><title>bench</title>
<script src="/node_modules/localforage/dist/localforage.min.js"></script>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module" src="/bench/browser/page.mjs"></script>`;

const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
const server = createServer(({ url = '/' }, response) => {
  const isScript = /js$/.test(url);
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
  // The clock of a page that is isolated goes in steps of 5 microseconds, not of 100.
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('cross-origin-embedder-policy', 'require-corp');
  response.end(isScript ? readFileSync(root + url) : page);
});

console.error('build');
const built = await run('turbo run build --filter=@isokv/adapter-idb --output-logs=errors-only', 'pipe');
if (built.code !== 0) throw new Error(built.output);

await new Promise((resolve) => void server.listen(0, '127.0.0.1', () => resolve(undefined)));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
const folder = temporaryFolder(options.folder);
const context = await chromium.launchPersistentContext(join(folder, 'profile'), launchOptions('chromium'));
try {
  const tab = await context.newPage();
  await tab.goto(`http://127.0.0.1:${port}/`);
  await tab.waitForFunction(() => 'measure' in globalThis);
  const rows = [];
  for (const scenario of scenarios.filter(
    ({ name }) => options.only?.some((text) => name.includes(text)) ?? true,
  )) {
    const size = options.quick ? Math.max(100, scenario.size / 100) : scenario.size;
    const rounds = [];
    for (let round = 0; round < (options.quick ? 1 : scenario.rounds); round++) {
      console.error(`${scenario.name}: round ${round + 1}`);
      /** @type {Record<string, { values: { figure: number } }>} */
      const figures = {};
      const order = round % 2 ? [...scenario.engines].reverse() : scenario.engines;
      for (const engine of order) {
        const task = { scenario: scenario.name, engine, size };
        const figure = await tab.evaluate((given) => /** @type {any} */ (globalThis).measure(given), task);
        figures[engine] = { values: { figure } };
      }
      rounds.push(figures);
    }
    rows.push(...rowsOf(/** @type {any} */ (scenario), /** @type {any} */ (rounds)));
  }
  console.log(formatTable(rows));
} finally {
  await context.close();
  server.close();
}
