import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeOf } from '../../test/stores.ts';
import { Writer } from '../bytes/writer.ts';
import { TAG } from '../format/change.ts';
import { isPlain, isWellFormed, skipHead, ValueCodecs } from './values.ts';

const codecs = new ValueCodecs();

/** What is written of a value: its tag, and its bytes. */
function encoded(value: unknown): { tag: number; bytes: Uint8Array } {
  const writer = new Writer(16);
  codecs.write(writer, value);
  const all = writer.take();
  return { tag: all[0] as number, bytes: all.subarray(skipHead(all, 0)) };
}

function decoded({ tag, bytes }: { tag: number; bytes: Uint8Array }): unknown {
  return codecs.read(tag, bytes, 0, bytes.length);
}

test('numbers, text, bytes and data of all kinds come back exactly', () => {
  const value = fc.oneof(
    fc.double(),
    fc.maxSafeInteger(),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.integer({ min: 0xd7f0, max: 0xe010 }).map((unit) => String.fromCharCode(unit)) }),
    fc.uint8Array(),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(value, (value) => {
      const back = decoded(encoded(value));
      if (typeof value === 'number') expect(Object.is(back, value)).toBe(true);
      else expect(back).toStrictEqual(value);
    }),
    { numRuns: 500 },
  );
});

describe.each<[unknown, number, number[]]>([
  [0, TAG.int, [0, 0]],
  [-0, TAG.float64, [0, 0, 0, 0, 0, 0, 0, 0x80]],
  [1, TAG.int, [0, 1]],
  [-1, TAG.int, [1, 1]],
  [-128, TAG.int, [1, 0x80, 1]],
  [2 ** 53 - 1, TAG.int, [0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]],
  [2 ** 53, TAG.float64, [0, 0, 0, 0, 0, 0, 0x40, 0x43]],
  [Number.NaN, TAG.float64, [0, 0, 0, 0, 0, 0, 0xf8, 0x7f]],
  [true, TAG.true, []],
  [false, TAG.false, []],
  [null, TAG.null, []],
  ['', TAG.utf8, []],
  ['é', TAG.utf8, [0xc3, 0xa9]],
  ['\ud800', TAG.json, [...Buffer.from('"\\ud800"')]],
  [new Uint8Array(0), TAG.bytes, []],
  [[], TAG.json, [0x5b, 0x5d]],
])('%j', (value, tag, bytes) => {
  test('has this form', () => {
    expect(encoded(value)).toEqual({ tag, bytes: Uint8Array.from(bytes) });
  });
});

test.each<[string, number, number[]]>([
  ['an integer with a third sign', TAG.int, [2, 1]],
  ['minus nothing', TAG.int, [1, 0]],
  ['an integer that is cut short', TAG.int, [0]],
  ['an integer with more behind', TAG.int, [0, 1, 1]],
  ['half a float', TAG.float64, [0, 0, 0, 0]],
  ['a float with more behind', TAG.float64, [0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ['text that is not UTF-8', TAG.utf8, [0xff]],
  ['JSON that does not parse', TAG.json, [0x7b]],
  ['JSON that is nothing', TAG.json, []],
])('%s is CORRUPT', (_, tag, bytes) => {
  expect(codeOf(() => decoded({ tag, bytes: Uint8Array.from(bytes) }))).toBe('CORRUPT');
});

test('a tag that nobody knows is UNKNOWN_CODEC, and named', () => {
  expect(() => decoded({ tag: TAG.msgpack, bytes: new Uint8Array(1) })).toThrow('codec-msgpack');
  expect(() => decoded({ tag: 99, bytes: new Uint8Array(1) })).toThrow('tag 99');
  expect(codeOf(() => decoded({ tag: 0, bytes: new Uint8Array(0) }))).toBe('UNKNOWN_CODEC');
});

test('bytes that are read are the reader’s own', () => {
  const given = { tag: TAG.bytes, bytes: Uint8Array.of(1, 2) };
  (decoded(given) as Uint8Array)[0] = 9;
  expect(given.bytes[0]).toBe(1);
});

test('nothing of a refused value is written', () => {
  const writer = new Writer(16);
  for (const value of [undefined, Symbol('s'), 1n, () => 1, { deep: [undefined] }]) {
    expect(codeOf(() => codecs.write(writer, value))).toBe('INVALID_VALUE');
  }
  expect(writer.length).toBe(0);
});

test('what is plain, and what is well-formed', () => {
  expect(['', 0, Number.NaN, false].every(isPlain)).toBe(true);
  expect([null, undefined, {}, [], 1n, Symbol('s')].some(isPlain)).toBe(false);
  expect(['', 'a', '😀', '\ue000'].every(isWellFormed)).toBe(true);
  expect(['\ud83d', '\ude00', '\ude00\ud83d', 'a\ud83db'].some(isWellFormed)).toBe(false);
});
