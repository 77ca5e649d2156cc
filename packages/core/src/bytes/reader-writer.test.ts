import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reader } from './reader.ts';
import { getU32, putU32, varintLength, Writer } from './writer.ts';

type Field =
  | { type: 'u8' | 'u32' | 'varint' | 'float64'; figure: number }
  | { type: 'text'; text: string }
  | { type: 'sized'; bytes: Uint8Array };

const figure = (
  type: 'u8' | 'u32' | 'varint' | 'float64',
  value: fc.Arbitrary<number>,
): fc.Arbitrary<Field> => fc.record({ type: fc.constant(type), figure: value });
const field: fc.Arbitrary<Field> = fc.oneof(
  figure('u8', fc.nat(255)),
  figure('u32', fc.nat(0xffffffff)),
  figure('varint', fc.maxSafeNat()),
  figure('varint', fc.nat(300)),
  figure('float64', fc.double()),
  fc.record({ type: fc.constant('text' as const), text: fc.string({ unit: 'binary', maxLength: 150 }) }),
  fc.record({ type: fc.constant('sized' as const), bytes: fc.uint8Array({ maxLength: 200 }) }),
);

function write(writer: Writer, field: Field): void {
  if (field.type === 'text') writer.text(field.text);
  else if (field.type === 'sized') writer.sized(field.bytes);
  else writer[field.type](field.figure);
}

function read(reader: Reader, { type }: Field): Field {
  if (type === 'text') return { type, text: reader.text() };
  if (type !== 'sized') return { type, figure: reader[type]() };
  const at = reader.skip(reader.varint());
  return { type, bytes: reader.bytes.slice(at, reader.position) };
}

const corrupt = expect.objectContaining({ code: 'CORRUPT' });

describe('Writer and Reader', () => {
  it('read what was written, from a buffer of any size at the start', () => {
    fc.assert(
      fc.property(fc.array(field), fc.nat(64), (fields, capacity) => {
        const writer = new Writer(capacity);
        for (const each of fields) write(writer, each);
        const reader = new Reader(writer.take());
        expect(fields.map((each) => read(reader, each))).toEqual(fields);
        expect(reader.done).toBe(true);
      }),
    );
  });

  it('read what was written and taken piece by piece, wherever the buffer ends', () => {
    fc.assert(
      fc.property(fc.array(fc.array(field, { maxLength: 4 })), fc.nat(200), (pieces, capacity) => {
        const writer = new Writer(capacity);
        const taken = pieces.map((fields) => {
          for (const each of fields) write(writer, each);
          return writer.take();
        });
        for (const [index, fields] of pieces.entries()) {
          const reader = new Reader(taken[index] as Uint8Array);
          expect(fields.map((each) => read(reader, each))).toEqual(fields);
          expect(reader.done).toBe(true);
        }
      }),
    );
  });

  it.each(['', 'a', 'é', '\u{10ffff}', 'x'.repeat(127), 'é'.repeat(64), 'x'.repeat(128)])(
    'write the text %j whole, however little of the buffer is left after what was taken',
    (text) => {
      for (let left = 0; left < 3 * text.length + 16; left++) {
        const writer = new Writer(20 + left);
        writer.raw(new Uint8Array(18));
        writer.take();
        writer.u8(1);
        writer.u8(2);
        writer.text(text);
        writer.u8(3);
        const reader = new Reader(writer.take());
        expect([reader.u8(), reader.u8(), reader.text(), reader.u8(), reader.done]).toEqual([
          1,
          2,
          text,
          3,
          true,
        ]);
      }
    },
  );

  it('raise CORRUPT at every place the bytes may be cut', () => {
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 5 }), (fields) => {
        const writer = new Writer();
        for (const each of fields) write(writer, each);
        const whole = writer.take();
        for (let length = 0; length < whole.length; length++) {
          // The bytes go on after the end, as they do in a log: only `end` may stop the reader.
          const reader = new Reader(whole, 0, length);
          expect(() => fields.map((each) => read(reader, each))).toThrow(corrupt);
          expect(reader.position).toBeLessThanOrEqual(length);
        }
      }),
    );
  });

  it('read little-endian figures from a view that does not begin with its buffer', () => {
    const bytes = Uint8Array.of(9, 9, 0x78, 0x56, 0x34, 0xf2, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f).subarray(2);
    const reader = new Reader(bytes);
    expect(reader.u32()).toBe(0xf2345678);
    expect(reader.float64()).toBe(1);
    expect(() => reader.u8()).toThrow(corrupt);
  });

  it('never go back: a length that is past the end moves nothing', () => {
    const reader = new Reader(Uint8Array.of(1, 2, 3), 2);
    expect(() => reader.skip(2)).toThrow(corrupt);
    expect(() => reader.skip(Number.MAX_SAFE_INTEGER)).toThrow(corrupt);
    expect(reader.position).toBe(2);
    expect(reader.skip(1)).toBe(2);
    reader.position = 7;
    expect(() => reader.skip(0)).toThrow(corrupt);
    expect(() => reader.u8()).toThrow(corrupt);
  });
});

