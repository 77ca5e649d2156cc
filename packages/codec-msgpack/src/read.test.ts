import { isDeepStrictEqual } from 'node:util';
import { IsokvError } from '@isokv/core';
import { decode, encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMessage } from './read.ts';
import { writeMessage } from './write.ts';

/** What reading the bytes ends in: CORRUPT, nothing, or what no reader may throw. */
function outcome(bytes: Uint8Array): string | undefined {
  try {
    readMessage(bytes);
  } catch (error) {
    return error instanceof IsokvError ? error.code : String(error);
  }
  return undefined;
}

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0xd7f0, max: 0xe010 }).map((unit) => String.fromCharCode(unit)) }),
);
const name = fc.oneof(anyText, fc.constantFrom('__proto__', 'constructor', 'toString', '', '1'));
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.double(),
    fc.maxSafeInteger(),
    fc.constantFrom(undefined, null, true, false, -0),
    anyText,
    fc.bigInt(),
    fc.date({ noInvalidDate: true }), // The golden vectors have one; nothing else is equal to it.
    fc.uint8Array(),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 20 }).map((fields) => Object.fromEntries(fields)),
    fc.uniqueArray(fc.tuple(tie('value'), tie('value')), { maxLength: 5 }).map((entries) => new Map(entries)),
    fc.array(tie('value'), { maxLength: 5 }).map((values) => new Set(values)),
  ),
}));

test('whatever can be written comes back exactly', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      // Not vitest's own, which takes a field named constructor for the class.
      expect(isDeepStrictEqual(readMessage(writeMessage(value)), value)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('the same bytes are written of what was read: nothing is lost that equality does not see', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const written = writeMessage(value);
      expect(writeMessage(readMessage(written))).toEqual(written);
    }),
    { numRuns: 1000 },
  );
});

test('all that the library writes is read as the library reads it', () => {
  const options = fc.record({ forceFloat32: fc.boolean(), forceIntegerToFloat: fc.boolean() });
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), options, (value, options) => {
      fc.pre(!JSON.stringify(value).includes('__proto__')); // It refuses that name.
      const written = encode(value, options);
      expect(isDeepStrictEqual(readMessage(written), decode(written))).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

describe.each([
  ['lengths', (n: number) => 'x'.repeat(n)],
  ['lengths of bytes', (n: number) => new Uint8Array(n)],
  ['lengths of arrays', (n: number) => new Array(n).fill(1)],
  [
    'lengths of objects',
    (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, i])),
  ],
  ['lengths of maps', (n: number) => new Map(Array.from({ length: n }, (_, i) => [i, i]))],
  ['bigints', (n: number) => 1n << BigInt(n)],
  ['negative bigints', (n: number) => -(1n << BigInt(n))],
  ['integers', (n: number) => n],
  ['negative integers', (n: number) => -n],
])('%s of every size', (_, of) => {
  test('come back', () => {
    for (const n of [
      0, 1, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 127, 128, 129, 255, 256, 257, 65535, 65536, 65537,
    ])
      expect(isDeepStrictEqual(readMessage(writeMessage(of(n))), of(n)), `${n}`).toBe(true);
  });
});

