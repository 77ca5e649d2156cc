/**
 * YCSB's core workloads: 100,000 records of ten fields of 100 characters, drawn zipfian (theta 0.99, over
 * the records themselves) and scrambled. An update reads the record and sets it with one field replaced, as
 * YCSB's bindings for key-value stores do. 64 clients, each awaiting its own updates, `relaxed`.
 */
import { fill, key, text } from '../entries.mjs';
import { generator, zipfian } from '../random.mjs';

/** @import { Engine, Scenario } from '../types.mjs' */

const CLIENTS = 64;
const OPERATIONS = 50_000;

/** @type {Record<string, { updates: number, goal: number }>} */
const workloads = {
  A: { updates: 0.5, goal: 5 },
  B: { updates: 0.05, goal: 5 },
  C: { updates: 0, goal: 3 },
};

export const ycsb = Object.entries(workloads).map(
  ([letter, { updates, goal }]) =>
    /** @type {Scenario} */ ({
      name: `ycsb-${letter.toLowerCase()}`,
      what: `YCSB ${letter} (${updates * 100}% updates), 100,000 records, zipfian`,
      engines: ['isokv', 'lmdb'],
      entries: 100_000,
      rounds: 11,
      warmups: 2,
      goals: [{ against: 'lmdb', of: 'rate', atLeast: goal }],
      async prepare(engine, { folder, entries }) {
        await engine.open(folder, { values: 'object', durability: 'relaxed' });
        await fill(engine, entries, record);
      },
      measure: (engine, { entries, round }) => run(engine, entries, round, updates),
    }),
);

/** @param {number} i */
function record(i) {
  return Object.fromEntries(Array.from({ length: 10 }, (_, field) => [`field${field}`, text(i + field)]));
}

/**
 * @param {Engine} engine
 * @param {number} entries
 * @param {number} round
 * @param {number} updates
 */
async function run(engine, entries, round, updates) {
  const picks = zipfian(entries, OPERATIONS, round);
  const chance = generator(round);
  const isUpdate = Array.from({ length: OPERATIONS }, () => chance() < updates);
  const field = text(round);
  let next = 0;
  let check = 0;

  const client = async () => {
    while (next < OPERATIONS) {
      const operation = next++;
      const chosen = key(/** @type {number} */ (picks[operation]));
      const value = engine.get(chosen);
      // Lengths, because in lmdb a put of another client is not visible before it is committed.
      check += value.field0.length + value.field9.length;
      if (isUpdate[operation]) await engine.set(chosen, { ...value, field5: field });
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return { values: { rate: OPERATIONS / (performance.now() - start) }, check };
}
