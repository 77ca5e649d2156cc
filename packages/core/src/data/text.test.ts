/** Both text forms: what goes in comes out, and what is damaged is refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareKeys } from '../bytes/order.ts';
import { Writer } from '../bytes/writer.ts';
import { skipHead, ValueCodecs } from '../codec/values.ts';
import { IsokvError } from '../errors.ts';
import type { DataEntry } from './entry.ts';
import { fromJson, toJson } from './json.ts';
import { fromJsonl, fromText, toJsonl } from './jsonl.ts';

const FORMS = [
  { name: 'JSON', write: toJson, read: fromJson },
  { name: 'JSONL', write: toJsonl, read: fromJsonl },
];

const codecs = new ValueCodecs();

function encode(value: unknown): { tag: number; bytes: Uint8Array } {
  const writer = new Writer();
  codecs.write(writer, value);
  const written = writer.take();
  return { tag: written[0] as number, bytes: written.slice(skipHead(written, 0)) };
}

function entry(key: string, value: unknown, expiresAt = 0, namespace = ''): DataEntry {
  return { namespace, key, ...encode(value), expiresAt };
}

/** So that two arrays are equal when their bytes are, whatever buffers these are views of. */
function plain(entries: readonly DataEntry[]): object[] {
  return entries.map((item) => ({ ...item, bytes: [...item.bytes] }));
}

function errorOf(act: () => unknown): IsokvError {
  try {
    act();
  } catch (error) {
    if (error instanceof IsokvError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const hostileNames = fc.constantFrom(
  ...['', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'isokv', 'expires_at_unit', 'namespaces'],
  ...['entries', 'value', 'type', 'expires_at', 'namespace', 'key', '2', '10', '-1', '01', '4294967295'],
  ...['"', '\\', '\n', '\r\n', '\u0000', '\u2028', '\ufeff', '}', '{"isokv":1}', ' a', '\u{1f600}', '\uffff'],
);
const names = fc.oneof(hostileNames, fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
const values = fc.oneof(
  fc.constantFrom<unknown>(
    ...[NaN, Infinity, -Infinity, -0, 0, 2 ** 53, 1e21, 5e-324, 'NaN', '\ud800', null],
  ),
  fc.constantFrom<unknown>(
    [-0],
    { a: -0, __proto__: null },
    JSON.parse('{"__proto__":{"10":1,"2":[]}}'),
    [],
    {},
  ),
  fc.double(),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.string({ unit: 'grapheme' }),
  fc.uint8Array(),
  fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown),
);
const encoded = fc.oneof(
  values.map(encode),
  fc.record({
    tag: fc.oneof(fc.constant(4), fc.integer({ min: 16, max: 255 })),
    bytes: fc.uint8Array().map((bytes) => new Uint8Array(bytes)),
  }),
);
const entryLists = fc
  .uniqueArray(
    fc.tuple(
      fc.record({
        namespace: names,
        key: names,
        expiresAt: fc.oneof(fc.constant(0), fc.integer({ min: 1e11, max: Number.MAX_SAFE_INTEGER })),
      }),
      encoded,
    ),
    { selector: ([{ namespace, key }]) => JSON.stringify([namespace, key]) },
  )
  .map((pairs) =>
    pairs
      .map(([place, value]): DataEntry => ({ ...place, ...value }))
      .sort((a, b) => compareKeys(a.namespace, b.namespace) || compareKeys(a.key, b.key)),
  );

const SAMPLE: readonly DataEntry[] = [
  entry('10', 'ten'),
  entry('2', { a: [1, -0, 'x'] }, 1721234567890),
  entry('__proto__', null),
  entry('blob', Uint8Array.of(1, 2, 3)),
  entry('names', { toString: '' }),
  entry('nan', Number.NaN),
  entry('é\n', 0.1),
  { namespace: 'users', key: 'a', tag: 16, bytes: Uint8Array.of(255), expiresAt: 0 },
  entry('b', true, 0, 'users'),
];

describe.each(FORMS)('$name', ({ write, read }) => {
  test('gives back every entry, exactly', () => {
    fc.assert(
      fc.property(entryLists, (entries) => {
        const text = write(entries);
        expect(plain(read(text))).toEqual(plain(entries));
        expect(plain(fromText(text))).toEqual(plain(entries));
        expect(write(fromText(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test('is found to be what it is in other layouts of the same JSON', () => {
    const text = write(SAMPLE);
    for (const other of [`\ufeff${text}`, text.replaceAll('\n', '\r\n'), text.trimEnd(), `${text}\n\r\n`]) {
      expect(plain(fromText(other))).toEqual(plain(SAMPLE));
    }
  });

  test('cut off anywhere, it is refused, or whole', () => {
    const text = write(SAMPLE);
    const bytes = new TextEncoder().encode(text);
    for (let length = 0; length < bytes.length; length++) {
      const cut = new TextDecoder().decode(bytes.subarray(0, length));
      if (cut === text.slice(0, -1)) expect(plain(fromText(cut))).toEqual(plain(SAMPLE));
      else expect(errorOf(() => fromText(cut)).code, cut).toBe('INVALID_DATA');
    }
  });

  test('with any line missing, or twice, it is refused, or has lost nothing', () => {
    const lines = write(SAMPLE).split('\n').slice(0, -1);
    lines.forEach((line, index) => {
      const without = [...lines.slice(0, index), ...lines.slice(index + 1)].join('\n');
      // In the JSON form an entry is a line, and a line can be taken out by hand: that is what it is for.
      if (read !== fromJson) expect(errorOf(() => fromText(without)).code, line).toBe('INVALID_DATA');
      expect(
        errorOf(() => fromText([...lines.slice(0, index + 1), ...lines.slice(index)].join('\n'))).code,
        line,
      ).toBe('INVALID_DATA');
    });
  });

  test('writes only what it can read: bytes that are no value, or an early expiry, are refused', () => {
    const bad = (tag: number, bytes: number[]) =>
      errorOf(() => write([{ namespace: '', key: 'a', tag, bytes: Uint8Array.from(bytes), expiresAt: 0 }]))
        .code;
    expect(
      bad(
        3,
        [...'1,"type":"bytes"'].map((c) => c.charCodeAt(0)),
      ),
    ).toBe('CORRUPT');
    expect(bad(2, [0xff])).toBe('CORRUPT');
    expect(bad(5, [0])).toBe('CORRUPT');
    expect(bad(12, [])).toBe('UNKNOWN_CODEC');
    expect(errorOf(() => write([entry('a', 1, 5000)]))).toMatchObject({
      code: 'INVALID_DATA',
      message:
        'key "a" of namespace "": expires_at must be epoch milliseconds; 5000 is 1970-01-01T01:23:20.000Z in seconds, 1970-01-01T00:00:05.000Z in milliseconds',
    });
  });

  test('line ends between the tokens of a JSON value do no harm', () => {
    const bytes = new TextEncoder().encode('{\r\n"a":\n1}');
    const text = write([{ namespace: '', key: 'a', tag: 3, bytes, expiresAt: 0 }]);
    expect(plain(read(text))).toEqual(plain([entry('a', { a: 1 })]));
  });
});
