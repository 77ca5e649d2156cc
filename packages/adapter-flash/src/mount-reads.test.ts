/** What a mount reads: bytes counted, nothing timed. */
import { expect, it } from 'vitest';
import { open } from '../test/whole.ts';
import type { FlashDevice } from './device/flash-device.ts';
import { memoryFlash } from './devices/memory-flash.ts';

const HEADER_BYTES = 32;
const SUMMARY_BYTES = 12;
const ITEM_BYTES = 4;

/** Fills all pages but two with entries. @returns how many bytes a mount reads then, how many it may, and in how many calls */
function readsOfMount(pageCount: number, pageSize: number): { read: number; limit: number; calls: number } {
  const device = memoryFlash(new Uint8Array(pageCount * pageSize).fill(0xff), { pageSize });
  let begun = 0;
  let read = 0;
  let calls = 0;
  const counted: FlashDevice = {
    ...device,
    read(address, length) {
      read += length;
      calls++;
      return device.read(address, length);
    },
    erase(page) {
      begun++;
      device.erase(page);
    },
  };
  const store = open(counted);
  let items = 0;
  for (; begun < pageCount - 2; items++) store.set(`key ${items}`, 'x'.repeat(24));
  read = 0;
  calls = 0;
  open(counted);
  const summary = SUMMARY_BYTES + (ITEM_BYTES * items) / (pageCount - 2);
  return { read, calls, limit: 2 * (HEADER_BYTES + summary) * pageCount };
}

it.each([
  { pageCount: 10, pageSize: 4096 },
  { pageCount: 2048, pageSize: 512 },
])(
  'a mount of $pageCount full pages reads at most twice a header and a summary a page',
  ({ pageCount, pageSize }) => {
    const { read, limit, calls } = readsOfMount(pageCount, pageSize);
    expect(read).toBeGreaterThan(HEADER_BYTES * pageCount);
    expect(read).toBeLessThanOrEqual(limit);
    // The head takes some more: its tail is read in pieces.
    expect(calls).toBeLessThanOrEqual(5 * pageCount);
  },
);
