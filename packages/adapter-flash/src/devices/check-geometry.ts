import { IsokvError } from '@isokv/core';
import type { FlashDevice } from '../device/flash-device.ts';

type Geometry = Pick<FlashDevice, 'pageSize' | 'pageCount' | 'programUnit'>;

/** @throws INVALID_OPTION for pages that no flash has: what is read or written by them would be damage */
export function checkGeometry({ pageSize, pageCount, programUnit }: Geometry): void {
  if (!(pageSize >= 256 && pageSize <= 65_536 && pageSize % 16 === 0))
    throw new IsokvError(
      'INVALID_OPTION',
      `pages have 256 to 65,536 bytes, a multiple of 16, not ${pageSize}`,
    );
  if (!(pageCount >= 3 && pageCount <= 65_535 && pageCount % 1 === 0))
    throw new IsokvError(
      'INVALID_OPTION',
      `a flash has 3 to 65,535 whole pages, not ${pageCount} of ${pageSize} bytes: it was cut short, or its pages have another size`,
    );
  if (![4, 8, 16].includes(programUnit))
    throw new IsokvError('INVALID_OPTION', `a program unit has 4, 8 or 16 bytes, not ${programUnit}`);
}
