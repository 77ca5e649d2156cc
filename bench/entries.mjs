/** The entries that every engine is given. Entry `i` is the same in all of them. */
/** @import { Engine } from './types.mjs' */

/** Below this many entries, all keys have the same length, and so the order of their numbers. */
const FIRST_KEY = 1_000_000;

/** How many entries are set in one turn of the event loop where nothing else is said. */
const TURN = 1000;

/**
 * Built anew at each call, so that its hash is not known yet. Twelve characters: V8 makes longer sums
 * a rope, and what would then be measured is the flattening of ropes.
 *
 * @param {number} i
 */
export function key(i) {
  return `user:${FIRST_KEY + i}`;
}

/**
 * A hundred characters, stored flat in memory (a `slice` or a sum would point to other strings).
 *
 * @param {number} i
 */
export function text(i) {
  scratch.write(`${FIRST_KEY + i} `, 'latin1');
  return scratch.toString('latin1');
}

const scratch = Buffer.from('the quick brown fox jumps over the lazy dog '.repeat(3).slice(0, 100));

/**
 * An object of about a hundred bytes of JSON.
 *
 * @param {number} i
 */
export function person(i) {
  return {
    id: i,
    name: `Person ${i}`,
    email: `${i}@example.org`,
    active: i % 2 === 0,
    tags: ['a', 'b', 'c'],
  };
}

/**
 * Fills a store with entries 0 to `count`, and waits until it is written.
 *
 * @param {Engine} engine
 * @param {number} count
 * @param {(i: number) => unknown} value
 */
export async function fill(engine, count, value) {
  for (let i = 0; i < count; i += TURN) {
    const length = Math.min(TURN, count - i);
    await engine.setTurn(
      Array.from({ length }, (_, j) => key(i + j)),
      Array.from({ length }, (_, j) => value(i + j)),
    );
  }
}
