/** What a file holds, whatever it is: the store in it, opened in memory, so that it can be looked at first. */
import { flashLog, memoryFlash } from '@isokv/adapter-flash';
import { IsokvError, Store } from '@isokv/core';
import { fileImage, isFileImage } from './file-image.ts';

/** "ikF": docs/FLASH.md. */
const FLASH_MAGIC = [0x69, 0x6b, 0x46];
const PAGE_BYTES = 4096;

export interface Opened {
  /** What kind of file it is, in words. */
  readonly kind: string;
  readonly store: Store;
}

/** @throws what `fromData` and `open` throw, with a stable code; nothing has changed anywhere */
export async function openBytes(bytes: Uint8Array): Promise<Opened> {
  if (isFileImage(bytes)) {
    return { kind: 'a store file of Node', store: await Store.open(fileImage(bytes), { readOnly: true }) };
  }
  if (isFlashImage(bytes)) {
    return {
      kind: 'a flash image',
      store: await Store.open(flashLog(memoryFlash(bytes)), { readOnly: true }),
    };
  }
  if (isText(bytes)) {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { kind: 'text: JSON or JSON Lines', store: Store.fromData(text) };
  }
  return { kind: 'the bytes of toData()', store: Store.fromData(bytes) };
}

/** Data begins with a byte that is not text, and so does every image: text begins with a brace or a space. */
function isText(bytes: Uint8Array): boolean {
  const [first] = bytes;
  if (first === undefined) throw new IsokvError('INVALID_DATA', 'the file is empty');
  return first === 0x7b || first === 0xef || first <= 0x20;
}

/** Pages of the usual size, of which one at least begins as flash pages do. */
function isFlashImage(bytes: Uint8Array): boolean {
  if (bytes.length === 0 || bytes.length % PAGE_BYTES !== 0) return false;
  for (let start = 0; start < bytes.length; start += PAGE_BYTES) {
    if (FLASH_MAGIC.every((byte, at) => bytes[start + at] === byte)) return true;
  }
  return false;
}
