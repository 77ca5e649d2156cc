import { COUNTRY, keyOf } from '../cities.mjs';
import { formatCount, formatDuration, formatRate } from '../figures.mjs';

/** @import { Tour } from '../types.mjs' */

const SHOWN = 4;

/** @param {Tour} tour */
export async function range({ cities, store, terminal, checks }) {
  const prefix = `${COUNTRY}:`;
  terminal.explain(`cities.keys({ prefix: '${prefix}' }): all cities of one country, in key order.`);
  const namespace = store.namespace('cities');

  const start_ms = performance.now();
  const found = [...namespace.keys({ prefix })];
  const first_ms = performance.now() - start_ms;
  const againStart_ms = performance.now();
  const again = [...namespace.entries({ prefix })].length;
  const again_ms = performance.now() - againStart_ms;
  const last = [...namespace.keys({ prefix, reverse: true, limit: SHOWN })].reverse();

  for (const key of found.slice(0, SHOWN)) terminal.quote(key);
  terminal.quote('…');
  for (const key of last) terminal.quote(key);
  terminal.figure('keys, with building the order', formatCount(found.length), formatDuration(first_ms));
  terminal.figure(
    'entries, once it is built',
    formatCount(again),
    `${formatDuration(again_ms)}, ${formatRate(again, again_ms)}`,
  );

  const expected = cities
    .map(keyOf)
    .filter((key) => key.startsWith(prefix))
    .sort(compareBytes);
  checks.that('all cities of the country, in order', same(found, expected));
  checks.that('backwards it is the same', same(last, expected.slice(-SHOWN)));
  const all = [...namespace.keys()];
  const inOrder = all.every(
    (key, index) => index === 0 || compareBytes(/** @type {string} */ (all[index - 1]), key) < 0,
  );
  checks.that(
    `all ${formatCount(all.length)} keys are in the order of their UTF-8 bytes`,
    inOrder && all.length === cities.length,
  );
}

/**
 * @param {string} a
 * @param {string} b
 */
function compareBytes(a, b) {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * @param {readonly string[]} a
 * @param {readonly string[]} b
 */
function same(a, b) {
  return a.length === b.length && a.every((key, index) => key === b[index]);
}
