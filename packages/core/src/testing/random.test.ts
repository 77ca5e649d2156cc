import { expect, test } from 'vitest';
import { Random } from './index.ts';

test('a seed gives the figures of mulberry32, again and again', () => {
  for (const random of [new Random(1), new Random(1), new Random(2 ** 32 + 1)]) {
    expect([random.next(), random.next(), random.next()]).toEqual([2693262067, 11749833, 2265367787]);
  }
});

test('what is drawn is within its limits, and all of it comes', () => {
  const random = new Random(7);
  const seen = new Set(Array.from({ length: 200 }, () => random.below(5)));
  expect([...seen].sort()).toEqual([0, 1, 2, 3, 4]);
  expect(new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b'])))).toEqual(new Set(['a', 'b']));
  expect(Array.from({ length: 100 }, () => random.chance(0))).not.toContain(true);
  expect(Array.from({ length: 100 }, () => random.chance(1))).not.toContain(false);
});
