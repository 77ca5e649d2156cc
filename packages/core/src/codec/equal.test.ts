import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sameContent } from './equal.ts';

test('a copy has the same content, and both ways round', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      expect(sameContent(a, structuredClone(a))).toBe(true);
      expect(sameContent(a, b)).toBe(sameContent(b, a));
    }),
  );
});

const url = new URL('a:b');

describe.each<[string, unknown, unknown, boolean]>([
  ['NaN', Number.NaN, Number.NaN, true],
  ['0 and -0', 0, -0, false],
  ['nothing and nothing', undefined, undefined, true],
  ['nothing and null', undefined, null, false],
  ['null and an object', null, {}, false],
  ['a number and its text', 1, '1', false],
  ['fields in another order', { a: 1, b: [2] }, { b: [2], a: 1 }, true],
  ['a field more', { a: 1 }, { a: 1, b: 2 }, false],
  ['another field', { a: undefined }, { b: undefined }, false],
  ['deep down', { a: [{ b: 1 }] }, { a: [{ b: 2 }] }, false],
  ['an array and an object', ['x'], { 0: 'x' }, false],
  ['arrays in another order', [1, 2], [2, 1], false],
  ['no prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }, true],
  ['an inherited name', {}, { toString: undefined }, false],
  ['own and inherited', { toString: undefined }, { valueOf: undefined }, false],
  ['bytes', Uint8Array.of(1, 2), Uint8Array.of(1, 2), true],
  ['other bytes', Uint8Array.of(1, 2), Uint8Array.of(1, 3), false],
  ['bytes and more bytes', Uint8Array.of(1), Uint8Array.of(1, 2), false],
  ['bytes and an array', Uint8Array.of(1), [1], false],
  ['bytes inside', { b: Uint8Array.of(1) }, { b: Uint8Array.of(1) }, true],
  ['an equal date', new Date(0), new Date(0), true],
  ['another date', new Date(0), new Date(1), false],
  ['no dates', new Date(Number.NaN), new Date(Number.NaN), true],
  ['a date and nothing', new Date(0), {}, false],
  ['equal maps', new Map([[{ k: 1 }, [1]]]), new Map([[{ k: 1 }, [1]]]), true],
  [
    'a map and more',
    new Map([['a', 1]]),
    new Map([
      ['a', 1],
      ['b', 2],
    ]),
    false,
  ],
  ['another value', new Map([['a', 1]]), new Map([['a', 2]]), false],
  ['equal sets', new Set([1, [2]]), new Set([1, [2]]), true],
  ['sets in another order', new Set([1, 2]), new Set([2, 1]), false],
  ['a set and a map', new Set(), new Map(), false],
  ['the same object of a class', url, url, true],
  ['an equal object of a class', url, new URL('a:b'), false],
])('%s', (_, a, b, same) => {
  test(`is ${same ? 'the same' : 'not the same'}`, () => {
    expect(sameContent(a, b)).toBe(same);
    expect(sameContent(b, a)).toBe(same);
  });
});
