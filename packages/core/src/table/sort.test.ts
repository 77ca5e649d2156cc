import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys } from '../bytes/order.ts';
import { sort } from './sort.ts';

/** The keys in order; each has itself for a value. */
function sorted(keys: readonly string[]): string[] {
  const steps = sort(new Map(keys.map((key) => [key, key])));
  let step = steps.next();
  while (!step.done) step = steps.next();
  expect(step.value.values).toEqual(step.value.keys);
  return step.value.keys;
}

test('sorts as the keys compare: by code point, an end before all that follows it', () => {
  // Few different characters, so that keys begin alike and are the beginning of one another.
  const unit = fc.constantFrom(
    '\0',
    'a',
    'b',
    '\x7f',
    '\u00e9',
    '\ud7ff',
    '\uffff',
    '\u{1f600}',
    '\u{10ffff}',
  );
  const key = fc.oneof(
    fc.string({ unit, maxLength: 5 }),
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.nat(3000).map((figure) => `a common beginning, longer than any short key: ${figure}`),
  );
  fc.assert(
    fc.property(fc.uniqueArray(key, { maxLength: 100, size: 'max' }), (keys) => {
      expect(sorted(keys)).toEqual([...keys].sort(compareKeys));
    }),
    { numRuns: 40 },
  );
});

test('pauses at least once for every 4,096 keys it goes through', () => {
  const keys = Array.from({ length: 100_000 }, (_, i) => `key${(i * 7919) % 100_000}`);
  let pauses = 0;
  for (const _ of sort(new Map(keys.map((key) => [key, 1])))) pauses++;
  // Two passes to take them in, and two at each of the five digits until few are alike.
  expect(pauses).toBeGreaterThan((6 * keys.length) / 4096);
});
