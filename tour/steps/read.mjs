import { inspect, isDeepStrictEqual } from 'node:util';
import { keyOf } from '../cities.mjs';
import { formatCount, formatDuration, formatRate } from '../figures.mjs';
/** @import { City, Tour } from '../types.mjs' */

/** @param {Tour} tour */
export async function read({ cities, store, terminal, checks }) {
  terminal.explain('cities.get(key): no await, as from a Map. An object is decoded when it is first read.');
  /** @type {import('isokv').Namespace<Record<string, City>, string>} */
  const namespace = store.namespace('cities');
  const chosen = Array.from({ length: cities.length }, () => randomOf(cities));
  const keys = chosen.map(keyOf);

  for (const label of ['random gets, for the first time', 'the same once more']) {
    const start_ms = performance.now();
    let found = 0;
    for (const key of keys) if (namespace.get(key) !== undefined) found++;
    const duration_ms = performance.now() - start_ms;
    terminal.figure(
      label,
      formatRate(found, duration_ms),
      `${formatCount(found)} in ${formatDuration(duration_ms)}`,
    );
  }

  const differing = cities.filter((city) => !isDeepStrictEqual(namespace.get(keyOf(city)), city));
  checks.equal('every city reads as it was written', differing.length, 0);
  const key = keyOf(randomOf(cities));
  const value = namespace.require(key);
  terminal.quote(key);
  for (const line of inspect(value, { breakLength: 70 }).split('\n')) terminal.quote(line);
  checks.that('two reads of a key give the same object', namespace.get(key) === value);
  checks.that('it is frozen', Object.isFrozen(value));
  checks.equal('a key that is not there reads as undefined', namespace.get('no such city'), undefined);
}

/**
 * @template T
 * @param {readonly T[]} array
 * @returns {T}
 */
function randomOf(array) {
  return /** @type {T} */ (array[Math.floor(Math.random() * array.length)]);
}
