/// <reference lib="dom" />
/** What was set in the last turn before a page goes is there on the next visit: by real navigation, in real browsers. VISITS=200 for as many in each, CLOSINGS=100 for more tabs that are closed while they write. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { chromium, firefox } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchOptions } from '../test/browsers.mjs';

const packages = fileURLToPath(new URL('../packages/', import.meta.url));
const imports = { '@isokv/core': '/core/dist/index.js', '@isokv/adapter-idb': '/adapter-idb/dist/index.js' };
const page = `<!doctype html><title>visit</title>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">
  import { idbLog } from '@isokv/adapter-idb';
  import { Store } from '@isokv/core';
  // A tab that the browser ends in a hurry, without this, is a killed one.
  addEventListener('pagehide', () => localStorage.setItem('told', globalThis.visit));
  globalThis.open = (durability) => Store.open(idbLog('app'), { durability });
</script>`;

const server = createServer(({ url = '/' }, response) => {
  const isScript = url.endsWith('.js');
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
  response.end(isScript ? readFileSync(packages + url) : page);
});

/** Of tabs that write, in each browser. */
const CLOSINGS = Number(process.env['CLOSINGS'] ?? 15);

/** How a visit ends, in the turn in which the last value is set. Run in the page. */
const endings = {
  'a reload': (/** @type {any} */ store, /** @type {string} */ value) => {
    store.set('last', value);
    location.reload();
  },
  'a link': (/** @type {any} */ store, /** @type {string} */ value) => {
    store.set('last', value);
    location.href = `/elsewhere?${Math.random()}`;
  },
  'a reload that the page hears of': (/** @type {any} */ store, /** @type {string} */ value) => {
    addEventListener('pagehide', () => store.set('last', value));
    location.reload();
  },
  'a reload while an earlier write is under way': (/** @type {any} */ store, /** @type {string} */ value) => {
    store.set('first', value);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      store.set('last', value);
      location.reload();
    };
    port2.postMessage('the next turn');
  },
  'a link while an earlier write is under way': (/** @type {any} */ store, /** @type {string} */ value) => {
    addEventListener('pagehide', () => store.set('last', value));
    store.set('first', value);
    location.href = `/elsewhere?${Math.random()}`;
  },
  'a reload after many writes': (/** @type {any} */ store, /** @type {string} */ value) => {
    for (let i = 0; i < 500; i++) store.set(`key ${i}`, { i, value });
    store.set('last', value);
    location.reload();
  },
};

beforeAll(() => new Promise((resolve) => void server.listen(0, '127.0.0.1', () => resolve(undefined))));
afterAll(() => void server.close());

describe.each([
  ['chromium', chromium, Number(process.env['VISITS'] ?? 200)],
  ['firefox', firefox, Number(process.env['VISITS'] ?? 40)],
])('%s', (name, type, visits) => {
  /** @type {import('playwright').Browser} */
  let browser;
  afterEach(() => browser.close());
  /** `endsScripts`: whether Firefox may end, in the middle, the script that runs when it closes a tab. It does. */
  const launch = async (/** @type {boolean} */ endsScripts) => {
    const firefoxUserPrefs = { 'dom.abort_script_on_child_shutdown': endsScripts };
    browser = await type.launch({ ...launchOptions(/** @type {'chromium'} */ (name)), firefoxUserPrefs });
    return browser.newContext();
  };

  it(`${visits} visits lose nothing, however they end`, async () => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const url = `http://127.0.0.1:${port}/`;
    const context = await launch(false);
    let tab = await context.newPage();
    await tab.goto(url);
    const lost = [];
    let isClosed = false;
    let killed = 0;
    let expected;
    for (let visit = 0; visit <= visits; visit++) {
      const durability = visit % 2 ? 'strict' : 'relaxed';
      await tab.waitForFunction(
        () => 'open' in globalThis && typeof globalThis.open === 'function' && globalThis.open.length === 1,
      );
      const found = await tab.evaluate(async (durability) => {
        Object.assign(globalThis, { store: await /** @type {any} */ (globalThis).open(durability) });
        return /** @type {any} */ (globalThis).store.get('last');
      }, durability);
      const isKilled = isClosed && (await tab.evaluate(() => localStorage.getItem('told'))) !== expected;
      if (found !== expected && !isKilled) lost.push(`${expected}, found ${found}`);
      if (found !== expected && isKilled) killed++;
      isClosed = false;
      const kinds = [...Object.keys(endings), 'a closed tab'];
      const kind = kinds[visit % kinds.length] ?? '';
      expected = `visit ${visit}, ${durability}, ended by ${kind}`;
      if (kind === 'a closed tab') {
        isClosed = true;
        const next = await context.newPage();
        // Not awaited: closing is asked for while the page may still be at it.
        const sets = tab.evaluate(async (value) => {
          const { store } = /** @type {any} */ (globalThis);
          Object.assign(globalThis, { visit: value });
          store.set('first', value);
          await Promise.resolve().then(() => undefined); // The turn is not over: the commit is sealed.
          store.set('last', value);
        }, expected);
        await Promise.all([sets, tab.close()].map((each) => each.catch(() => undefined)));
        tab = next;
        await tab.goto(url);
      } else {
        const navigates = tab.waitForNavigation();
        const ending = endings[/** @type {keyof typeof endings} */ (kind)];
        await tab.evaluate(`(${ending})(store, ${JSON.stringify(expected)})`).catch(() => undefined); // The page has gone before it could answer.
        await navigates;
      }
    }
    expect(lost).toEqual([]);
    process.stdout.write(`${name}: ${killed} tabs were closed without being told\n`);
  });

  it('tabs that are closed while they write lose nothing that they were told of, and no half of anything', async () => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const context = await launch(true);
    for (let visit = 0; visit < CLOSINGS; visit++) {
      const tab = await context.newPage();
      await tab.goto(`http://127.0.0.1:${port}/`);
      await tab.waitForFunction(
        () => 'open' in globalThis && typeof globalThis.open === 'function' && globalThis.open.length === 1,
      );
      const { one, two, told } = await tab.evaluate(async () => {
        const store = await /** @type {any} */ (globalThis).open('relaxed');
        Object.assign(globalThis, { store });
        return {
          one: store.get('one') ?? 0,
          two: store.namespace('two').get('two') ?? 0,
          told: Number(localStorage.getItem('acknowledged') ?? 0),
        };
      });
      expect(two, `visit ${visit}`).toBe(one);
      expect(one, `visit ${visit}`).toBeGreaterThanOrEqual(told);
      const writes = tab.evaluate((from) => {
        const { store } = /** @type {any} */ (globalThis);
        const { port1, port2 } = new MessageChannel();
        let made = from;
        port1.onmessage = () => {
          for (let i = 0; i < 50; i++) {
            const value = ++made;
            store
              .transaction((/** @type {any} */ tx) => {
                tx.set('one', value);
                tx.namespace('two').set('two', value);
              })
              .then(() => localStorage.setItem('acknowledged', String(value)));
          }
          port2.postMessage('the next turn');
        };
        port2.postMessage('the first turn');
        return new Promise((resolve) => void store.flush().then(resolve));
      }, one);
      await Promise.all([writes, tab.waitForTimeout(visit % 10)]);
      await tab.close();
    }
  });
});
