import { Store } from '@isokv/core';
import { blankImage, memoryFlash } from '../devices/memory-flash.ts';
import { flashLog } from '../flash-log.ts';
import { codecs } from './image.ts';

/**
 * An image that holds what `from` does. `onPage` is told of every page that is begun.
 * @throws ENOSPC, INVALID_KEY
 */
export async function buildImage(
  from: Store,
  { pageSize, pageCount, programUnit }: { pageSize: number; pageCount: number; programUnit: 4 | 8 | 16 },
  onPage: (page: number) => void,
): Promise<{ image: Uint8Array; used: number }> {
  const image = blankImage(pageCount, pageSize);
  const device = memoryFlash(image, { pageSize, programUnit });
  let used = 0;
  const watched = {
    ...device,
    erase(page: number) {
      device.erase(page);
      onPage(++used);
    },
  };
  const store = await Store.open(flashLog(watched), { codecs: [...codecs] });
  await store.load(from.toData(), { mode: 'merge' });
  await store.close();
  return { image, used };
}
