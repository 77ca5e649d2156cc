import { IsokvError } from '@isokv/core';
import { decode } from '@msgpack/msgpack';
import { describe, expect, test } from 'vitest';
import { readMessage } from './read.ts';
import { writeMessage } from './write.ts';

class Point {
  x = 1;
}
class Dictionary extends Map {}

const cycle: { self?: unknown } = {};
cycle.self = new Map([['back', [cycle]]]);
const ownCycle = new Set<unknown>();
ownCycle.add(ownCycle);

describe.each<[string, unknown, string]>([
  ['a function', { a: [() => 1] }, 'value.a[0]: functions cannot be stored'],
  ['a symbol', [Symbol('s')], 'value[0]: symbols cannot be stored'],
  ['an object of a class', new Point(), 'value: an instance of Point cannot be stored in MessagePack'],
  ['a map of a class', new Dictionary(), 'value: an instance of Dictionary cannot'],
  ['a map with fields', Object.assign(new Map(), { x: 1 }), 'value: an instance of Map cannot'],
  ['what only looks like a map', Object.create(Map.prototype), 'value: an instance of Map cannot'],
  ['what only looks like a date', [Object.create(Date.prototype)], 'value[0]: an instance of Date cannot'],
  ['a pattern', /x/, 'value: an instance of RegExp cannot'],
  ['an error', new Error('x'), 'value: an instance of Error cannot'],
  ['bytes in another view', { f: new Float32Array(1) }, 'value.f: an instance of Float32Array cannot'],
  ['a buffer', new ArrayBuffer(1), 'value: an instance of ArrayBuffer cannot'],
  ['a weak map', new WeakMap(), 'value: an instance of WeakMap cannot'],
  ['a promise', Promise.resolve(), 'value: an instance of Promise cannot'],
  ['holes', { a: new Array(2) }, 'value.a: an array with holes'],
  ['an array with fields', Object.assign([1], { x: 1 }), 'value: an array with holes or named fields'],
  ['hidden fields', Object.defineProperty({}, 'x', { value: 1 }), 'value: fields that are hidden'],
  ['fields named by symbols', { [Symbol('s')]: 1 }, 'value: fields that are hidden'],
  ['a cycle through a map', cycle, 'value.self.values()[0][0]: a cycle'],
  ['a set in itself', ownCycle, 'value.values()[0]: a cycle'],
  ['a function as a key', new Map([[() => 1, 1]]), 'value.keys()[0]: functions'],
  ['a function as a value', new Map<number, unknown>([[1, 1], [2, () => 1]]), 'value.values()[1]: functions'], // biome-ignore format: a row
])('%s', (_, value, message) => {
  test('is refused, with its path', () => {
    expect(() => writeMessage(value)).toThrow(IsokvError);
    expect(() => writeMessage(value)).toThrow(message);
  });
});

test('1,000 levels can be written and read, 1,001 are refused', () => {
  const nested = (levels: number): unknown => {
    let value: unknown = 1;
    for (let i = 0; i < levels; i++)
      value = [() => [value], () => ({ d: value }), () => new Set([value])][i % 3]!();
    return value;
  };
  let value = readMessage(writeMessage(nested(1000)));
  for (let i = 999; i >= 0; i--)
    value =
      i % 3 === 0
        ? (value as unknown[])[0]
        : i % 3 === 1
          ? (value as { d: unknown }).d
          : [...(value as Set<unknown>)][0];
  expect(value).toBe(1);
  expect(() => writeMessage(nested(1001))).toThrow('nested deeper than 1000 levels');
});

test('what MessagePack has of its own is in its own words, for any reader', () => {
  const value = {
    a: [1, -1, 2 ** 40, 0.5, 'é', null, true, Uint8Array.of(1), new Date(1.5e12 + 1), {}],
    b: [],
  };
  expect(decode(writeMessage(value))).toEqual(value);
});
