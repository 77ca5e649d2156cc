import { crc32 } from '@isokv/core';
import type { FlashDevice } from '../device/flash-device.ts';
import { checkGeometry } from './check-geometry.ts';

export interface MemoryFlashOptions {
  /** Bytes, 4096 if not given. */
  readonly pageSize?: number;
  /** 8, 4 if not given. */
  readonly programUnit?: 4 | 8 | 16;
}

/**
 * A flash in memory, on the bytes given: an image. Its pages are those of the bytes.
 * @throws INVALID_OPTION when the bytes are no whole pages, or fewer than three
 */
export function memoryFlash(bytes: Uint8Array, options: MemoryFlashOptions = {}): FlashDevice {
  const { pageSize = 4096, programUnit = 4 } = options;
  const pageCount = bytes.length / pageSize;
  checkGeometry({ pageSize, pageCount, programUnit });
  return {
    pageSize,
    pageCount,
    programUnit,
    read: (address, length) => bytes.slice(address, address + length),
    program(address, added) {
      for (let i = 0; i < added.length; i++)
        bytes[address + i] = (bytes[address + i] as number) & (added[i] as number);
    },
    erase: (page) => void bytes.fill(0xff, page * pageSize, (page + 1) * pageSize),
    crc32: (data) => crc32(data, 0),
  };
}

/** The bytes of a blank flash. */
export function blankImage(pageCount: number, pageSize = 4096): Uint8Array<ArrayBuffer> {
  return new Uint8Array(pageCount * pageSize).fill(0xff);
}
