/**
 * A raw NOR flash: pages that are erased to 0xFF as a whole, and program units that are programmed once per
 * erase. All calls are synchronous; what they do is on the medium when they return. They throw when they fail.
 */
export interface FlashDevice {
  /** Bytes, a multiple of 16 from 256 to 65,536. */
  readonly pageSize: number;
  /** 3 to 65,535. */
  readonly pageCount: number;
  /** The smallest write, in bytes: programs begin and end on a multiple of it. */
  readonly programUnit: 4 | 8 | 16;
  /** @returns bytes of the caller's own. `address` counts from the first page, in bytes */
  read(address: number, length: number): Uint8Array;
  program(address: number, bytes: Uint8Array): void;
  /** Sets all bytes of a page to 0xFF. */
  erase(page: number): void;
  /** The CRC-32 of zip and PNG, where the runtime has one that is faster than ours. */
  crc32?(bytes: Uint8Array): number;
}