describe('bytes that nobody wrote', () => {
  test('whatever they are, are CORRUPT or a value', () => {
    const head = fc.constantFrom(
      0xd4,
      0xd8,
      0xc7,
      0xc9,
      0x91,
      0x9f,
      0x8f,
      0xdc,
      0xdd,
      0xdf,
      0xdb,
      0xc6,
      0xcf,
      0x01,
      0xff,
    );
    const hostile = fc.array(fc.oneof(fc.integer({ min: 0, max: 255 }), head), { maxLength: 40 });
    fc.assert(
      fc.property(hostile, (given) => [undefined, 'CORRUPT'].includes(outcome(Uint8Array.from(given)))),
      { numRuns: 20_000 },
    );
  });

  test('cut short anywhere, or longer, are CORRUPT', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const written = writeMessage(value);
        const outcomes = Array.from(written, (_, end) => outcome(written.slice(0, end)));
        expect(outcomes.every((one) => one === 'CORRUPT')).toBe(true);
        expect(outcome(Uint8Array.of(...written, 0xc0))).toBe('CORRUPT');
      }),
      { numRuns: 300 },
    );
  });

  test('with one byte changed are CORRUPT or another value', () => {
    fc.assert(
      fc.property(anyValue, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, change) => {
        const written = writeMessage(value);
        written[at % written.length]! ^= change;
        expect([undefined, 'CORRUPT']).toContain(outcome(written));
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ['nothing', ''],
    ['the byte that means nothing', 'c1'],
    ['text that is not UTF-8', 'a1 ff'],
    ['long text that is not UTF-8', `d9 20 ${'61'.repeat(31)} 80`],
    ['a surrogate as UTF-8', 'a3 ed a0 80'],
    ['an integer of 54 bits', 'cf 0020000000000000'],
    ['a negative integer of 64 bits', 'd3 8000000000000000'],
    ['a field twice', '82 a161 01 a161 02'],
    ['__proto__ twice', `82 ${'a95f5f70726f746f5f5f c0'.repeat(2)}`],
    ['a name that is a number', '81 01 01'],
    ['a name without a value', '92 d40105 a161'],
    ['a map with a key twice', '95 d40103 01 02 01 03'],
    ['a map with a key without a value', '92 d40103 01'],
    ['a set with a value twice', '93 d40104 01 01'],
    ['a sign where there is no array', 'd40103'],
    ['a sign that is not in front', '92 01 d40104'],
    ['a sign that does not exist', 'd40106'],
    ['a sign of no byte', 'c70001'],
    ['half a code unit', 'c70103 d8'],
    ['a bigint of nothing', 'c70002'],
    ['an extension of somebody else', 'd44200'],
    ['an extension type below zero', 'd4fe00'],
    ['a timestamp of five bytes', 'c705ff 0000000000'],
    ['a timestamp with a nanosecond', 'd7ff 0000000400000000'],
    ['a timestamp with more than a second of nanoseconds', 'c70cff 3b9aca00 0000000000000000'],
    ['a timestamp that no date reaches', 'c70cff 00000000 000007dbd6a00001'],
    ['an array of four thousand million', 'dd ffffffff'],
    ['an object of four thousand million', 'df ffffffff'],
    ['text of four thousand million', 'db ffffffff'],
    ['bytes of four thousand million', 'c6 ffffffff'],
    ['an extension of four thousand million', 'c9 ffffffff 02'],
  ])('%s: CORRUPT', (_, hex) => {
    expect(outcome(bytes(hex))).toBe('CORRUPT');
  });

  test('nested a hundred thousand times are CORRUPT, in whatever way', () => {
    for (const head of ['91', '81a161', '92d40104', '93d4010301', '93d40105a161', 'dd00000001'])
      expect(outcome(bytes(`${head.repeat(100_000)}c0`))).toBe('CORRUPT');
  });

  test('declaring long arrays in long arrays make nothing of that length', () => {
    const heads = 20_000;
    const declared = heads * 4;
    const head = `dd${declared.toString(16).padStart(8, '0')}`;
    const before = process.memoryUsage().heapUsed;
    const given = bytes(head.repeat(heads));
    expect(outcome(given)).toBe('CORRUPT');
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50e6);
  });
});

test('bytes that were read are the reader’s own', () => {
  const given = writeMessage([Uint8Array.of(1), Uint8Array.of(2)]);
  const [first, second] = readMessage(given) as [Uint8Array, Uint8Array];
  first.fill(9);
  expect(readMessage(given)).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
  expect([first.buffer.byteLength, second.buffer.byteLength]).toEqual([1, 1]);
});
