import { expect, test } from 'vitest';
import { shuffled, uniform, zipfian } from './random.mjs';

const ENTRIES = 1000;
const COUNT = 100_000;

test('the same seed gives the same draws, another seed others', () => {
  for (const draw of [uniform, zipfian]) {
    expect(draw(ENTRIES, 100, 7)).toEqual(draw(ENTRIES, 100, 7));
    expect(draw(ENTRIES, 100, 7)).not.toEqual(draw(ENTRIES, 100, 8));
  }
});

test('uniform draws every entry about as often', () => {
  const { most, distinct } = countDraws(uniform(ENTRIES, COUNT, 0));
  expect(distinct).toBe(ENTRIES);
  expect(most).toBeLessThan((2 * COUNT) / ENTRIES);
});

test('zipfian draws the most frequent entry as often as its law says', () => {
  const { most } = countDraws(zipfian(ENTRIES, COUNT, 0));
  let zeta = 0;
  for (let rank = 1; rank <= ENTRIES; rank++) zeta += 1 / rank ** 0.99;
  expect(most / COUNT).toBeCloseTo(1 / zeta, 1);
});

test('shuffled has every figure once', () => {
  expect([...shuffled(ENTRIES, 0)].sort((a, b) => a - b)).toEqual(
    Array.from({ length: ENTRIES }, (_, i) => i),
  );
});

/** @param {Uint32Array} draws */
function countDraws(draws) {
  const counts = new Uint32Array(ENTRIES);
  for (const i of draws) counts[i] = (counts[i] ?? 0) + 1;
  return { most: Math.max(...counts), distinct: counts.filter((count) => count > 0).length };
}
