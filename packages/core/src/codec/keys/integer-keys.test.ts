import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareKeys } from '../../bytes/order.ts';
import { integerKeys } from './integer-keys.ts';

const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -1200, max: 1200 }),
  // Around every change of length.
  fc
    .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: -2, max: 2 }), fc.boolean())
    .map(([power, delta, negative]) => (10 ** power + delta) * (negative ? -1 : 1) || 0),
);

describe('integerKeys', () => {
  it.each([
    [0, 'a0'],
    [7, 'a7'],
    [42, 'b42'],
    [1000, 'd1000'],
    [Number.MAX_SAFE_INTEGER, 'p9007199254740991'],
    [-1, 'P8'],
    [-42, 'O57'],
    [Number.MIN_SAFE_INTEGER, 'A0992800745259008'],
  ])('writes %d as %s', (key, text) => {
    expect(integerKeys.encode(key)).toBe(text);
    expect(integerKeys.decode(text)).toBe(key);
  });

  it('gives back what it was given, and takes -0 as 0', () => {
    fc.assert(fc.property(integer, (key) => integerKeys.decode(integerKeys.encode(key)) === key));
    expect(integerKeys.encode(-0)).toBe('a0');
    expect(integerKeys.decode('a0')).toBe(0);
  });

  it('sorts as the numbers do', () => {
    fc.assert(
      fc.property(integer, integer, (a, b) => {
        const order = compareKeys(integerKeys.encode(a), integerKeys.encode(b));
        expect(Math.sign(order)).toBe(Math.sign(a - b));
      }),
    );
  });

  it.each([Number.NaN, Infinity, -Infinity, 0.5, 2 ** 53, -(2 ** 53), '1', null, undefined, 1n])(
    'refuses %s as a key',
    (key) => {
      expect(() => integerKeys.encode(key as number)).toThrow(
        expect.objectContaining({ code: 'INVALID_KEY', message: expect.stringContaining('use one from') }),
      );
    },
  );

  it.each([
    '',
    'a',
    'a42',
    'b4',
    'b04',
    'a0 ',
    'a-',
    'P9',
    'O90',
    'Px',
    'q1',
    '@1',
    'b4\u0660',
    'p9007199254740992',
    'A0992800745259007',
  ])('refuses %j as the text of one', (text) => {
    expect(() => integerKeys.decode(text)).toThrow(expect.objectContaining({ code: 'CORRUPT' }));
  });

  it('accepts no text but its own', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[@-QZ-q]?[ -~]{0,17}$/), (text) => {
        let key: number;
        try {
          key = integerKeys.decode(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'CORRUPT' });
          return;
        }
        expect(integerKeys.encode(key)).toBe(text);
      }),
    );
  });
});
