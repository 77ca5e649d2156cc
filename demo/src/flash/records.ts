/** The framing of a flash page, as docs/FLASH.md has it: only what a picture of it needs. */
import { crc32 } from '@isokv/core';

/** "ikF"; the low half of the byte after it is the program unit less one. */
const MAGIC = [0x69, 0x6b, 0x46];
const HEADER_BYTES = 32;
const SUMMARY_BYTES = 12;
const RETIRE = 5;

export interface PageHeader {
  /** 0 where there is no header. */
  readonly seq: number;
  /** The oldest page that counted when this one was begun. */
  readonly oldest: number;
}

export function headerOf(bytes: Uint8Array, unit: number): PageHeader {
  const isOurs =
    MAGIC.every((byte, at) => bytes[at] === byte) &&
    ((bytes[3] ?? 0) & 15) === unit - 1 &&
    crc32(bytes.subarray(0, HEADER_BYTES - 4), 0) === u32(bytes, HEADER_BYTES - 4);
  return isOurs ? { seq: u32(bytes, 4), oldest: u32(bytes, 16) } : { seq: 0, oldest: 0 };
}

export interface FlashRecord {
  readonly start: number;
  /** Where the next one begins. */
  readonly end: number;
  /** Its changes begin four bytes after its start. */
  readonly changesEnd: number;
  /** The newest page that a mark of retirement lets go. */
  readonly retires: number | undefined;
}

/** The record at `start` of page `seq`, if it is whole. */
export function recordAt(
  bytes: Uint8Array,
  start: number,
  seq: number,
  unit: number,
): FlashRecord | undefined {
  if (start + 8 > bytes.length) return undefined;
  const length = (bytes[start] ?? 0) | ((bytes[start + 1] ?? 0) << 8);
  const bodyEnd = start + Math.ceil((4 + length) / unit) * unit;
  const end = bodyEnd + unit;
  if (end > bytes.length) return undefined;
  const sum = (crc32(bytes.subarray(start, bodyEnd), 0) ^ seq) >>> 0;
  if (u32(bytes, bodyEnd) !== (sum === 0xffffffff ? 0 : sum)) return undefined;
  const isRetirement = ((bytes[start + 2] ?? 0) & 7) === RETIRE;
  return {
    start,
    end,
    changesEnd: start + 4 + length,
    retires: isRetirement ? u32(bytes, start + 4) : undefined,
  };
}

/** Where the summary at the end of a full page begins; the end of the page where there is none. */
export function summaryStart(bytes: Uint8Array): number {
  const at = bytes.length - SUMMARY_BYTES;
  if (bytes.subarray(at).every((byte) => byte === 0xff)) return bytes.length;
  const count = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
  return Math.max(HEADER_BYTES, at - 4 * count);
}

function u32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
}
