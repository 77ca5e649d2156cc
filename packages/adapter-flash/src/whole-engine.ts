/** All that the scripts beside the core add, for runtimes that have room for it. */
import { addTo as addCrc32 } from './device/crc32.ts';
import { addTo as addLarge } from './device/large.ts';
import { addTo as addSummary } from './device/summary.ts';
import { addTo as addUtf8 } from './device/utf8.ts';

/** Lets the engine read and write whatever the format has, but for what is of the device face only. */
export function addAll(): void {
  for (const addTo of [addCrc32, addLarge, addSummary, addUtf8]) addTo(undefined);
}
