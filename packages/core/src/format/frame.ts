/**
 * Frames: checksummed bytes on a medium. docs/FORMAT.md is the final word.
 *
 *     0        1       2              6                6 + length
 *     +--------+-------+--------------+----------------+-----------+
 *     | marker | flags | length u32le | payload        | crc u32le |
 *     +--------+-------+--------------+----------------+-----------+
 *
 * A frame is valid if and only if its marker is 0xF5, its reserved flag bit is 0, its length is at most
 * 1 MiB, and its crc is the CRC-32 of flags, length and payload continued from the crc of the frame before
 * (0 for the first). So a dropped, reordered or stale frame does not validate. A marker of 0x00
 * (preallocated) or 0xFF (erased) is the end of the log.
 */
import { type Crc32, crc32 } from '../bytes/crc32.ts';
import { getU32, putU32 } from '../bytes/writer.ts';

/** Never occurs in UTF-8. */
export const MARKER = 0xf5;
export const FRAME_HEAD_BYTES = 6;
const FRAME_TAIL_BYTES = 4;
export const FRAME_BYTES: number = FRAME_HEAD_BYTES + FRAME_TAIL_BYTES;
/** A longer payload is split over several frames. */
export const MAX_PAYLOAD_BYTES: number = 1024 * 1024;

/** What a frame is part of: the low bits of its flags. */
export const KIND = { commit: 0, header: 1, block: 2, runEnd: 3 } as const;
export type Kind = (typeof KIND)[keyof typeof KIND];
const KIND_MASK = 0x07;
/** The last frame of a message: without it a commit (or block) that was split does not count. */
export const END = 0x08;
/** The first frame of a flight: all before it had been acknowledged when it was written. */
export const FLIGHT = 0x10;
/** The payload is sealed by the store's cipher. */
export const SEALED = 0x20;
/** Goes on with the message of the frame before: a reader that begins here has missed its beginning. */
export const CONTINUES = 0x40;
const RESERVED = 0x80;

export function kindOf(flags: number): Kind {
  return (flags & KIND_MASK) as Kind;
}

/** The state of a chain of frames: what the next frame's checksum continues from. */
export interface Chain {
  seed: number;
  readonly crc32: Crc32;
}

/** Below this many bytes the tables beat a call into a runtime's own CRC. */
const NATIVE_FROM_BYTES = 512;

/** A chain from the start of a log, or from where it has come to `seed`. `native` is the runtime's own CRC-32 if it has one. */
export function startChain(native?: Crc32, seed = 0): Chain {
  if (!native) return { seed, crc32 };
  return {
    seed,
    crc32: (bytes, from) => (bytes.length < NATIVE_FROM_BYTES ? crc32 : native)(bytes, from),
  };
}

/** How many bytes the frames of a payload take. */
export function framedBytes(payloadBytes: number): number {
  return payloadBytes + FRAME_BYTES * Math.max(1, Math.ceil(payloadBytes / MAX_PAYLOAD_BYTES));
}

/** Writes one frame at `at` of `target`, continuing `chain`. @returns where the next frame goes */
export function putFrame(
  target: Uint8Array,
  at: number,
  flags: number,
  payload: Uint8Array,
  chain: Chain,
): number {
  const end = at + FRAME_HEAD_BYTES + payload.length;
  target[at] = MARKER;
  target[at + 1] = flags;
  putU32(target, at + 2, payload.length);
  target.set(payload, at + FRAME_HEAD_BYTES);
  chain.seed = chain.crc32(target.subarray(at + 1, end), chain.seed);
  putU32(target, end, chain.seed);
  return end + FRAME_TAIL_BYTES;
}

export const FRAME_OK = 'ok';
/** The bytes end before the frame does. */
export const FRAME_CUT = 'cut';
/** The end of the log: a byte that was never written. */
export const FRAME_BLANK = 'blank';
/** Not a frame, or not the one that follows. */
export const FRAME_BAD = 'bad';
export type FrameStatus = typeof FRAME_OK | typeof FRAME_CUT | typeof FRAME_BLANK | typeof FRAME_BAD;

/** A frame as it was found; one object serves a whole scan. */
export interface FrameView {
  flags: number;
  payloadStart: number;
  payloadEnd: number;
  /** Where the next frame begins. */
  next: number;
}

export function emptyFrameView(): FrameView {
  return { flags: 0, payloadStart: 0, payloadEnd: 0, next: 0 };
}

/** Looks for a frame at `at`. On FRAME_OK `view` describes it and `chain` has moved past it. */
export function readFrame(bytes: Uint8Array, at: number, chain: Chain, view: FrameView): FrameStatus {
  const rest = bytes.length - at;
  if (rest < 1) return FRAME_CUT;
  const marker = bytes[at] as number;
  if (marker !== MARKER) return marker === 0x00 || marker === 0xff ? FRAME_BLANK : FRAME_BAD;
  if (rest < FRAME_HEAD_BYTES) return FRAME_CUT;
  const flags = bytes[at + 1] as number;
  const length = getU32(bytes, at + 2);
  if (!isPossible(flags, length)) return FRAME_BAD;
  if (rest < FRAME_BYTES + length) return FRAME_CUT;
  const end = at + FRAME_HEAD_BYTES + length;
  const crc = chain.crc32(bytes.subarray(at + 1, end), chain.seed);
  if (crc !== getU32(bytes, end)) return FRAME_BAD;
  chain.seed = crc;
  view.flags = flags;
  view.payloadStart = at + FRAME_HEAD_BYTES;
  view.payloadEnd = end;
  view.next = end + FRAME_TAIL_BYTES;
  return FRAME_OK;
}

/** Whether a frame may have these flags and this length. */
export function isPossible(flags: number, length: number): boolean {
  return (flags & RESERVED) === 0 && kindOf(flags) <= KIND.runEnd && length <= MAX_PAYLOAD_BYTES;
}

/** Without what was never written at the end (preallocated zeros, erased 0xFF). */
export function trimBlank(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  // There may be a megabyte of them: four at a time.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  while (end >= 4 && view.getUint32(end - 4) === 0) end -= 4;
  while (end > 0 && bytes[end - 1] === 0) end--;
  if (end === bytes.length) while (end > 0 && bytes[end - 1] === 0xff) end--;
  return bytes.subarray(0, end);
}