describe('varints', () => {
  it.each([
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 1]],
    [16383, [0xff, 0x7f]],
    [16384, [0x80, 0x80, 1]],
    [2 ** 31, [0x80, 0x80, 0x80, 0x80, 8]],
    [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
    [2 ** 49, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1]],
    [Number.MAX_SAFE_INTEGER, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])('write %d as %j', (figure, bytes) => {
    const writer = new Writer(0);
    writer.varint(figure);
    expect([...writer.take()]).toEqual(bytes);
    expect(varintLength(figure)).toBe(bytes.length);
    expect(new Reader(Uint8Array.from(bytes)).varint()).toBe(figure);
  });

  it.each([
    ['longer than it need be', [0x80, 0]],
    ['much longer than it need be', [0x81, 0x80, 0x80, 0]],
    ['2^53', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]],
    ['2^56 - 1', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['nine bytes', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1]],
    ['endless', new Array(100).fill(0xff)],
    ['cut short', [0x80]],
  ])('that are %s are refused', (_, bytes) => {
    expect(() => new Reader(Uint8Array.from(bytes)).varint()).toThrow(corrupt);
  });
});

describe('Writer', () => {
  it('takes what was written since the last time, and never touches it again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(field, { maxLength: 4 }), { maxLength: 20 }),
        fc.nat(100),
        (pieces, capacity) => {
          const writer = new Writer(capacity);
          const taken: { view: Uint8Array; copy: Uint8Array }[] = [];
          for (const fields of pieces) {
            for (const each of fields) write(writer, each);
            const { length } = writer;
            const view = writer.take();
            expect(view.length).toBe(length);
            expect(writer.length).toBe(0);
            taken.push({ view, copy: view.slice() });
          }
          for (const { view, copy } of taken) expect(view).toEqual(copy);
        },
      ),
    );
  });

  it('goes back to a length it had, also when it has grown since', () => {
    for (const capacity of [8, 1_000_000]) {
      const writer = new Writer(capacity);
      writer.u8(1);
      writer.take();
      writer.text('kept');
      const { length } = writer;
      writer.raw(new Uint8Array(100_000));
      writer.rewind(length);
      writer.u8(7);
      expect([...writer.take()]).toEqual([4, ...Buffer.from('kept'), 7]);
    }
  });

  it('finds the length of a text that takes more bytes than characters', () => {
    for (const unit of ['a', 'é', '\uffff', '\u{10000}']) {
      for (const count of [1, 41, 42, 43, 63, 64, 127, 128, 5461, 5462, 16383, 16384]) {
        const text = unit.repeat(count);
        const writer = new Writer(0);
        writer.text(text);
        const bytes = writer.take();
        const reader = new Reader(bytes);
        expect(reader.varint()).toBe(Buffer.byteLength(text));
        expect(reader.position).toBe(varintLength(Buffer.byteLength(text)));
        expect(Buffer.from(text).equals(bytes.subarray(reader.position))).toBe(true);
      }
    }
  });

  it('puts a u32 and gets it back unsigned', () => {
    const bytes = new Uint8Array(6);
    putU32(bytes, 1, 0xdeadbeef);
    expect([...bytes]).toEqual([0, 0xef, 0xbe, 0xad, 0xde, 0]);
    expect(getU32(bytes, 1)).toBe(0xdeadbeef);
  });
});
