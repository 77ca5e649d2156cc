import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Writer } from '../bytes/writer.ts';
import * as change from './change.ts';

type Change =
  | { kind: typeof change.PUT; key: string; expiresAt: number; tag: number; value: Uint8Array }
  | { kind: typeof change.DELETE | typeof change.NAMESPACE; key: string }
  | { kind: typeof change.CLEAR };

const key = fc.string({ unit: 'binary', maxLength: 30 });
const anyChange: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constant(change.PUT),
    key,
    expiresAt: fc.oneof(fc.constant(0), fc.maxSafeNat()),
    tag: fc.nat(255),
    value: fc.uint8Array({ maxLength: 200 }),
  }),
  fc.record({ kind: fc.constantFrom(change.DELETE, change.NAMESPACE), key }),
  fc.constant({ kind: change.CLEAR }),
);

function write(changes: readonly Change[]): Uint8Array {
  const writer = new Writer(0);
  for (const each of changes) {
    if (each.kind === change.PUT) {
      change.writePut(writer, each.key, each.expiresAt);
      writer.u8(each.tag);
      writer.sized(each.value);
    } else if (each.kind === change.DELETE) change.writeDelete(writer, each.key);
    else if (each.kind === change.NAMESPACE) change.writeNamespace(writer, each.key);
    else change.writeClear(writer);
  }
  return writer.take();
}

function read(bytes: Uint8Array): Change[] {
  const reader = new change.ChangeReader(bytes);
  const changes: Change[] = [];
  let end = 0;
  while (reader.next()) {
    expect(reader.start).toBe(end);
    end = reader.reader.position;
    const { kind, key, expiresAt, tag } = reader;
    if (kind === change.PUT) {
      changes.push({ kind, key, expiresAt, tag, value: bytes.slice(reader.valueStart, reader.valueEnd) });
    } else if (kind === change.DELETE || kind === change.NAMESPACE) changes.push({ kind, key });
    else changes.push({ kind: change.CLEAR });
  }
  expect(end).toBe(bytes.length);
  return changes;
}

const corrupt = expect.objectContaining({ code: 'CORRUPT' });

describe('changes', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(anyChange), (changes) => {
        expect(read(write(changes))).toEqual(changes);
      }),
    );
  });

  it('have these bytes', () => {
    const writer = new Writer();
    change.writeNamespace(writer, 'n');
    change.writePut(writer, 'k', 0);
    writer.u8(change.TAG.null);
    writer.varint(0);
    change.writePut(writer, 'é', 300);
    writer.u8(change.TAG.bytes);
    writer.sized(Uint8Array.of(7));
    change.writeDelete(writer, '');
    change.writeClear(writer);
    expect(Buffer.from(writer.take()).toString('hex')).toBe(
      '03016e' + '01016b0900' + '1102c3a9ac02010107' + '0200' + '04',
    );
  });

  it('that are cut short raise CORRUPT, unless the cut is between two', () => {
    fc.assert(
      fc.property(fc.array(anyChange, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = write(changes);
        const between = new Set(changes.map((_, i) => write(changes.slice(0, i)).length));
        for (let length = 0; length < bytes.length; length++) {
          if (between.has(length))
            expect(changes).toEqual(expect.arrayContaining(read(bytes.slice(0, length))));
          else expect(() => read(bytes.slice(0, length))).toThrow(corrupt);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('of unknown kinds and flags raise CORRUPT', () => {
    const known = new Set([0x01, 0x02, 0x03, 0x04, 0x11]);
    for (let head = 0; head < 256; head++) {
      const bytes = Uint8Array.of(head, 0, 0, 0, 0);
      const next = (): boolean => new change.ChangeReader(bytes).next();
      if (known.has(head)) expect(next()).toBe(true);
      else expect(next).toThrow(corrupt);
    }
  });

  it('are read within the bounds given', () => {
    const bytes = write([
      { kind: change.CLEAR },
      { kind: change.DELETE, key: 'abc' },
      { kind: change.CLEAR },
    ]);
    const reader = new change.ChangeReader(bytes, 1, bytes.length - 1);
    expect(reader.next()).toBe(true);
    expect(reader.key).toBe('abc');
    expect(reader.next()).toBe(false);
  });
});
