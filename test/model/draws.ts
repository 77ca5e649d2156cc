/** The keys, values, lifetimes and ranges that the model test draws from. */
import fc from 'fast-check';
import type { Range } from '../../packages/core/src/index.ts';

/** Milliseconds; `keep`: as the entry that is there; `past`: over already. */
export type Ttl = number | 'keep' | 'past' | undefined;

/** A value that no store takes. */
export const UNSTORABLE: object = Object.freeze({ field: undefined });

const KEYS = [
  '',
  '\0',
  ' ',
  'a',
  'a\0',
  'aa',
  'ab',
  'b',
  'k1',
  'k10',
  'k2',
  'constructor',
  '__proto__',
  'toString',
  'é',
  '\u07ff',
  '\u0800',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '\u{10000}',
  '\u{1f600}',
  '\u{1f600}a',
  '\u{10ffff}',
  'x'.repeat(300),
];
export const keys: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('a', '', '\uffff', '\u{1f600}') },
  { weight: 6, arbitrary: fc.constantFrom(...KEYS) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 4 }) },
);
export const namespaces: fc.Arbitrary<string> = fc.constantFrom('', '', '', 'a', 'a', '__proto__');
const figures = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.constantFrom(0, -0, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53) + 1, 5e-324),
);
const values = fc.oneof(
  { weight: 6, arbitrary: figures },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      false,
      '',
      'text',
      'é\u{1f600}',
      '\ud800',
      'y'.repeat(5000),
    ),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>({ a: -0, list: [] }, JSON.parse('{"__proto__":{"b":1}}')),
  },
);
export const risky: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 30, arbitrary: values },
  { weight: 1, arbitrary: fc.constant(UNSTORABLE) },
);
/** Multiples of 5, as the steps of time are: so that many an entry is looked at when it expires, to the millisecond. */
export const lifetimes: fc.Arbitrary<number> = fc.integer({ min: 1, max: 12 }).map((fifths) => fifths * 5);
export const ttls: fc.Arbitrary<Ttl> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: lifetimes },
  { weight: 1, arbitrary: fc.constantFrom<Ttl>('keep', 'past') },
);
const ranges: fc.Arbitrary<Range> = fc.record(
  {
    prefix: fc.constantFrom('', 'a', 'k', 'k1', 'f00', '\u{1f600}', '\uffff', '\u{10ffff}'),
    gt: keys,
    gte: keys,
    lt: keys,
    lte: keys,
    reverse: fc.boolean(),
    limit: fc.integer({ min: 0, max: 12 }),
  },
  { requiredKeys: [] },
);
/** A few bounds at most: with all of them hardly a key is left. */
export const wideRanges: fc.Arbitrary<Range> = fc
  .tuple(ranges, fc.subarray(['prefix', 'gt', 'gte', 'lt', 'lte', 'limit'] as const, { minLength: 4 }))
  .map(([range, without]) => {
    const wide: Record<string, unknown> = { ...range };
    for (const name of without) delete wide[name];
    return wide as Range;
  });
