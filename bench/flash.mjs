/**
 * `npm run bench:flash`: what a store on flash costs: code, memory, wear, and the reads of a mount. Nothing is timed:
 * every run prints the same figures. With `--built` it does not build first.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { run } from '../scripts/setup.mjs';
import { uniform } from './random.mjs';

const BOARD = /** @type {const} */ ({ pageSize: 4096, pageCount: 10, programUnit: 4 });
const VALUE = 'x'.repeat(24);
const HEADER_BYTES = 32;
/** Of a summary, beside those of each entry. */
const SUMMARY_BYTES = 12;
const ITEM_BYTES = 4;
/** Pages that puts leave spare, and what each keeps for the mark of a retirement. */
const SPARES = 2;
const MARK_BYTES = 12;

if (!process.argv.includes('--built')) {
  const built = await run('turbo run build --filter=@isokv/adapter-flash --output-logs=errors-only', 'pipe');
  if (built.code !== 0) {
    console.error(built.output);
    process.exit(1);
  }
}
const { simulatedFlash } = await import('@isokv/adapter-flash/testing');
/** @typedef {typeof import('@isokv/adapter-flash/device')} Isokv */
const { open } = board('summary', 'index');

setFlagsFromString('--expose-gc');
setFlagsFromString('--no-concurrent-array-buffer-sweeping');
/** @type {() => void} */
const gc = runInNewContext('gc');

/** @param {string} [name] of a script beside the core */
function scriptOf(name) {
  return readFileSync(
    fileURLToPath(import.meta.resolve(`@isokv/adapter-flash/device${name ? `/${name}` : ''}`)),
  );
}

/** The core with these scripts beside it, as a board that has no others. @param {string[]} names @returns {Isokv} */
function board(...names) {
  const run = (/** @type {Buffer} */ script) => {
    const exports = /** @type {any} */ ({});
    new Function('exports', script.toString())(exports);
    return exports;
  };
  const isokv = run(scriptOf());
  for (const name of names) run(scriptOf(name)).addTo(isokv);
  return isokv;
}

/** @param {string} what @param {string | number} figure @param {string} [goal] */
function line(what, figure, goal = '') {
  console.log(`${what.padEnd(74)} ${String(figure).padStart(12)}  ${goal}`.trimEnd());
}

function printSizes() {
  const code = scriptOf();
  line('device bundle, minified, bytes', code.length, '≤ 6,144; 8,192 at most');
  line('device bundle, minified and compressed, bytes', gzipSync(code, { level: 9 }).length);
  for (const name of ['summary', 'index', 'large', 'data', 'msgpack', 'increment', 'upkeep', 'utf8', 'crc32'])
    line(`the script for ${name}, minified, bytes`, scriptOf(name).length);
}

/** What each further entry keeps in arrays of bytes and words: all else is of a fixed size. */
function printMemory() {
  keptBytes(1000, true); // What is made once, by the first store.
  for (const index of [false, true]) {
    const perKey = (keptBytes(2000, index) - keptBytes(1000, index)) / 1000;
    line(`RAM a key, ${index ? 'with an index' : 'by summaries'}, bytes`, perKey, index ? '≤ 4' : '0');
  }
}

/** What an open store of so many entries keeps in buffers. @param {number} entries @param {boolean} index */
function keptBytes(entries, index) {
  const flash = simulatedFlash({ ...BOARD, pageCount: 64 });
  const writer = open(flash);
  for (let i = 0; i < entries; i++) writer.set(`key ${i}`, VALUE);
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  const store = open(flash, { index: index ? entries : 0 });
  if (store.get('key 1') !== VALUE) throw new Error('the entry is not there');
  collectGarbage();
  const kept = process.memoryUsage().arrayBuffers - before;
  if (!store.has('key 2')) throw new Error('the entry is not there'); // So that the store is still in use.
  return kept;
}

/**
 * Bytes programmed for each byte of the records that were asked for, once the flash has settled. A board with an index
 * needs no summaries, and has their room for records.
 */
