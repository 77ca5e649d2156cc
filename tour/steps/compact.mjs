import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { formatBytes, formatCount, formatDuration, median } from '../figures.mjs';

/** @import { Namespace, Store } from 'isokv' */
/** @import { City, Tour } from '../types.mjs' */

/** Every so many-th city is written anew, to have something to compact. */
const REWRITTEN = 3;
const CITIES_A_TURN = 1000;
const ROUNDS = 3;

/** @param {Tour} tour */
export async function compact(tour) {
  const { terminal, checks } = tour;
  terminal.explain(
    'store.compact() rewrites the log without what is no longer needed, while reads and writes go on.',
  );
  await writeAnew(tour.store);
  const before_bytes = fileBytes(tour);
  const start_ms = performance.now();
  const { longestTurn_ms, acknowledged } = await writeMeanwhile(tour.store, tour.store.compact());
  const duration_ms = performance.now() - start_ms;
  const after_bytes = fileBytes(tour);
  terminal.figure('file before', formatBytes(before_bytes), `every ${REWRITTEN}rd city anew`);
  terminal.figure('file after', formatBytes(after_bytes), `in ${formatDuration(duration_ms)}`);
  terminal.figure('writes acknowledged meanwhile', formatCount(acknowledged));
  terminal.figure('longest turn meanwhile', formatDuration(longestTurn_ms));
  checks.that('the file has become smaller', after_bytes < before_bytes);

  const before = checksum(tour.store);
  const { open_ms, read_ms, parse_ms } = await measureOpening(tour);
  const what = `median of ${ROUNDS}`;
  terminal.figure('opening the store', formatDuration(open_ms), what);
  terminal.figure('then decoding every value, once', formatDuration(read_ms));
  terminal.figure('JSON.parse of the same data', formatDuration(parse_ms), `${what}, from a file`);
  checks.equal('reopened, all data is what it was (SHA-256)', checksum(tour.store), before);
  checks.equal('with every write made meanwhile', tour.store.namespace('meanwhile').size, acknowledged);
  const { entries } = await tour.store.verify();
  checks.that(
    'verify() has read the whole file and found it sound',
    entries >= tour.cities.length,
    String(entries),
  );
}

/** @param {Store} store */
async function writeAnew(store) {
  /** @type {Namespace<Record<string, City>, string>} */
  const cities = store.namespace('cities');
  const keys = [...cities.keys()].filter((_, index) => index % REWRITTEN === 0);
  for (let from = 0; from < keys.length; from += CITIES_A_TURN) {
    const turn = keys.slice(from, from + CITIES_A_TURN);
    await Promise.all(turn.map((key) => cities.set(key, { ...cities.require(key), visits: from })));
  }
}

/**
 * Until `task` is done: writes, each when the one before is durable, and looks how long a turn takes.
 *
 * @param {Store} store
 * @param {Promise<void>} task
 */
async function writeMeanwhile(store, task) {
  const meanwhile = store.namespace('meanwhile');
  let isDone = false;
  let acknowledged = 0;
  let longestTurn_ms = 0;
  async function write() {
    for (; !isDone; acknowledged++) await meanwhile.set(`write ${acknowledged}`, acknowledged);
  }
  async function watchTurns() {
    while (!isDone) {
      const start_ms = performance.now();
      await nextTurn();
      longestTurn_ms = Math.max(longestTurn_ms, performance.now() - start_ms);
    }
  }
  const end = task.finally(() => {
    isDone = true;
  });
  await Promise.all([end, write(), watchTurns()]);
  return { longestTurn_ms, acknowledged };
}

/**
 * Alternating, so that what slows the machine down slows both.
 *
 * @param {Tour} tour
 */
async function measureOpening(tour) {
  const jsonPath = tour.pathOf('tour.json');
  writeFileSync(jsonPath, jsonOf(tour.store));
  /** @type {Record<'open' | 'parse', number[]>} */
  const times_ms = { open: [], parse: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const parseStart_ms = performance.now();
    JSON.parse(readFileSync(jsonPath, 'utf8'));
    times_ms.parse.push(performance.now() - parseStart_ms);
    await tour.store.close();
    const start_ms = performance.now();
    await tour.reopen();
    times_ms.open.push(performance.now() - start_ms);
  }
  const open_ms = median(times_ms.open);
  const start_ms = performance.now();
  for (const name of tour.store.namespaces()) for (const _ of tour.store.namespace(name).values());
  return { open_ms, read_ms: performance.now() - start_ms, parse_ms: median(times_ms.parse) };
}

/** @param {Store} store */
function jsonOf(store) {
  const namespaces = store
    .namespaces()
    .map((name) => [name, Object.fromEntries(store.namespace(name).entries())]);
  return JSON.stringify(Object.fromEntries(namespaces));
}

/** @param {Store} store */
function checksum(store) {
  return createHash('sha256').update(store.toData()).digest('hex');
}

/** @param {Tour} tour */
function fileBytes({ pathOf }) {
  return statSync(pathOf('tour.isokv')).size;
}
