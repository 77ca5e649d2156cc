/**
 * Ordered reads of 100-character strings. Every key and every value is looked at. `compacted`: the store
 * was compacted, closed and opened again; `written`: all entries were set since it was opened.
 */
import { processorTime_ms } from '../clock.mjs';
import { fill, key, text } from '../entries.mjs';
import { uniform } from '../random.mjs';

/** @import { Engine, Range, Scenario } from '../types.mjs' */

const SPAN = 1000;
const RANGES = 100;

/** @type {Record<string, { goal: number, ranges: (entries: number, round: number) => Range[] }>} */
const kinds = {
  'full scan': { goal: 4, ranges: () => [{}] },
  'range of 1,000': {
    goal: 3,
    ranges: (entries, round) =>
      starts(entries - SPAN, round).map((i) => ({ gte: key(i), lt: key(i + SPAN) })),
  },
  'prefix of 1,000': {
    goal: 3,
    ranges: (entries, round) => starts(entries, round).map((i) => ({ prefix: key(i).slice(0, -3) })),
  },
};

export const scan = ['compacted', 'written'].flatMap((state) =>
  Object.entries(kinds).map(
    ([kind, { goal, ranges }]) =>
      /** @type {Scenario} */ ({
        name: `${/** @type {string} */ (kind.split(' ')[0])}-${state}`.replace('full', 'scan'),
        what: `${kind} in 1,000,000 entries, ${state}`,
        engines: ['isokv', 'lmdb'],
        entries: 1_000_000,
        rounds: kind === 'full scan' ? 9 : 31,
        warmups: 3,
        goals: [{ against: 'lmdb', of: 'rate', atLeast: goal }],
        async prepare(engine, { folder, entries }) {
          await engine.open(folder, { values: 'text', durability: 'relaxed' });
          await fill(engine, entries, text);
          if (state === 'written') return;
          await engine.compact();
          await engine.close();
          await engine.open(folder, { values: 'text', durability: 'relaxed' });
        },
        async measure(engine, { entries, round }) {
          return scanAll(engine, ranges(entries, round));
        },
      }),
  ),
);

/**
 * @param {number} below
 * @param {number} round
 */
function starts(below, round) {
  return Array.from(uniform(below, RANGES, round));
}

/**
 * @param {Engine} engine
 * @param {Range[]} ranges
 */
function scanAll(engine, ranges) {
  let count = 0;
  let check = 0;
  const start = processorTime_ms();
  for (const range of ranges) {
    engine.scan(range, (key, value) => {
      count++;
      check += key.charCodeAt(11) + value.charCodeAt(5) + value.length;
    });
  }
  return { values: { rate: count / (processorTime_ms() - start) }, check: `${count} ${check}` };
}
