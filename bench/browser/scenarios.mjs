/** The rows of the browser's table. Sizes are of writes, reads or entries. */
/** @import { Scenario } from '../types.mjs' */

/** @typedef {Pick<Scenario, 'name' | 'what' | 'engines' | 'goals'> & { size: number, rounds: number }} PageScenario */

const libraries = ['keyval', 'forage', 'dexie'];

/** @type {PageScenario[]} */
export const scenarios = [
  {
    name: 'set one by one',
    what: 'awaited sets one by one, relaxed',
    engines: ['isokv', 'raw', ...libraries],
    size: 200,
    rounds: 15,
    goals: [
      { of: 'figure', against: 'raw', atLeast: 0.95 },
      ...libraries.map((against) => ({ of: 'figure', against, atLeast: 1 })),
    ],
  },
  {
    name: 'set 64 at once',
    what: '64 concurrent sets',
    engines: ['isokv', 'raw'],
    size: 640,
    rounds: 15,
    goals: [{ of: 'figure', against: 'raw', atLeast: 9 }],
  },
  {
    name: 'set 10,000 in one turn',
    what: '10,000 sets in one turn',
    engines: ['isokv', 'raw', ...libraries],
    size: 10_000,
    rounds: 9,
    goals: [
      { of: 'figure', against: 'raw', atLeast: 17 },
      ...libraries.map((against) => ({ of: 'figure', against, atLeast: 16 })),
    ],
  },
  {
    name: 'get',
    what: 'get',
    engines: ['isokv', 'raw', 'local'],
    size: 2000,
    rounds: 9,
    goals: [
      { of: 'figure', against: 'raw', atLeast: 190 },
      { of: 'figure', against: 'local', atLeast: 2 },
    ],
  },
  {
    name: 'open',
    what: 'open 100,000 entries, compacted (raw: getAllKeys and getAll into a map)',
    engines: ['isokv', 'raw'],
    size: 100_000,
    rounds: 7,
    goals: [{ of: 'figure', against: 'raw', atMost: 0.125 }],
  },
  {
    name: 'scan 1,000',
    what: 'prefix scan of 1,000 out of 100,000',
    engines: ['isokv', 'raw', 'dexie'],
    size: 100_000,
    rounds: 9,
    goals: [
      { of: 'figure', against: 'raw', atMost: 0.0143 },
      { of: 'figure', against: 'dexie', atMost: 0.0143 },
    ],
  },
];
