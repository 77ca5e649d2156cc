/**
 * The fence: who writes to a file says so in its superblock before its first write, and looks whether it still
 * says so around every write. The lock keeps others away; this is for when a lock cannot: a process that was
 * stopped while somebody removed its lock file, or containers that share a file but no lock.
 *
 *  - A process that another has taken over from writes nothing once it looks, and acknowledges nothing.
 *  - Between its look and its write there is a moment in which nobody can stop it. What it writes then is never
 *    acknowledged, and if it lands on what the other has written, the checksums tell.
 *
 * It costs reads of 16 bytes that are in memory, no sync: two for a change, and for appends that are not `strict`,
 * which take no longer than such reads do, one every ten milliseconds. It need not be durable: what one acknowledges is
 * synced together with it, and after a power loss no process is left to be kept out.
 */
import { randomBytes } from 'node:crypto';
import { IsokvError, type Position } from '@isokv/core';
import { wrappingSync } from './io-error.ts';
import type { State } from './state.ts';
import { OWNER_AT, OWNER_BYTES, writeOwner } from './superblock.ts';
import { writeAllSync } from './write-all.ts';

/** How long who appends without `strict` may rely on its last look. A process that was stopped has been for longer. */
const LOOK_EVERY_MS = 10;

const scratch = new Uint8Array(OWNER_BYTES);

/**
 * Before a write: makes the file ours, or sees that it still is. `start`: where an append begins, and nothing is yet.
 * `looks`: even if it has done so a moment ago.
 * @throws LOCKED when it is not
 */
export function own(state: State, start?: Position, looks = true): void {
  if (looks || !state.claimed || hasPaused(state)) guard(state);
  if (!state.claimed) wrappingSync('write', state.path, () => claim(state, start));
}

function claim(state: State, start: Position | undefined): void {
  // Somebody may have written since this was read.
  const byte = new Uint8Array(1);
  if (start !== undefined && state.file.readSync(byte, start) > 0 && byte[0] !== 0) throw takenOver(state);
  const owner = writeOwner(state.owner, randomBytes(4));
  writeAllSync(state.file, [owner], OWNER_AT);
  state.owner = owner;
  state.claimed = true;
}

/** Whether it was so long ago that we looked that somebody may have taken over since. */
export function hasPaused({ lookedAt }: State): boolean {
  return Math.abs(Date.now() - lookedAt) > LOOK_EVERY_MS;
}

/** @throws LOCKED when somebody else has made the file theirs */
export function guard(state: State): void {
  state.lookedAt = Date.now();
  const count = wrappingSync('read', state.path, () => state.file.readSync(scratch, OWNER_AT));
  if (count === OWNER_BYTES && Buffer.compare(scratch, state.owner) === 0) return;
  throw takenOver(state);
}

function takenOver({ path }: State): IsokvError {
  return new IsokvError(
    'LOCKED',
    `another process has taken over ${path}: this one writes to it no more, and what it could not write is not there; open the store anew`,
  );
}
