/**
 * Reads of entries that are in memory, by keys built anew for each read. The time to build a key is part of
 * the time, for every engine alike.
 */
import { processorTime_ms } from '../clock.mjs';
import { fill, key, person } from '../entries.mjs';
import { uniform, zipfian } from '../random.mjs';

/** @import { Engine, Scenario } from '../types.mjs' */

const READS = 100_000;

const draws = { uniform, zipfian };

/** Values are numbers, which no engine has to copy: what is left is finding them. */
export const getPrimitive = [100_000, 1_000_000].flatMap((entries) =>
  Object.entries(draws).map(
    ([shape, draw]) =>
      /** @type {Scenario} */ ({
        name: `get-${entries / 1000}k-${shape}`,
        what: `get of a number, ${entries.toLocaleString('en')} entries, ${shape}`,
        engines: ['isokv', 'map', 'lmdb'],
        entries,
        rounds: 31,
        warmups: 5,
        goals: [
          { against: 'map', of: 'rate', atLeast: 0.9 },
          { against: 'lmdb', of: 'rate', atLeast: entries > 100_000 ? 3 : 5 },
          { subject: 'map', against: 'lmdb', of: 'rate', note: 'the map itself' },
        ],
        async prepare(engine, { folder, entries }) {
          await engine.open(folder, { values: 'number', durability: 'relaxed' });
          await fill(engine, entries, (i) => i);
        },
        async measure(engine, { entries, round }) {
          return read(engine, draw(entries, READS, round), key, (value) => value);
        },
      }),
  ),
);

/**
 * Objects, each read once before the clock starts. isokv and the cache of lmdb then give the same object
 * again. A thousand of them by keys that the program holds, as the state of an application is read; and many
 * by keys built anew, where finding the entry is most of the work.
 */
export const getObject = [1000, 100_000].map((entries) => {
  const isState = entries === 1000;
  return /** @type {Scenario} */ ({
    name: `get-object-${entries / 1000}k`,
    what: `get of an object after its first read, ${entries.toLocaleString('en')} entries, ${isState ? 'keys held' : 'keys built'}`,
    engines: ['isokv', 'map', 'lmdb', 'lmdb-cache'],
    entries,
    rounds: 31,
    warmups: 5,
    goals: [
      { against: 'map', of: 'rate' },
      { against: 'lmdb', of: 'rate', ...(isState && { atLeast: 20 }) },
      { against: 'lmdb-cache', of: 'rate' },
      { subject: 'map', against: 'lmdb', of: 'rate', note: 'the map itself' },
    ],
    async prepare(engine, { folder, entries }) {
      await engine.open(folder, { values: 'object', durability: 'relaxed' });
      await fill(engine, entries, person);
      for (let i = 0; i < entries; i++) engine.get(key(i));
    },
    async measure(engine, { entries, round }) {
      const keys = Array.from({ length: isState ? entries : 0 }, (_, i) => key(i));
      const held = (/** @type {number} */ i) => /** @type {string} */ (keys[i]);
      const digest = (/** @type {any} */ value) => value.id + value.tags.length;
      return read(engine, uniform(entries, READS, round), isState ? held : key, digest);
    },
  });
});

/** The price of opening without parsing: the first read of each key has to find it in the bytes of the file. */
export const getFirst = /** @type {Scenario} */ ({
  name: 'get-first',
  what: 'first get of a number after open, 1,000,000 entries',
  engines: ['isokv', 'lmdb'],
  entries: 1_000_000,
  rounds: 5,
  fresh: true,
  goals: [{ against: 'lmdb', of: 'rate' }],
  async prepare(engine, { folder, entries }) {
    await engine.open(folder, { values: 'number', durability: 'relaxed' });
    await fill(engine, entries, (i) => i);
    await engine.compact();
    await engine.close();
  },
  async measure(engine, { folder, entries, round }) {
    await engine.open(folder, { values: 'number', durability: 'relaxed' });
    return read(engine, uniform(entries, READS, round), key, (value) => value);
  },
});

/**
 * @param {Engine} engine
 * @param {Uint32Array} picks
 * @param {(i: number) => string} keyOf
 * @param {(value: any) => number} digest
 */
function read(engine, picks, keyOf, digest) {
  let check = 0;
  const start = processorTime_ms();
  for (let i = 0; i < picks.length; i++) {
    check += digest(engine.get(keyOf(/** @type {number} */ (picks[i]))));
  }
  return { values: { rate: picks.length / (processorTime_ms() - start) }, check };
}
