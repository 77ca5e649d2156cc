/** What a power loss makes of a write that no sync has covered. */

import type { Random } from '@isokv/core/testing';
import type { Content } from './content.ts';

/** How much of what no sync has covered is on the medium after a power loss. */
export type Keep = 'nothing' | 'everything' | 'some';

/** The manner of one power loss. */
export interface Loss {
  readonly keep: Keep;
  /** Whether a sector may be cut between any two bytes, or is there whole or not at all. */
  readonly grain: 'byte' | 'sector';
  /** What stands where bytes are missing: zeros, anything, or what was there before. */
  readonly fill: 'zero' | 'random' | 'stale';
  /** How likely a sector is there; undefined: all are, up to one from which on none is. */
  readonly odds: number | undefined;
  /** How likely a write is kept whole, or lost whole, before sectors are looked at. */
  readonly whole: number;
}

const SECTOR_BYTES = 512;

export function lossOf(keep: Keep, random: Random): Loss {
  return {
    keep,
    grain: random.pick(['byte', 'sector']),
    fill: random.pick(['zero', 'random', 'stale', 'stale']),
    odds: random.pick([undefined, 0.1, 0.5, 0.9]),
    whole: random.pick([0, 0.5]),
  };
}

/** Puts on the medium what reaches it of a write of `bytes` at `position`. */
export function putTorn(
  content: Content,
  bytes: Uint8Array,
  position: number,
  loss: Loss,
  random: Random,
): void {
  if (loss.keep === 'nothing') return;
  if (random.chance(loss.whole)) {
    if (random.chance(0.5)) content.write(bytes, position);
    return;
  }
  // Where a write stops that reaches the medium from its beginning on.
  const stop = position + random.below(bytes.length + 1);
  const end = position + bytes.length;
  for (let from = position; from < end; ) {
    const to = Math.min(end, from - (from % SECTOR_BYTES) + SECTOR_BYTES);
    const cut = cutOf(from, to, stop, loss, random);
    content.write(bytes.subarray(from - position, cut - position), from);
    if (cut < to && loss.fill !== 'stale') {
      const missing = filling(to - cut, loss.fill, random);
      keepUnchanged(missing, content.slice(cut, to), bytes.subarray(cut - position));
      content.write(missing, cut);
    }
    from = to;
  }
}

/** Up to where the bytes of a sector are there. */
function cutOf(from: number, to: number, stop: number, { grain, odds }: Loss, random: Random): number {
  if (odds === undefined) {
    if (grain === 'byte') return Math.min(to, Math.max(from, stop));
    return stop >= to ? to : from;
  }
  if (random.chance(odds)) return to;
  return grain === 'byte' ? from + random.below(to - from) : from;
}

/** What a write leaves as it was is there whatever becomes of the write, as what stands beside it is. */
function keepUnchanged(target: Uint8Array, before: Uint8Array, bytes: Uint8Array): void {
  for (const [at, byte] of before.entries()) if (byte === bytes[at]) target[at] = byte;
}

function filling(length: number, fill: 'zero' | 'random', random: Random): Uint8Array {
  const bytes = new Uint8Array(length);
  if (fill === 'random') for (let at = 0; at < length; at++) bytes[at] = random.next();
  return bytes;
}
