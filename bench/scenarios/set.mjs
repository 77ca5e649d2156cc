/**
 * Sets that survive a crash of the process (`relaxed`), of 100-character strings: 1,000 a turn of the event
 * loop, and at most 32 turns not yet acknowledged, so that every engine can group what it is given. One
 * round adds a tenth of the entries; the store grows from round to round.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { key, text } from '../entries.mjs';
import { shuffled } from '../random.mjs';

/** @import { Engine, Scenario } from '../types.mjs' */

const ROUNDS = 10;
const TURN = 1000;
const PENDING_TURNS_MAX = 32;

/** How many entries are read back at the end of each round. */
const SAMPLES = 1000;

const orders = {
  'any order': (/** @type {number} */ entries) => shuffled(entries, 0),
  'key order': (/** @type {number} */ entries) => new Uint32Array(entries).map((_, i) => i),
};

export const setRelaxed = Object.entries(orders).map(
  ([name, order]) =>
    /** @type {Scenario} */ ({
      name: `set-relaxed-${name.replace(' ', '-')}`,
      what: `relaxed sets, 1,000,000 of 100 B, ${name}`,
      engines: ['isokv', 'lmdb', 'classic-level'],
      entries: 1_000_000,
      rounds: ROUNDS,
      goals:
        name === 'any order'
          ? [
              { against: 'lmdb', of: 'rate', atLeast: 10 },
              { against: 'classic-level', of: 'rate', atLeast: 3 },
            ]
          : [
              { against: 'lmdb', of: 'rate' },
              { against: 'classic-level', of: 'rate' },
            ],
      prepare: (engine, { folder }) => engine.open(folder, { values: 'text', durability: 'relaxed' }),
      async measure(engine, { entries, round }) {
        const perRound = entries / ROUNDS;
        const numbers = order(entries).subarray(round * perRound, (round + 1) * perRound);
        const values = Array.from(numbers, text);
        const start = performance.now();
        await setAll(engine, numbers, values);
        const elapsed_ms = performance.now() - start;
        return { values: { rate: perRound / elapsed_ms }, check: readBack(engine, numbers) };
      },
    }),
);

/**
 * @param {Engine} engine
 * @param {Uint32Array} numbers
 * @param {string[]} values
 */
async function setAll(engine, numbers, values) {
  /** @type {Promise<unknown>[]} */
  const pending = [];
  for (let i = 0; i < numbers.length; i += TURN) {
    const keys = Array.from(numbers.subarray(i, i + TURN), key);
    pending.push(engine.setTurn(keys, values.slice(i, i + TURN)));
    await (pending.length < PENDING_TURNS_MAX ? nextTurn() : pending.shift());
  }
  await Promise.all(pending);
}

/**
 * @param {Engine} engine
 * @param {Uint32Array} numbers
 */
function readBack(engine, numbers) {
  let check = 0;
  for (const i of numbers.subarray(-SAMPLES)) if (engine.get(key(i)) === text(i)) check++;
  if (check !== Math.min(SAMPLES, numbers.length)) throw new Error(`${check} entries came back`);
  return check;
}
