import { describe, expect, test } from 'vitest';
import { deepFreeze, isImmutable } from './plain.ts';

test('deepFreeze freezes plain data all through and leaves all else alone', () => {
  const inside = { bytes: Uint8Array.of(1), map: new Map(), date: new Date(0) };
  const value = deepFreeze({ list: [{ x: 1 }], bare: Object.create(null), inside });
  for (const part of [value, value.list, value.list[0], value.bare, inside])
    expect(Object.isFrozen(part)).toBe(true);
  for (const part of Object.values(inside)) expect(Object.isFrozen(part)).toBe(false);
  expect(deepFreeze(null)).toBe(null);
  expect(deepFreeze('text')).toBe('text');
});

class Point {
  x = 1;
}

describe.each<[string, unknown, boolean]>([
  ['a primitive', 1, true],
  ['null', null, true],
  ['plain data', { a: [{}, []], b: Object.create(null) }, true],
  ['bytes', new Uint8Array(0), false],
  ['bytes deep inside', { a: [{ b: new Uint8Array(1) }] }, false],
  ['a date', [new Date(0)], false],
  ['a map', { m: new Map() }, false],
  ['an object of a class', [new Point()], false],
  ['one that its codec has frozen', [Object.freeze(new Point())], true],
])('%s', (_, value, immutable) => {
  test(`is ${immutable ? 'immutable' : 'not immutable'} once frozen`, () => {
    expect(isImmutable(deepFreeze(value))).toBe(immutable);
  });
});

test('what is not frozen is not immutable', () => {
  expect(isImmutable({})).toBe(false);
  expect(isImmutable(Object.freeze([{}]))).toBe(false);
});
