import { isDeepStrictEqual } from 'node:util';
import { decode, encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyValue, byteString } from '../../test/values.ts';
import { readValue, writeValue } from './msgpack.ts';

function written(value: unknown): Uint8Array {
  const length = writeValue(null, 0, value);
  const bytes = new Uint8Array(length);
  expect(writeValue(bytes, 0, value)).toBe(length);
  return bytes;
}

function read(bytes: Uint8Array): unknown {
  return readValue(bytes, 0, bytes.length);
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return undefined;
}

/** The same value with strings of characters for byte strings, as other runtimes have them. */
function ofCharacters(value: unknown): unknown {
  const text = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(ofCharacters);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [text(name), ofCharacters(field)]));
}

function hasNegativeZero(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Object.is(value, -0);
  return Object.values(value).some(hasNegativeZero);
}

test('the library reads what is written, and writes the same bytes', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const bytes = written(value);
      const characters = ofCharacters(value);
      expect(decode(bytes)).toEqual(characters);
      // Fields whose names are figures come in another order in other runtimes; and the library writes 0 for -0.
      if (!hasNegativeZero(value) && isSameOrder(value, characters))
        expect(bytes).toEqual(encode(characters));
    }),
    { numRuns: 2000 },
  );
});

function isSameOrder(value: unknown, characters: unknown): boolean {
  return JSON.stringify(ofCharacters(value)) === JSON.stringify(characters);
}

test('what the library writes is read', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      expect(ofCharacters(read(encode(ofCharacters(value))))).toEqual(decode(encode(ofCharacters(value))));
    }),
    { numRuns: 2000 },
  );
});

test('whatever is written is read as it was, -0 and NaN too, at any place of the bytes', () => {
  fc.assert(
    fc.property(fc.oneof(anyValue, fc.constant(-0)), fc.nat(9), (value, before) => {
      const length = writeValue(null, 0, value);
      const bytes = new Uint8Array(before + length + 3);
      expect(writeValue(bytes, before, value)).toBe(before + length);
      expect(readValue(bytes, before, before + length)).toStrictEqual(value);
      expect(
        [...bytes.subarray(0, before), ...bytes.subarray(before + length)].every((byte) => byte === 0),
      ).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test.each([0, 31, 32, 127, 128, 255, 256, 65535, 65536])(
  'lengths and integers of %s have their form',
  (n) => {
    const fields = Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, 0]));
    for (const value of [n, -n - 1, 'x'.repeat(n), new Uint8Array(n), new Array(n).fill(null), fields]) {
      const bytes = written(value);
      expect(Buffer.compare(bytes, encode(value))).toBe(0);
      expect(isDeepStrictEqual(read(bytes), value)).toBe(true);
    }
  },
);

class Point {
  x = 1;
}

describe('what cannot be carried', () => {
  let deep: unknown = 1;
  for (let i = 0; i < 17; i++) deep = i % 2 ? [deep] : { deep };
  const cycle: unknown[] = [];
  cycle.push(cycle);

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['a function', [() => 1]],
    ['a symbol', { s: Symbol('s') }],
    ['a bigint', 1n],
    ['an object of a class', [new Point()]],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['a buffer', new ArrayBuffer(1)],
    ['other numbers', [new Float32Array(1)]],
    ['a string of characters', ['é']],
    ['half a character', '\xc3'],
    ['a name of characters', { '€': 1 }],
    ['a field __proto__', JSON.parse('{"__proto__":1}')],
    ['more than 16 levels', deep],
    ['a cycle', cycle],
  ])('%s is INVALID_VALUE', (_, value) => {
    expect(codeOf(() => writeValue(null, 0, value))).toBe('INVALID_VALUE');
  });

  test('16 levels are carried', () => {
    const levels = (deep as unknown[] & { deep: unknown }).deep;
    expect(read(written(levels))).toEqual(levels);
  });
});

describe('bytes that nobody wrote', () => {
  test('cut short anywhere, or longer, are CORRUPT', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const bytes = written(value);
        const codes = Array.from(bytes, (_, end) => codeOf(() => readValue(bytes, 0, end)));
        expect(codes.every((code) => code === 'CORRUPT')).toBe(true);
        expect(codeOf(() => read(Uint8Array.of(...bytes, 0)))).toBe('CORRUPT');
      }),
      { numRuns: 300 },
    );
  });

  test('whatever they are, are a value, CORRUPT or UNSUPPORTED', () => {
    const hostile = fc.oneof(
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom(0x91, 0x81, 0xdc, 0xdd, 0xdf, 0xcf, 0xd3),
    );
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 40 }), (bytes) =>
        [undefined, 'CORRUPT', 'UNSUPPORTED'].includes(codeOf(() => read(Uint8Array.from(bytes)))),
      ),
      { numRuns: 20_000 },
    );
  });

  test.each([
    ['an integer of 54 bits', 'cf0020000000000000', 'CORRUPT'],
    ['a negative one of 64', 'd38000000000000000', 'CORRUPT'],
    ['an array of four thousand million', 'ddffffffff', 'CORRUPT'],
    ['an extension', 'd40100', 'UNSUPPORTED'],
    ['float 32', 'ca3f800000', 'UNSUPPORTED'],
    ['the byte that means nothing', 'c1', 'UNSUPPORTED'],
    ['a name that is a figure', '810101', 'UNSUPPORTED'],
    ['a field __proto__', '81a95f5f70726f746f5f5f01', 'UNSUPPORTED'],
    ['17 levels', `${'91'.repeat(17)}c0`, 'UNSUPPORTED'],
  ])('%s', (_, hex, code) => {
    expect(codeOf(() => read(Uint8Array.from(Buffer.from(hex, 'hex'))))).toBe(code);
  });
});

test('a byte string stands for its characters', () => {
  expect(decode(written(byteString('é€😀')))).toBe('é€😀');
});
