import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareKeys } from '../../bytes/order.ts';
import { type Tuple, type TupleElement, tupleKeys } from './tuple-keys.ts';

/** Characters where orders and escapes go wrong. */
const character = fc.constantFrom(
  ...['\u0000', '\u0001', '~', '}', '\u007f', '0', '3', '5', 'a', '\u00ff', '\u0100'],
  ...['\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'],
);
const text = fc.oneof(
  // So few that one is often the start of another.
  fc.string({ unit: fc.constantFrom('\u0000', '\u0001', 'a'), maxLength: 2 }),

  fc.string({ unit: character, maxLength: 5 }),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(
    0,
    -0,
    1,
    -1,
    1.5,
    Number.MIN_VALUE,
    -Number.MIN_VALUE,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    2 ** 53,
  ),
);
const byte = fc.oneof({ arbitrary: fc.constantFrom(0, 1), weight: 3 }, fc.nat(255));
const bytes = fc.array(byte, { maxLength: 4 }).map((all) => Uint8Array.from(all));
const element: fc.Arbitrary<TupleElement> = fc.oneof(fc.constant(null), fc.boolean(), number, text, bytes);
const tuple = fc.array(element, { maxLength: 4 });

/** Two tuples that have a start in common more often than not. */
const pair = fc.tuple(tuple, tuple, tuple).map(([start, a, b]): [Tuple, Tuple] => [
  [...start, ...a],
  [...start, ...b],
]);

/** What tuples must sort by, said in another way than the code says it. */
function reference(a: Tuple, b: Tuple): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = referenceElement(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return Math.sign(a.length - b.length);
}

function referenceElement(a: TupleElement, b: TupleElement): number {
  const ranks = rank(a) - rank(b);
  if (ranks !== 0) return Math.sign(ranks);
  if (typeof a === 'number') return a < (b as number) ? -1 : a > (b as number) ? 1 : 0;
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  if (a instanceof Uint8Array) return Buffer.compare(a, b as Uint8Array);
  return 0;
}

function rank(element: TupleElement | undefined): number {
  if (element === null) return 0;
  if (typeof element === 'boolean') return element ? 2 : 1;
  return typeof element === 'number' ? 3 : typeof element === 'string' ? 4 : 5;
}

const withoutNegativeZero = (key: Tuple): Tuple => key.map((each) => (each === 0 ? 0 : each));

describe('tupleKeys', () => {
  it.each<[Tuple, string]>([
    [[], ''],
    [[null, false, true], '012'],
    [[0, 1, 1.5, -1], '38\u00003bff\u00003bff8\u00003400fffffffffffff\u0000'],
    [['DE', ''], '4DE\u00004\u0000'],
    [['a\u0000b'], '4a\u00010b\u0000'],
    [[Uint8Array.of(0, 0xff)], '5\u00010\u00ff\u0000'],
  ])('writes %j as %j', (key, text) => {
    expect(tupleKeys.encode(key)).toBe(text);
    expect(tupleKeys.decode(text)).toEqual(key);
  });

  it('gives back what it was given, with 0 for -0', () => {
    fc.assert(
      fc.property(tuple, (key) => {
        expect(tupleKeys.decode(tupleKeys.encode(key))).toEqual(withoutNegativeZero(key));
      }),
      { numRuns: 1000 },
    );
  });

  it('sorts element by element; equal text means equal tuples', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const order = compareKeys(tupleKeys.encode(a), tupleKeys.encode(b));
        expect(Math.sign(order)).toBe(reference(a, b));
      }),
      { numRuns: 5000 },
    );
  });

  it('finds by a prefix the tuples that begin with these elements', () => {
    fc.assert(
      fc.property(pair, fc.nat(3), ([a, b], length) => {
        const prefix = b.slice(0, length);
        const begins = prefix.length <= a.length && reference(a.slice(0, prefix.length), prefix) === 0;
        expect(tupleKeys.encode(a).startsWith(tupleKeys.encodePrefix!(prefix))).toBe(begins);
      }),
      { numRuns: 2000 },
    );
    const found = [['DE'], ['DE', 1], ['DEX'], ['DE\u0000'], ['D']].filter((key) =>
      tupleKeys.encode(key).startsWith(tupleKeys.encodePrefix!(['DE'])),
    );
    expect(found).toEqual([['DE'], ['DE', 1]]);
  });

  it.each([
    [[Number.NaN], 'NaN'],
    [[1, Infinity], 'element 1'],
    [[undefined], 'undefined'],
    [new Array(1), 'undefined'],
    [[1n], 'bigint'],
    [['\ud800'], 'lone surrogate'],
    [['\udc00\ud800'], 'lone surrogate'],
    [[[1]], 'object'],
    [[new ArrayBuffer(1)], 'object'],
    ['text', 'array'],
    [null, 'array'],
  ])('refuses %o as a key', (key, message) => {
    expect(() => tupleKeys.encode(key as Tuple)).toThrow(
      expect.objectContaining({ code: 'INVALID_KEY', message: expect.stringContaining(message) }),
    );
  });

  it.each([
    ['an unknown type', '6\u0000'],
    ['no end', '4DE'],
    ['half an escape', '4DE\u0001\u0000'],
    ['an unknown escape', '4DE\u00012\u0000'],
    ['half an escape in bytes', '5\u0001\u0000'],
    ['no digits', '3\u0000'],
    ['upper case', '3BFF\u0000'],
    ['digits not cut short', '3bff0\u0000'],
    ['too many digits', '3bff00000000000001\u0000'],
    ['an escape in digits', '3b\u00010f\u0000'],
    ['infinity', '3fff\u0000'],
    ['not a number', '3fff8\u0000'],
    ['-0', '37fffffffffffffff\u0000'],
    ['a byte over 255', '5\u0100\u0000'],
  ])('refuses text with %s', (_, text) => {
    expect(() => tupleKeys.decode(text)).toThrow(expect.objectContaining({ code: 'CORRUPT' }));
  });

  it('accepts no text but its own', () => {
    const unit = fc.constantFrom(
      '0',
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '8',
      'f',
      '~',
      '\u0000',
      '\u00ff',
      '\u0100',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 8 }), (text) => {
        let key: Tuple;
        try {
          key = tupleKeys.decode(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'CORRUPT' });
          return;
        }
        expect(tupleKeys.encode(key)).toBe(text);
      }),
      { numRuns: 5000 },
    );
  });
});