function printWear() {
  for (const { names, what, room, item } of [
    { names: ['index'], what: 'with an index', room: 0, item: 0 },
    { names: ['summary', 'index'], what: 'with summaries', room: SUMMARY_BYTES, item: ITEM_BYTES },
  ]) {
    const { open } = board(...names);
    // What a store takes before it refuses more is more than this, for its copies share records.
    const pageBytes = BOARD.pageSize - HEADER_BYTES - MARK_BYTES - room;
    const alone = (BOARD.pageCount - SPARES) * Math.floor(pageBytes / (recordBytes('k123') + item));
    const taken = entriesThatFit(open);
    line(`entries of 24 bytes that eight pages hold, a record each, ${what}`, alone);
    for (const { name, fill, isHot, goal } of [
      { name: 'uniform, 50% of that', fill: 0.5, isHot: false, goal: '≤ 1.3' },
      { name: 'uniform, 80% of that', fill: 0.8, isHot: false, goal: '≤ 2.2' },
      { name: '90% of writes to 10% of keys, 80% of that', fill: 0.8, isHot: true, goal: '≤ 2.8' },
    ])
      printAmplification(open, name, Math.floor(alone * fill), isHot, goal);
    line(`entries of 24 bytes until a store refuses more, ${what}`, taken);
    for (const fill of [0.5, 0.8])
      printAmplification(open, `uniform, ${100 * fill}% of that`, Math.floor(taken * fill), false, '');
    printAmplification(open, '90% of writes to 10% of keys, 80% of that', Math.floor(taken * 0.8), true, '');
  }
}

/** @param {Isokv['open']} open @param {string} name @param {number} keys @param {boolean} isHot @param {string} goal */
function printAmplification(open, name, keys, isHot, goal) {
  const { amplification, spread } = wear(open, keys, isHot);
  line(`write amplification, ${name}`, amplification.toFixed(2), goal);
  line(`spread of erase counts, ${name}`, spread, '≤ 1');
}

/** The head of a record, kind, key, tag, value and their lengths, in units; and the unit of its sum. @param {string} key */
function recordBytes(key) {
  return Math.ceil((4 + 4 + key.length + VALUE.length) / 4) * 4 + 4;
}

/** @param {Isokv['open']} open */
function entriesThatFit(open) {
  const store = open(simulatedFlash(BOARD), { index: 4000 });
  for (let count = 0; ; count++) {
    try {
      store.set(`k${count}`, VALUE);
    } catch {
      return count;
    }
  }
}

/** @param {Isokv['open']} open @param {number} keys @param {boolean} isHot */
function wear(open, keys, isHot) {
  const flash = simulatedFlash(BOARD);
  const store = open(flash, { index: 4000 });
  for (let key = 0; key < keys; key++) store.set(`k${key}`, VALUE);
  const settle = 3000;
  const draws = uniform(keys, settle + 8000, 1);
  const isOther = uniform(10, draws.length, 2);
  let asked = 0;
  let before = 0;
  for (const [index, draw] of draws.entries()) {
    const key = `k${isHot && isOther[index] !== 0 ? Math.floor(draw / 10) : draw}`;
    if (index === settle) before = flash.programmedBytes;
    store.set(key, VALUE);
    if (index >= settle) asked += recordBytes(key);
  }
  const spread = Math.max(...flash.erases) - Math.min(...flash.erases);
  return { amplification: (flash.programmedBytes - before) / asked, spread };
}

/** How a mount reads a flash whose pages are full, but for two. */
function printMounts() {
  for (const pageCount of [10, 2048]) {
    const flash = simulatedFlash({ ...BOARD, pageCount });
    const writer = open(flash);
    let items = 0;
    while (flash.erases.filter((count) => count > 0).length < pageCount - 2) {
      writer.commit(Array.from({ length: 20 }, () => ({ key: `key ${items++}`, value: VALUE })));
    }
    let bytes = 0;
    let requests = 0;
    open({
      ...BOARD,
      pageCount,
      read(address, length) {
        bytes += length;
        requests++;
        return flash.read(address, length);
      },
      program: () => undefined,
      erase: () => undefined,
      crc32: (data) => flash.crc32(data),
    });
    const summary = SUMMARY_BYTES + (4 * items) / (pageCount - 2);
    const goal = `≤ ${(2 * (HEADER_BYTES + summary)).toFixed(0)}`;
    line(`a mount of ${pageCount} full pages reads, bytes a page`, (bytes / pageCount).toFixed(1), goal);
    line(`a mount of ${pageCount} full pages makes, requests a page`, (requests / pageCount).toFixed(2));
  }
}

function collectGarbage() {
  // Buffers go in a collection after the one that finds them unused.
  for (let round = 0; round < 3; round++) gc();
}
printSizes();
printMemory();
printWear();
printMounts();
const heap = fileURLToPath(new URL('../packages/adapter-flash/scripts/heap.mjs', import.meta.url));
console.log('\nvariables of 13 bytes of an Espruino board; the goal is 1,800 with 100 entries:');
console.log(execFileSync(process.execPath, [heap], { encoding: 'utf8' }).trimEnd());
