/**
 * The first 4096 bytes of a file; the log follows them.
 *
 *        0  magic    89 'isokvf' 0D 0A 1A 0A   catches text-mode damage, as PNG's does
 *       11  version  u8, 1: of this layout; the log's own format has its own
 *       12  secret   16 B, random: the file's lock is named after it; then the CRC-32 of all before, u32le
 *      512  slot A   settled u64le, then the CRC-32 of these eight bytes, u32le
 *     1024  slot B   the same
 *     1536  owner    who writes: epoch u64le, 4 B random, then the CRC-32 of these, u32le; zeros until somebody does
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
/** Of the secret. */
const SECRET_AT = VERSION_AT + 1;
export const SECRET_BYTES = 16;
const CHECK_AT = SECRET_AT + SECRET_BYTES;
const HEAD_BYTES = CHECK_AT + 4;
/** Where the owner is. */
export const OWNER_AT = 1536;
export const OWNER_BYTES = 16;
/** The first byte of a finished superblock: written last. */
export const FINISHED: Uint8Array = Uint8Array.of(MAGIC[0]);

/** What each slot holds; undefined for one that is damaged. */
export type Slots = [number | undefined, number | undefined];

export function writeSuperblock(
  settled: number,
  secret: Uint8Array = new Uint8Array(SECRET_BYTES),
  owner: Uint8Array = new Uint8Array(OWNER_BYTES),
): Uint8Array {
  const bytes = new Uint8Array(LOG_START);
  bytes.set(MAGIC);
  bytes[VERSION_AT] = LAYOUT_VERSION;
  bytes.set(secret, SECRET_AT);
  putCheck(bytes, 0, CHECK_AT);
  bytes.set(owner, OWNER_AT);
  for (const at of SLOTS_AT) bytes.set(writeSlot(settled), at);
  return bytes;
}

/** What a new file begins with until it is durable. */
export function writeUnfinished(secret?: Uint8Array): Uint8Array {
  const bytes = writeSuperblock(LOG_START, secret);
  bytes[0] = 0;
  return bytes;
}

export function writeSlot(settled: number): Uint8Array {
  const bytes = new Uint8Array(SLOT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(settled), true);
  putCheck(bytes, 0, 8);
  return bytes;
}

/** The owner after `before`, told from any other by four random bytes. */
export function writeOwner(before: Uint8Array, random: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(OWNER_BYTES);
  const epoch = isOwner(before) ? new DataView(before.buffer, before.byteOffset).getBigUint64(0, true) : 0n;
  new DataView(bytes.buffer).setBigUint64(0, epoch + 1n, true);
  bytes.set(random.subarray(0, 4), 8);
  putCheck(bytes, 0, 12);
  return bytes;
}

/** Whether these are the bytes of an owner, or of none yet. */
export function isOwner(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0) || isChecked(bytes, 0, OWNER_BYTES - 4);
}

/** What the lock of a file is named after, and who writes to it, whole or not: as they stand there. */
export function secretOf(head: Uint8Array): Uint8Array {
  return head.slice(SECRET_AT, CHECK_AT);
}

export function ownerOf(head: Uint8Array): Uint8Array {
  const owner = new Uint8Array(OWNER_BYTES);
  owner.set(head.subarray(OWNER_AT, OWNER_AT + OWNER_BYTES));
  return owner;
}

/** Whether the creation of this file was never finished. `head`: its first 4096 bytes, or all if it has fewer. */
export function isUnfinished(head: Uint8Array, fileBytes: number): boolean {
  if (fileBytes > LOG_START) return false;
  const unfinished = writeUnfinished();
  const mayBe = (byte: number, at: number): boolean => byte === unfinished[at] || isRandom(at);
  // The first byte, when all else is there, may be anything: it was being written.
  if (head.length === LOG_START && head.every((byte, at) => at === 0 || mayBe(byte, at))) {
    return head[0] !== MAGIC[0];
  }
  return head.every((byte, at) => byte === 0 || mayBe(byte, at));
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
  if (!isChecked(head, 0, CHECK_AT)) throw damaged(`the secret of ${path} is damaged`, SECRET_AT);
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
  const whole = isChecked(head, at, 8);
  return whole && settled >= LOG_START && Number.isSafeInteger(settled) ? settled : undefined;
}

function hasMeaning(at: number): boolean {
  return (
    at < HEAD_BYTES || isOwnerByte(at) || SLOTS_AT.some((slotAt) => at >= slotAt && at < slotAt + SLOT_BYTES)
  );
}

/** Which bytes of a file are its own. */
function isRandom(at: number): boolean {
  return (at >= SECRET_AT && at < HEAD_BYTES) || isOwnerByte(at);
}

function isOwnerByte(at: number): boolean {
  return at >= OWNER_AT && at < OWNER_AT + OWNER_BYTES;
}

/** Puts the CRC-32 of `length` bytes from `at` on behind them. */
function putCheck(bytes: Uint8Array, at: number, length: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(at + length, crc32(bytes.subarray(at, at + length), 0), true);
}

function isChecked(bytes: Uint8Array, at: number, length: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return view.getUint32(at + length, true) === crc32(bytes.subarray(at, at + length), 0);
}

function damaged(message: string, offset: number): IsokvError {
  return new IsokvError('CORRUPT', `${message}: nothing was changed; restore a backup, or salvage`, {
    offset,
  });
}
