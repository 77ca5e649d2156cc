import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys } from '../bytes/order.ts';
import { boundsAfter, boundsOf, isWithin, type Range } from './bounds.ts';

const key = fc.oneof(
  fc.constantFrom('', 'a', 'ab', 'b', '\ud7ff', '\ue000', '😀', '\u{10ffff}'),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const range: fc.Arbitrary<Range> = fc.record(
  { gt: key, gte: key, lt: key, lte: key, prefix: key },
  { requiredKeys: [] },
);

test('a key is within exactly when every bound that is given holds', () => {
  fc.assert(
    fc.property(range, key, (range, key) => {
      const { gt, gte, lt, lte, prefix } = range;
      const holds =
        (gt === undefined || compareKeys(key, gt) > 0) &&
        (gte === undefined || compareKeys(key, gte) >= 0) &&
        (lt === undefined || compareKeys(key, lt) < 0) &&
        (lte === undefined || compareKeys(key, lte) <= 0) &&
        (prefix === undefined || key.startsWith(prefix));
      expect(isWithin(key, boundsOf(range))).toBe(holds);
    }),
    { numRuns: 2000 },
  );
});

test('what is left after a key is what is within and follows it in the direction', () => {
  fc.assert(
    fc.property(range, key, key, fc.boolean(), (range, passed, key, reverse) => {
      const bounds = boundsOf({ ...range, reverse });
      fc.pre(isWithin(passed, bounds));
      const follows = reverse ? compareKeys(key, passed) < 0 : compareKeys(key, passed) > 0;
      expect(isWithin(key, boundsAfter(passed, bounds))).toBe(follows && isWithin(key, bounds));
    }),
  );
});

test('reverse and limit are kept, and are neither way and no limit without', () => {
  expect(boundsOf({ reverse: true, limit: 3 })).toMatchObject({ reverse: true, limit: 3 });
  expect(boundsOf({})).toEqual(boundsOf(undefined));
  expect(boundsOf(undefined)).toMatchObject({ reverse: false, limit: Number.POSITIVE_INFINITY });
});
