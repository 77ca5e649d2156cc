/** What the device's script exports. */
export type {
  DeviceChange,
  DeviceNamespace,
  DeviceStats,
  DeviceStore,
  OpenOptions,
} from './open.ts';
export { open } from './open.ts';
