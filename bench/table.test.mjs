import { expect, test } from 'vitest';
import { formatTable, medianOf, rowsOf } from './table.mjs';

/** @import { Goal, Scenario } from './types.mjs' */

/** @param {Goal[]} goals */
const scenario = (...goals) =>
  /** @type {Scenario} */ ({ name: 'read', what: 'a read', engines: ['isokv', 'map'], goals });

const rounds = [
  { isokv: { values: { rate: 10, time_ms: 9 } }, map: { values: { rate: 5, time_ms: 10 } } },
  { isokv: { values: { rate: 40, time_ms: 8 } }, map: { values: { rate: 10, time_ms: 10 } } },
  { isokv: { values: { rate: 6, time_ms: 30 } }, map: { values: { rate: 6, time_ms: 10 } } },
];

test('takes the ratio within each round, then the median', () => {
  const [row] = rowsOf(scenario({ against: 'map', of: 'rate', atLeast: 2 }), rounds);
  expect(row).toMatchObject({ median: 2, min: 1, max: 4, goal: '≥ 2x', verdict: 'met' });
});

test('a goal is missed on its own side', () => {
  const [time, rate] = rowsOf(
    scenario({ against: 'map', of: 'time_ms', atMost: 0.8 }, { against: 'map', of: 'rate', atLeast: 2.1 }),
    rounds,
  );
  expect(time).toMatchObject({ median: 0.9, goal: '≤ 0.8x', verdict: 'missed' });
  expect(rate).toMatchObject({ median: 2, verdict: 'missed' });
});

test('against no engine, the figure stands for itself', () => {
  const [row] = rowsOf(
    scenario({ against: '–', of: 'time_ms', unit: 'ms', atMost: 10, note: 'all' }),
    rounds,
  );
  expect(row).toMatchObject({ what: 'a read: all', median: 9, goal: '≤ 10 ms', verdict: 'met' });
});

test('a row without a goal has no verdict', () => {
  const [row] = rowsOf(scenario({ subject: 'map', against: 'isokv', of: 'rate' }), rounds);
  expect(row).toMatchObject({ median: 0.5, goal: '–', verdict: '' });
});

test('the median of an even number of figures is the middle of the middle two', () => {
  expect(medianOf([4, 1, 3, 2])).toBe(2.5);
});

test('prints one line for each row', () => {
  const rows = rowsOf(scenario({ against: 'map', of: 'rate', atLeast: 2 }), rounds);
  expect(formatTable(rows).split('\n')).toEqual([
    '| what   | against | ratio (median, min–max) | goal |     |',
    '|--------|---------|-------------------------|------|-----|',
    '| a read | map     | 2.00x (1.00–4.00)       | ≥ 2x | met |',
  ]);
});
