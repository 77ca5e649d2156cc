export { type EspruinoArea, type EspruinoFlash, espruinoFlash } from './device/espruino-flash.ts';
export type { FlashDevice } from './device/flash-device.ts';
export type {
  DeviceChange,
  DeviceNamespace,
  DeviceStats,
  DeviceStore,
  OpenOptions,
} from './device/open.ts';
export { blankImage, type MemoryFlashOptions, memoryFlash } from './devices/memory-flash.ts';
export { type FlashLogOptions, flashLog } from './flash-log.ts';
export type { FlashEntry, FlashMap, FlashPage, FlashRecord, Span, Use } from './image/flash-map.ts';
export { type InspectFlashOptions, inspectFlash } from './image/inspect-flash.ts';
