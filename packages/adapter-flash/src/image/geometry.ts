/** How large the pages and units of an image are, by the headers in it. */
import { HEADER_BYTES, unitOf } from './layout.ts';

export interface ImageGeometry {
  readonly pageSize: number;
  readonly programUnit: 4 | 8 | 16;
}

const USUAL_PAGE_BYTES = 4096;
const MIN_PAGE_BYTES = 256;
const MAX_PAGE_BYTES = 65_536;
const MIN_PAGES = 3;

/**
 * The geometry that the valid page headers of an image tell: pages of the largest power of two bytes that all of them
 * begin at, or of 4096 when only the first page has one.
 * @returns undefined when there is no header in it
 */
export function geometryOf(image: Uint8Array): ImageGeometry | undefined {
  let programUnit: ImageGeometry['programUnit'] | undefined;
  let places = 0;
  for (let at = 0; at + HEADER_BYTES <= image.length; at += MIN_PAGE_BYTES) {
    const unit = unitOf(image.subarray(at, at + HEADER_BYTES));
    programUnit ??= unit;
    if (unit) places |= at;
  }
  if (!programUnit) return undefined;
  const limit = Math.min(MAX_PAGE_BYTES, image.length / MIN_PAGES);
  let pageSize = places === 0 ? USUAL_PAGE_BYTES : MAX_PAGE_BYTES;
  while (pageSize > MIN_PAGE_BYTES && (pageSize > limit || places % pageSize !== 0)) pageSize /= 2;
  return { pageSize, programUnit };
}
