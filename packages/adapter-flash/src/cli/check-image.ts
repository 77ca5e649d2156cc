import { type Damage, IsokvError } from '@isokv/core';
import type { FlashDevice } from '../device/flash-device.ts';
import { inspectFlash } from '../image/inspect-flash.ts';
import { openStore } from './image.ts';

export interface Check {
  readonly damage: readonly Damage[];
  /** What a sound image has, in words. */
  readonly summary: string;
}

/** Reads an image in two ways, as a map and as a store with all its values. @throws NOT_ISOKV, UNKNOWN_CODEC */
export async function checkImage(device: FlashDevice): Promise<Check> {
  const { damage, pages } = inspectFlash(device);
  if (damage.length > 0) return { damage, summary: '' };
  try {
    const store = await openStore(device);
    await store.verify();
    const live = pages.filter(({ state }) => state === 'live' || state === 'head').length;
    const { entries, seq } = store.stats();
    return { damage, summary: `sound: ${entries} entries, ${live} of ${pages.length} pages, commit ${seq}` };
  } catch (error) {
    if (!(error instanceof IsokvError) || error.code !== 'CORRUPT') throw error;
    const { message, offset = 0 } = error;
    return { damage: error.damage ?? [{ offset, bytes: 0, message }], summary: '' };
  }
}
