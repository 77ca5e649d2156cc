import { closeSync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32, IsokvError } from '@isokv/core';
import type { FlashDevice } from '../device/flash-device.ts';

export interface FileFlashOptions {
  /** Bytes, 4096 if not given. */
  readonly pageSize?: number;
  /** How many pages a file that is not there yet gets; else those of the file count, and this must agree. */
  readonly pageCount?: number;
  /** 4 if not given. */
  readonly programUnit?: 4 | 8 | 16;
  /** Opens a file that must be there, and never writes to it. */
  readonly readOnly?: boolean;
}

/** A flash in a file: an image of the flash of a board, byte for byte. */
export interface FileFlash extends FlashDevice {
  close(): void;
}

/**
 * Opens an image, or makes a blank one when there is no such file. Every program and erase is synced.
 * @throws IO, MISSING, INVALID_OPTION when the file is no whole pages, or not as many as `pageCount` says
 */
export function fileFlash(path: string, options: FileFlashOptions = {}): FileFlash {
  const { pageSize = 4096, programUnit = 4, readOnly = false } = options;
  const { file, isNew } = openFile(path, readOnly || options.pageCount === undefined, readOnly);
  try {
    if (isNew) writeAll(file, new Uint8Array(pageSize * (options.pageCount as number)).fill(0xff), 0);
    const { size } = fstatSync(file);
    const pageCount = options.pageCount ?? size / pageSize;
    if (size === 0 || size !== pageCount * pageSize) {
      throw new IsokvError(
        'INVALID_OPTION',
        `${path} has ${size} bytes, which are not ${pageCount} pages of ${pageSize}`,
      );
    }
    return {
      pageSize,
      pageCount,
      programUnit,
      read: (address, length) => readAll(file, address, length),
      program(address, bytes) {
        const before = readAll(file, address, bytes.length);
        // As on a chip: bits go from 1 to 0.
        writeAll(
          file,
          before.map((byte, index) => byte & (bytes[index] as number)),
          address,
        );
        fdatasyncSync(file);
      },
      erase(page) {
        writeAll(file, new Uint8Array(pageSize).fill(0xff), page * pageSize);
        fdatasyncSync(file);
      },
      crc32: (bytes) => crc32(bytes, 0),
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function openFile(path: string, mustExist: boolean, readOnly: boolean): { file: number; isNew: boolean } {
  try {
    return { file: openSync(path, readOnly ? 'r' : 'r+'), isNew: false };
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    if (!isMissing)
      throw new IsokvError('IO', `${path} cannot be opened: ${(cause as Error).message}`, { cause });
    if (mustExist)
      throw new IsokvError('MISSING', `there is no ${path}; pass pageCount to make it`, { cause });
    return { file: openSync(path, 'wx+'), isNew: true };
  }
}

function readAll(file: number, address: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const count = readSync(file, bytes, done, length - done, address + done);
    if (count === 0) throw new IsokvError('IO', `the image ends at ${address + done}`);
    done += count;
  }
  return bytes;
}

function writeAll(file: number, bytes: Uint8Array, address: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, address + done);
  }
}
