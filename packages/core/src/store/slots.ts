/** Makes slots of values, and values of slots. */
import { compareBytes } from '../bytes/order.ts';
import { Writer } from '../bytes/writer.ts';
import type { Codec } from '../codec/codec.ts';
import { isImmutable } from '../codec/plain.ts';
import { isPlain, isPrimitiveTag, skipHead, type ValueCodecs } from '../codec/values.ts';
import { TAG } from '../format/change.ts';
import { Cell, expiryOf, type Slot, UNREAD } from '../table/slot.ts';
import type { Table } from '../table/table.ts';

export class Slots {
  codecs: ValueCodecs;
  /** Whether a slot need not be a cell. */
  readonly #bare: boolean;
  /** For values that are encoded before it is known whether they will be written. */
  readonly #scratch: Writer = new Writer();

  /** `bare` false: every slot is a cell of its own, which limits can keep in mind. */
  constructor(codecs: ValueCodecs, bare: boolean) {
    this.codecs = codecs;
    this.#bare = bare;
  }

  /** The value of a slot: of `key` in `table`, or of one that is in no table yet. */
  valueOf(table: Table | undefined, key: string, slot: Slot): unknown {
    if (typeof slot !== 'object') return slot;
    if (slot.value !== UNREAD) return this.#give(slot, slot.value);
    if (isPrimitiveTag(slot.tag))
      return this.#give(slot, this.codecs.read(slot.tag, slot.bytes, slot.start, slot.end));
    // One object for a key, however it is come by, until its next write.
    const kept = table?.kept(key);
    const cell = kept instanceof Cell && isSame(kept, slot) ? kept : slot;
    if (cell.value !== UNREAD) return this.#give(cell, cell.value);
    const value = this.codecs.read(cell.tag, cell.bytes, cell.start, cell.end);
    // What a reader could change is never given to two of them.
    if (cell.tag !== TAG.json && !isImmutable(value)) return value;
    if (kept === undefined) table?.fresh.copy(key, cell);
    return this.#give(cell, value);
  }

  /**
   * Encodes a value at the end of `writer`, as the last part of a put. `keeps`: it is going to be read, and plain data
   * need not be decoded for that.
   * @throws INVALID_VALUE
   */
  write(writer: Writer, value: unknown, expiresAt: number, codec?: Codec, keeps?: boolean): Slot {
    const at = writer.length;
    const written = this.codecs.write(writer, value, codec);
    if (expiresAt === 0 && this.#bare && isPlain(written)) return written;
    const cell = cellFrom(writer, at, expiresAt);
    if (keeps && written !== undefined) cell.value = written;
    return cell;
  }

  /** Encodes a value as a slot of its own, for a transaction to hold. @throws INVALID_VALUE */
  encode(value: unknown, expiresAt: number, codec: Codec | undefined): Slot {
    const slot = this.write(this.#scratch, value, expiresAt, codec);
    this.#scratch.take();
    return slot;
  }

  /** A cell with the value of a slot, and its expiry or another. */
  withExpiry(slot: Slot, expiresAt: number = expiryOf(slot)): Cell {
    if (typeof slot !== 'object') {
      this.codecs.write(this.#scratch, slot);
      const cell = cellFrom(this.#scratch, 0, expiresAt);
      this.#scratch.take();
      return cell;
    }
    const copy = new Cell(slot.tag, slot.bytes, slot.start, slot.end, expiresAt);
    copy.value = slot.value;
    copy.ready = slot.ready && expiresAt === 0;
    return copy;
  }

  #give(cell: Cell, value: unknown): unknown {
    cell.value = value;
    cell.ready = cell.expiresAt === 0 && this.#bare;
    return value;
  }
}

/** A cell on the value that is the last in `writer`, and begins when so many bytes have been written. */
function cellFrom(writer: Writer, length: number, expiresAt: number): Cell {
  const { bytes, start, position } = writer;
  const at = start + length;
  return new Cell(bytes[at] as number, bytes, skipHead(bytes, at), position, expiresAt);
}

/** Whether two cells hold the same bytes: those of a key may be in a run and, kept by a read, above it. */
function isSame(a: Cell, b: Cell): boolean {
  if (a.bytes === b.bytes && a.start === b.start) return true;
  return a.tag === b.tag && compareBytes(a.bytes, a.start, a.end, b.bytes, b.start, b.end) === 0;
}
