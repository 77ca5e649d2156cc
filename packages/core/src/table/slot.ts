import { varintLength } from '../bytes/writer.ts';
import type { Primitive } from '../codec/values.ts';
import type { ChangeReader } from '../format/change.ts';

/** What a table holds for a key: a primitive that never expires as it is, all else in a cell. */
export type Slot = Primitive | Cell;

/** Stands for a value that has not been decoded yet. */
export const UNREAD: unique symbol = Symbol('unread');

/** A value as bytes until it is first read, and the frozen value beside them after that. */
export class Cell {
  readonly tag: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Epoch milliseconds, 0 for never. */
  readonly expiresAt: number;
  value: unknown = UNREAD;
  /** Whether `value` may be given to whoever asks, with nothing left to check or to note. */
  ready = false;

  constructor(tag: number, bytes: Uint8Array, start: number, end: number, expiresAt: number) {
    this.tag = tag;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.expiresAt = expiresAt;
  }
}

/** A cell on the bytes that an entry was read from. */
export function cellOf(entry: ChangeReader): Cell {
  return new Cell(entry.tag, entry.reader.bytes, entry.valueStart, entry.valueEnd, entry.expiresAt);
}

/** Hides an entry of the layers below: a stored deletion. */
export const TOMBSTONE: Cell = new Cell(0, new Uint8Array(0), 0, 0, 0);

export function expiryOf(slot: Slot): number {
  return typeof slot === 'object' ? slot.expiresAt : 0;
}

export function hasExpired(slot: Slot, now: () => number): boolean {
  const expiresAt = expiryOf(slot);
  return expiresAt !== 0 && expiresAt <= now();
}

/** About how many bytes an entry takes in a log. The same for the same slot, so that sums stay right. */
export function sizeOf(key: string, slot: Slot): number {
  return key.length + valueSize(slot) + ENTRY_OVERHEAD_BYTES;
}

/** Of a cell and of its primitive the same, or less: a read puts the one in the place of the other. */
function valueSize(slot: Slot): number {
  switch (typeof slot) {
    case 'object':
      return slot.end - slot.start;
    case 'string':
      return slot.length;
    case 'number':
      return Number.isSafeInteger(slot) ? 1 + varintLength(Math.abs(slot)) : 8;
    case 'boolean':
      return 0;
  }
}

/** Kind, length of the key, tag, length of the value. */
const ENTRY_OVERHEAD_BYTES = 4;
