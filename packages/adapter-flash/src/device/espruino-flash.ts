/** The flash of an Espruino board. */
import { fail } from './error.ts';
import type { FlashDevice } from './flash-device.ts';

/** What `require("Flash")` gives. */
export interface EspruinoFlash {
  read(length: number, address: number): Uint8Array;
  write(bytes: Uint8Array, address: number): void;
  erasePage(address: number): void;
  getPage(address: number): { addr: number; length: number } | undefined;
}

/** A stretch of it, such as one of `require("Flash").getFree()`. */
export interface EspruinoArea {
  addr: number;
  length: number;
}

/**
 * The pages of a free area, as a device.
 *
 *     var flash = require('Flash');
 *     var device = espruinoFlash(flash, flash.getFree()[0], 4, E.CRC32);
 *
 * `programUnit`: 4 on nRF52, ESP32 and SPI flash, 8 on STM32L4 and G4, 16 on STM32H5 and U5.
 */
export function espruinoFlash(
  flash: EspruinoFlash,
  area: EspruinoArea,
  programUnit: 4 | 8 | 16,
  crc32?: (bytes: Uint8Array) => number,
): FlashDevice {
  var page = flash.getPage(area.addr);
  if (!page || page.addr !== area.addr) fail('INVALID_OPTION', 'an area begins with a page of the flash');
  var pageSize = page.length;
  var device: FlashDevice = {
    pageSize: pageSize,
    pageCount: Math.floor(area.length / pageSize),
    programUnit: programUnit,
    read: function (address, length) {
      return flash.read(length, area.addr + address);
    },
    program: function (address, bytes) {
      flash.write(bytes, area.addr + address);
    },
    erase: function (index) {
      flash.erasePage(area.addr + index * pageSize);
    },
  };
  if (crc32) device.crc32 = crc32;
  return device;
}
