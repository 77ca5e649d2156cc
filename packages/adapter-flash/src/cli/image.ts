/** An image in a file, as the commands look at it: nothing of it changes. */
import { msgpack } from '@isokv/codec-msgpack';
import { type Codec, IsokvError, Store } from '@isokv/core';
import type { FlashDevice } from '../device/flash-device.ts';
import { memoryFlash } from '../devices/memory-flash.ts';
import { flashLog } from '../flash-log.ts';
import { geometryOf } from '../image/geometry.ts';
import { readInput } from './input-file.ts';
import type { Options } from './options.ts';

export const codecs: readonly Codec[] = [msgpack];

/** @throws MISSING, IO, INVALID_OPTION, NOT_ISOKV when nothing says how large its pages are */
export function readImage(path: string, { 'page-size': pageSize, unit }: Options): FlashDevice {
  const bytes = readInput(path);
  const found = geometryOf(bytes);
  if (!found && (pageSize === undefined || unit === undefined)) {
    const hint = 'give --page-size and --unit if it is a blank one';
    throw new IsokvError('NOT_ISOKV', `${path} has no page of isokv: ${hint}`);
  }
  const geometry = { ...found, ...(pageSize && { pageSize }), ...(unit && { programUnit: unit }) };
  const bytesOfPage = geometry.pageSize ?? 0;
  if (bytes.length % bytesOfPage !== 0) {
    const what = `${bytes.length} bytes, which are no whole pages of ${bytesOfPage}`;
    throw new IsokvError('CORRUPT', `${path} has ${what}: it was cut short, or --page-size is another`);
  }
  return memoryFlash(bytes, geometry);
}

/** The store on a device in memory; an empty one when that is blank. @throws CORRUPT, NOT_ISOKV, UNKNOWN_CODEC */
export function openStore(device: FlashDevice): Promise<Store> {
  return Store.open(flashLog(device), { codecs: [...codecs] });
}
