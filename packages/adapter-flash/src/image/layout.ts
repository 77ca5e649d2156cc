/**
 * What stands in a page, as docs/FLASH.md has it. This reader is one of its own, apart from the engine's in
 * `../device`: it goes on after damage, it is the one to look at bytes with, and the two check each other.
 */
import { crc32 } from '@isokv/core';

export const HEADER_BYTES = 32;
const SUMMARY_BYTES = 12;
/** "ikF" and the version; the low half of that byte is the program unit less one. */
const MAGIC = 0x10466b69;

const KINDS = ['commit', 'first', 'part', 'last', 'copy', 'retirement'] as const;
export type RecordKind = (typeof KINDS)[number];

/** A page as it was read. */
export interface PageBytes {
  readonly bytes: Uint8Array;
  readonly unit: number;
}

export interface PageHeader {
  readonly seq: number;
  /** The last commit before the page. */
  readonly commit: number;
  readonly isSole: boolean;
  readonly isInside: boolean;
  readonly isSealed: boolean;
  readonly oldest: number;
  /** Where the records of the page before end, and the sum of the last of them. */
  readonly end: number;
  readonly sum: number;
}

export interface FoundRecord {
  readonly kind: RecordKind;
  /** The low five bits of the number of its commit. */
  readonly commitBits: number;
  readonly start: number;
  /** Its changes begin four bytes after its start. */
  readonly changesEnd: number;
  /** Where the next one begins. */
  readonly end: number;
}

/** @returns the header, if it is valid. One of sequence 0 says that its page is spare. */
export function readHeader({ bytes, unit }: PageBytes): PageHeader | undefined {
  const view = viewOf(bytes);
  const isOurs =
    view.getUint32(0, true) === MAGIC + (unit - 1) * 0x1000000 &&
    crc32(bytes.subarray(0, HEADER_BYTES - 4), 0) === view.getUint32(HEADER_BYTES - 4, true);
  const seq = view.getUint32(4, true);
  if (!isOurs) return undefined;
  const flags = view.getUint16(14, true);
  return {
    seq,
    commit: view.getUint32(8, true) + view.getUint16(12, true) * 2 ** 32,
    isSole: (flags & 1) !== 0,
    isInside: (flags & 2) !== 0,
    isSealed: (flags & 4) !== 0,
    oldest: view.getUint32(16, true),
    end: view.getUint32(20, true),
    sum: view.getUint32(24, true),
  };
}

/** Whether what stands there may be a header that was cut: its magic lacks none of its bits. */
export function mayBecomeHeader(bytes: Uint8Array, unit: number): boolean {
  return (~viewOf(bytes).getUint32(0, true) & (MAGIC + (unit - 1) * 0x1000000)) === 0;
}

/** The program unit that a valid header is of. */
export function unitOf(bytes: Uint8Array): 4 | 8 | 16 | undefined {
  return ([4, 8, 16] as const).find((unit) => readHeader({ bytes, unit }) !== undefined);
}

/**
 * @param sum what the page after vouches that the record's sum is, if it ends at `limit`; 0 for nothing
 * @returns the record at `start` of page `seq`, if it is valid
 */
export function readRecord(
  { bytes, unit }: PageBytes,
  seq: number,
  start: number,
  limit: number,
  sum = 0,
): FoundRecord | undefined {
  // A header may name an end beyond the page: of an image whose pages are larger than it is said they are.
  const most = Math.min(limit, bytes.length);
  if (start + 4 > most) return undefined;
  const view = viewOf(bytes);
  const changesEnd = start + 4 + view.getUint16(start, true);
  const bodyEnd = start + aligned(changesEnd - start, unit);
  const end = bodyEnd + unit;
  const [a = 0, b = 0, c = 0, check = 0] = bytes.subarray(start, start + 4);
  const kind = KINDS[c & 7];
  if (end > most || check !== ((a + 3 * b + 5 * c + 165) & 255) || !kind) return undefined;
  const stored = sum !== 0 && end === limit ? sum : view.getUint32(bodyEnd, true);
  if (stored !== boundSum(bytes.subarray(start, bodyEnd), seq)) return undefined;
  return { kind, commitBits: c >> 3, start, changesEnd, end };
}

/** What a mark of retirement names, whole or not. */
export function retiredBy({ bytes }: PageBytes, start: number): number {
  return viewOf(bytes).getUint32(start + 4, true);
}

/** Whether something that may have been a mark of retirement stands there: its sum is not looked at. */
export function looksRetiring({ bytes }: PageBytes, start: number): boolean {
  const [a = 0, b = 0, c = 0, check = 0] = bytes.subarray(start, start + 4);
  const isThere = start + 8 <= bytes.length && check === ((a + 3 * b + 5 * c + 165) & 255);
  return isThere && KINDS[c & 7] === 'retirement';
}

/** Where the summary of a page begins, if its sum is right. */
export function summaryStart({ bytes, unit }: PageBytes, seq: number): number | undefined {
  const view = viewOf(bytes);
  const at = bytes.length - SUMMARY_BYTES;
  const count = view.getUint16(at, true);
  const start = bytes.length - aligned(4 * count + SUMMARY_BYTES, unit);
  if (start < HEADER_BYTES || view.getUint16(at + 2, true) > count) return undefined;
  const sum = boundSum(bytes.subarray(start, bytes.length - 4), seq);
  return view.getUint32(bytes.length - 4, true) === sum ? start : undefined;
}

/** Bound to the page, so that nothing an earlier life of it left can pass; never looks blank. */
function boundSum(bytes: Uint8Array, seq: number): number {
  const sum = (crc32(bytes, 0) ^ seq) >>> 0;
  return sum === 0xffffffff ? 0 : sum;
}

function aligned(bytes: number, unit: number): number {
  return Math.ceil(bytes / unit) * unit;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
