/**
 * Where validation goes on after damage. No state is needed for it: a frame names its own seed, the checksum
 * of the frame before it, which stands in the four bytes before it.
 */
import type { Crc32 } from '../bytes/crc32.ts';
import { getU32 } from '../bytes/writer.ts';
import {
  CONTINUES,
  emptyFrameView,
  FLIGHT,
  FRAME_BYTES,
  FRAME_HEAD_BYTES,
  FRAME_OK,
  KIND,
  kindOf,
  MARKER,
  MAX_PAYLOAD_BYTES,
  readFrame,
  startChain,
} from './frame.ts';

/** A frame that validates after damage. */
export interface FoundFrame {
  /** Where it begins, in the bytes that were searched. */
  readonly at: number;
  /** What its checksum continues from. */
  readonly seed: number;
  readonly flags: number;
  /** Where the next one would begin. */
  readonly end: number;
}

/** So many bytes of what only looks like frames are checked at least before the search is given up. */
const MIN_CHECKED_BYTES = 256 * MAX_PAYLOAD_BYTES;

/**
 * The frame with which reading goes on after the damage at the start of `bytes`: the first that validates and
 * begins a message. `seed` is that of the frame before.
 *
 * Frames that stand inside the damaged one are another log's, kept in a value. They are known by a header of
 * their own, or by not leading to where the damaged frame ends, if what it says of that still holds.
 */
export function resumeAfter(
  bytes: Uint8Array,
  crc32: Crc32 | undefined,
  seed: number,
): FoundFrame | undefined {
  const next = nextFrame(bytes, crc32, seed);
  let passed = 0;
  for (const found of framesAfter(bytes, crc32, next)) {
    if (!found) return undefined;
    if (found.at < passed) continue;
    const mustLeadTo = next && found.at < next.at ? next.at : 0;
    const isForeign =
      kindOf(found.flags) === KIND.header || chainEnd(bytes, found, crc32, mustLeadTo) <= mustLeadTo;
    if (!isForeign && (found.flags & CONTINUES) === 0) return found;
    passed = isForeign ? chainEnd(bytes, found, crc32) : found.end;
  }
  return undefined;
}

/**
 * Whether what is damaged at the start of `bytes` had been acknowledged: then a frame after it begins a flight.
 * With no frame before (`headed` false) one of a run is proof, too. Bytes made to look like so many frames that
 * it is not worth checking them are no torn tail.
 */
export function wasAcknowledged(
  bytes: Uint8Array,
  crc32: Crc32 | undefined,
  seed: number,
  headed: boolean,
): boolean {
  for (const found of framesAfter(bytes, crc32, nextFrame(bytes, crc32, seed))) {
    if (!found || (found.flags & FLIGHT) !== 0) return true;
    if (!headed && kindOf(found.flags) !== KIND.commit) return true;
  }
  return false;
}

/** The frame that validates where the damaged one at the start of `bytes` says that it ends. */
function nextFrame(bytes: Uint8Array, crc32: Crc32 | undefined, seed: number): FoundFrame | undefined {
  const length = bytes.length < FRAME_BYTES ? MAX_PAYLOAD_BYTES : getU32(bytes, 2);
  if (length > bytes.length - FRAME_BYTES || length > MAX_PAYLOAD_BYTES) return undefined;
  const at = FRAME_BYTES + length;
  // Where only the checksum is damaged, the next frame goes on from what it should be, not from what stands there.
  const computed = startChain(crc32).crc32(bytes.subarray(1, FRAME_HEAD_BYTES + length), seed);
  return frameAt(bytes, at, crc32, computed) ?? frameAt(bytes, at, crc32, getU32(bytes, at - 4));
}

/**
 * The frames that validate after the damage at the start of `bytes`, and `next`, in their order. Ends with
 * `undefined` when there are more bytes made to look like frames than it is worth checking.
 */
function* framesAfter(
  bytes: Uint8Array,
  crc32: Crc32 | undefined,
  next: FoundFrame | undefined,
): Generator<FoundFrame | undefined> {
  let checked = 0;
  const most = Math.max(MIN_CHECKED_BYTES, 8 * bytes.length);
  for (let at = bytes.indexOf(MARKER, 4); at !== -1; at = bytes.indexOf(MARKER, at + 1)) {
    if (at === next?.at) yield next;
    if (bytes.length - at < FRAME_BYTES) return;
    // The first frame of a log continues from 0, whatever stands before it.
    const isHeader = kindOf(bytes[at + 1] as number) === KIND.header;
    const found =
      (isHeader && frameAt(bytes, at, crc32, 0)) || frameAt(bytes, at, crc32, getU32(bytes, at - 4));
    if (found && at !== next?.at) yield found;
    checked += Math.min(getU32(bytes, at + 2), MAX_PAYLOAD_BYTES + 1) % (MAX_PAYLOAD_BYTES + 1);
    if (checked > most) return void (yield undefined);
  }
}

function frameAt(
  bytes: Uint8Array,
  at: number,
  crc32: Crc32 | undefined,
  seed: number,
): FoundFrame | undefined {
  const view = emptyFrameView();
  if (readFrame(bytes, at, startChain(crc32, seed), view) !== FRAME_OK) return undefined;
  return { at, seed, flags: view.flags, end: view.next };
}

/** Where the frames end, at the latest beyond `enough`, that follow `first` without a break. */
function chainEnd(bytes: Uint8Array, first: FoundFrame, crc32: Crc32 | undefined, enough = Infinity): number {
  const chain = startChain(crc32, first.seed);
  const view = emptyFrameView();
  let at = first.at;
  while (at <= enough && readFrame(bytes, at, chain, view) === FRAME_OK) at = view.next;
  return at;
}
