/**
 * The first 4096 bytes of a file; the log follows them.
 *
 *        0  magic    89 'isokvf' 0D 0A 1A 0A   catches text-mode damage, as PNG's does
 *       11  version  u8, 1: of this layout; the log's own format has its own
 *      512  slot A   settled u64le, then the CRC-32 of these eight bytes, u32le
 *     1024  slot B   the same
 *     the rest is zero
 *
 * Settled: the file's bytes before this offset were durable once, at a clean close or when a compaction wrote
 * them. It is a lower bound, so that nothing need be written when a file is opened. The larger of the two counts,
 * and a close overwrites the smaller; each has a sector of its own. So a close that is torn spoils one at most.
 * A superblock is valid if and only if the magic and the version are these, a slot at least is valid, and what
 * is to be zero is zero.
 *
 * A new file gets all this with a first byte of 00, which becomes 89 when the rest is durable. So a file that
 * begins with 89 and ends early has been cut, and one in whose first 4096 bytes is nothing but what creation
 * writes, or zeros in its place, and nothing after them, was never finished and holds nothing. Nor was one that
 * has all of it but another first byte.
 */
import { crc32, IsokvError } from '@isokv/core';

/** Where the log begins. */
export const LOG_START = 4096;
const LAYOUT_VERSION = 1;
const MAGIC = [0x89, 0x69, 0x73, 0x6f, 0x6b, 0x76, 0x66, 0x0d, 0x0a, 0x1a, 0x0a] as const;
const VERSION_AT = MAGIC.length;
export const SLOT_BYTES = 12;
/** Where the slots are. */
export const SLOTS_AT = [512, 1024] as const;
/** The first byte of a finished superblock: written last. */
export const FINISHED: Uint8Array = Uint8Array.of(MAGIC[0]);

/** What each slot holds; undefined for one that is damaged. */
export type Slots = [number | undefined, number | undefined];

export function writeSuperblock(settled: number): Uint8Array {
  const bytes = new Uint8Array(LOG_START);
  bytes.set(MAGIC);
  bytes[VERSION_AT] = LAYOUT_VERSION;
  for (const at of SLOTS_AT) bytes.set(writeSlot(settled), at);
  return bytes;
}

/** What a new file begins with until it is durable. */
export function writeUnfinished(): Uint8Array {
  const bytes = writeSuperblock(LOG_START);
  bytes[0] = 0;
  return bytes;
}

export function writeSlot(settled: number): Uint8Array {
  const bytes = new Uint8Array(SLOT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(settled), true);
  view.setUint32(8, crc32(bytes.subarray(0, 8), 0), true);
  return bytes;
}

/** Whether the creation of this file was never finished. `head`: its first 4096 bytes, or all if it has fewer. */
export function isUnfinished(head: Uint8Array, fileBytes: number): boolean {
  if (fileBytes > LOG_START) return false;
  const unfinished = writeUnfinished();
  // The first byte, when all else is there, may be anything: it was being written.
  if (head.length === LOG_START && head.every((byte, at) => at === 0 || byte === unfinished[at])) {
    return head[0] !== MAGIC[0];
  }
  return head.every((byte, at) => byte === 0 || byte === unfinished[at]);
}

/**
 * Whether these bytes, as far as they go, begin as a superblock of any version does; with `least`, whether so many
 * bytes of the magic are right.
 */
export function hasMagic(head: Uint8Array, least: number = MAGIC.length): boolean {
  const right = MAGIC.filter((byte, at) => at >= head.length || head[at] === byte).length;
  return head.length > 0 && right >= least;
}

/** @throws NOT_ISOKV, UNKNOWN_VERSION, CORRUPT */
export function parseSuperblock(head: Uint8Array, path: string): Slots {
  if (!hasMagic(head)) throw notIsokv(path);
  const version = head[VERSION_AT];
  if (version !== undefined && version !== LAYOUT_VERSION) {
    throw new IsokvError(
      'UNKNOWN_VERSION',
      `${path} has file layout version ${version}; this release reads version ${LAYOUT_VERSION}: open it with a newer isokv`,
    );
  }
  if (head.length < LOG_START) throw damaged(`${path} is cut short after ${head.length} bytes`, head.length);
  const slots: Slots = [parseSlot(head, SLOTS_AT[0]), parseSlot(head, SLOTS_AT[1])];
  if (slots[0] === undefined && slots[1] === undefined) {
    throw damaged(`both state slots of ${path} are damaged`, SLOTS_AT[0]);
  }
  const stray = head.findIndex((byte, at) => byte !== 0 && !hasMeaning(at));
  if (stray !== -1)
    throw damaged(`${path} has a byte that is not zero in the padding of its superblock`, stray);
  return slots;
}

export function notIsokv(path: string): IsokvError {
  return new IsokvError('NOT_ISOKV', `${path} is not an isokv store: nothing was changed; give another path`);
}

function parseSlot(head: Uint8Array, at: number): number | undefined {
  const view = new DataView(head.buffer, head.byteOffset + at, SLOT_BYTES);
  const settled = Number(view.getBigUint64(0, true));
  const whole = view.getUint32(8, true) === crc32(head.subarray(at, at + 8), 0);
  return whole && settled >= LOG_START && Number.isSafeInteger(settled) ? settled : undefined;
}

function hasMeaning(at: number): boolean {
  return at <= VERSION_AT || SLOTS_AT.some((slotAt) => at >= slotAt && at < slotAt + SLOT_BYTES);
}

function damaged(message: string, offset: number): IsokvError {
  return new IsokvError('CORRUPT', `${message}: nothing was changed; restore a backup, or salvage`, {
    offset,
  });
}
