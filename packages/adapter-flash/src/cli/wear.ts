import type { FlashMap, FlashPage } from '../image/flash-map.ts';

/**
 * How often a page was erased: counted by the device, or, for an image does not say, about: pages are used in turn, so
 * it is how many turns of the ring the page's sequence makes. 0 where nothing tells.
 */
export function wearOf(
  { erases, sequence = 0 }: FlashPage,
  { pageCount }: FlashMap,
): { erases: number; isCounted: boolean } {
  return { erases: erases ?? Math.ceil(sequence / pageCount), isCounted: erases !== undefined };
}

/** In words, with a ~ where it is not counted. */
export function wearText(page: FlashPage, map: FlashMap): string {
  const { erases, isCounted } = wearOf(page, map);
  return isCounted ? `${erases}` : erases === 0 ? '' : `~${erases}`;
}
