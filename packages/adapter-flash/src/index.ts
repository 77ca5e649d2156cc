export { type EspruinoArea, type EspruinoFlash, espruinoFlash } from './device/espruino-flash.ts';
export type { FlashDevice } from './device/flash-device.ts';
export { blankImage, type MemoryFlashOptions, memoryFlash } from './devices/memory-flash.ts';
export { type FlashLogOptions, flashLog } from './flash-log.ts';
