/** A run in memory: the blocks of one namespace as they were read, searched in place. */
import { compareKeys } from '../bytes/order.ts';
import { encodeUtf8, writeUtf8 } from '../bytes/utf8.ts';
import { corrupt } from '../errors.ts';
import type { Block } from '../format/block.ts';
import type { Entries, Layer, Wanted } from './cursor.ts';
import { readBlock } from './read-block.ts';
import { type Cell, cellOf } from './slot.ts';
import { seek } from './sorted-map.ts';

export class Run implements Layer {
  readonly #blocks: Block[] = [];
  /** The first key of each block. */
  readonly #firstKeys: string[] = [];
  /** Entries in all blocks. */
  entries = 0;
  /** Bytes of all blocks. */
  bytes = 0;

  /** Adds the block that follows. @throws CORRUPT when it does not sort after those before it */
  add(block: Block): void {
    const first = block.entry(0).key;
    const before = this.#blocks.at(-1);
    if (before && compareKeys(before.entry(before.count - 1).key, first) >= 0)
      throw corrupt('entries that are out of order');
    this.#blocks.push(block);
    this.#firstKeys.push(first);
    this.entries += block.count;
    this.bytes += block.bytes.length;
  }

  find(key: string): Cell | undefined {
    const block = this.#blocks[this.pageOf(key)];
    if (!block) return undefined;
    const bytes = bytesOf(key);
    const index = block.seek(bytes);
    return index < block.count && block.compare(index, bytes) === 0
      ? cellOf(block.entry(index, false))
      : undefined;
  }

  /** The keys of the entries that expire, and when. */
  *expiring(): Generator<{ key: string; expiresAt: number }> {
    for (const block of this.#blocks) {
      for (let nth = 0; nth < block.expiring; nth++) {
        const { key, expiresAt } = block.entry(block.expiringIndex(nth));
        yield { key, expiresAt };
      }
    }
  }

  get pages(): number {
    return this.#blocks.length;
  }

  count(page: number): number {
    return this.#block(page).count;
  }

  read(page: number, low: number, high: number, wanted: Wanted): Entries {
    return readBlock(this.#block(page), low, high, wanted);
  }

  pageOf(key: string): number {
    return Math.max(seek(this.#firstKeys, key, true) - 1, 0);
  }

  seek(page: number, key: string, past: boolean): number {
    return this.#block(page).seek(bytesOf(key), past);
  }

  #block(page: number): Block {
    return this.#blocks[page] as Block;
  }
}

/** The bytes of a key that is searched; good until the next. Most keys need no memory of their own for that. */
function bytesOf(key: string): Uint8Array {
  if (3 * key.length > scratch.length) return encodeUtf8(key);
  return scratch.subarray(0, writeUtf8(key, scratch, 0));
}

const scratch = new Uint8Array(1024);
