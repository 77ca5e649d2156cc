/**
 * Blocks: the pieces of a run. Each holds entries of one namespace, in key order, and is searched in place.
 *
 *     namespace   varint length, UTF-8
 *     count       u32
 *     expiring    u32
 *     offsets     count x u32      where each entry begins, from the start of the block
 *     expiries    expiring x u32   the indexes of the entries that expire, ascending
 *     entries     puts (change.ts), in key order
 *
 * A block ends before the entry that would take its entries past 256 KiB, so equal content gives equal blocks.
 */
import { compareBytes } from '../bytes/order.ts';
import { Reader } from '../bytes/reader.ts';
import { getU32, Writer } from '../bytes/writer.ts';
import { corrupt, type IsokvError } from '../errors.ts';
import { ChangeReader, MAX_KEY_BYTES, PUT } from './change.ts';

export const BLOCK_BYTES: number = 256 * 1024;

/** Collects the entries of one namespace into blocks. Write an entry to `entries`, then call `add`. */
export class BlockBuilder {
  /** Where the next entry is to be written. */
  readonly entries: Writer = new Writer();
  readonly #namespace: string;
  #starts: number[] = [];
  #expiring: number[] = [];

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  /** The entry just written to `entries` is whole. @returns a block, when the entries before it fill one */
  add(start: number, expires: boolean): Uint8Array | undefined {
    const full = this.#starts.length > 0 && this.entries.length > BLOCK_BYTES;
    const block = full ? this.#cut(start) : undefined;
    if (expires) this.#expiring.push(this.#starts.length);
    this.#starts.push(full ? 0 : start);
    return block;
  }

  /** The last block, if there is anything in it. */
  finish(): Uint8Array | undefined {
    return this.#starts.length > 0 ? this.#cut(this.entries.length) : undefined;
  }

  /** Makes a block of the first `length` bytes of the entries; what follows them is of the next block. */
  #cut(length: number): Uint8Array {
    const { entries } = this;
    const block = new Writer(
      length + 4 * (this.#starts.length + this.#expiring.length) + 3 * this.#namespace.length + 16,
    );
    block.text(this.#namespace);
    block.u32(this.#starts.length);
    block.u32(this.#expiring.length);
    const first = block.length + 4 * (this.#starts.length + this.#expiring.length);
    for (const start of this.#starts) block.u32(first + start);
    for (const index of this.#expiring) block.u32(index);
    block.raw(entries.bytes.subarray(0, length));
    entries.bytes.copyWithin(0, length, entries.length);
    entries.position -= length;
    this.#starts = [];
    this.#expiring = [];
    return block.take();
  }
}

/** A block as it stands in memory: its bytes and what is needed to search them. */
export class Block {
  readonly bytes: Uint8Array;
  readonly namespace: string;
  readonly count: number;
  /** How many entries expire. */
  readonly expiring: number;
  readonly #offsets: number;
  readonly #entry: ChangeReader;

  /** @throws CORRUPT when the tables do not fit the bytes */
  constructor(bytes: Uint8Array) {
    const reader = new Reader(bytes);
    this.bytes = bytes;
    this.namespace = reader.text();
    this.count = reader.u32();
    this.expiring = reader.u32();
    this.#offsets = reader.skip(4 * (this.count + this.expiring));
    if (this.count === 0 || this.expiring > this.count) throw badBlock();
    this.#entry = new ChangeReader(bytes);
  }

  /**
   * The entry at `index` (0 to count - 1). The same object every time: use it before the next call.
   * `withKey` false leaves its key undecoded.
   */
  entry(index: number, withKey = true): ChangeReader {
    const entry = this.#entry;
    entry.reader.position = this.startOf(index);
    if (!entry.next(withKey) || entry.kind !== PUT) throw badBlock();
    return entry;
  }

  /** Where the entry at `index` (0 to count - 1) begins. No block is so long that this is not a small integer. */
  startOf(index: number): number {
    return getU32(this.bytes, this.#offsets + 4 * index) | 0;
  }

  /** The index of the `nth` entry that expires. */
  expiringIndex(nth: number): number {
    const index = getU32(this.bytes, this.#offsets + 4 * (this.count + nth));
    if (index >= this.count) throw badBlock();
    return index;
  }

  /**
   * @returns the index of the first entry whose key is `key` (UTF-8) or sorts after it, with `past` of the first that
   * sorts after it; `count` if there is none
   */
  seek(key: Uint8Array, past = false): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(middle, key) < Number(past)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** How the key of the entry at `index` sorts to `key`. */
  compare(index: number, key: Uint8Array): number {
    const { bytes } = this;
    let at = getU32(bytes, this.#offsets + 4 * index) + 1;
    let length = bytes[at++] as number;
    if (length > 0x7f) {
      const second = bytes[at++] as number;
      length = (length & 0x7f) | ((second & 0x7f) << 7);
      if (second > 0x7f) length |= (bytes[at++] as number) << 14;
    }
    const end = at + length;
    // An offset that reaches past the end has made all of these figures NaN.
    if (!(end <= bytes.length) || length > MAX_KEY_BYTES) throw badBlock();
    return compareBytes(bytes, at, end, key, 0, key.length);
  }
}

export function badBlock(): IsokvError {
  return corrupt('a block that is not as it should be');
}
