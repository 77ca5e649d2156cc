/** The end of a session: the file is cut where the log ends, and a state slot says that it is whole. */
import { type Damage, IsokvError, type Position } from '@isokv/core';
import { own } from './owner.ts';
import type { State } from './state.ts';
import {
  isOwner,
  OWNER_AT,
  OWNER_BYTES,
  ownerOf,
  parseSuperblock,
  SLOT_BYTES,
  SLOTS_AT,
  type Slots,
  writeSlot,
} from './superblock.ts';
import { writeAll } from './write-all.ts';

/** Ends the file where the log ends, and records that all of it is durable. */
export async function settle(state: State): Promise<void> {
  const { file, slots, endMost: end } = state;
  own(state);
  await file.truncate(end);
  if (state.failed) {
    // What a rejected write has left must not come back. Whether the rest is durable, no sync can tell any more.
    await file.fsync();
    return;
  }
  // The order matters: a slot must never be durable before what it vouches for.
  if (state.unsynced) await file.fdatasync();
  const [a, b] = slots;
  await putSlot(state, a === undefined || (b !== undefined && a <= b) ? 0 : 1, end);
}

/** Takes back what the slots vouch for beyond `end`, which is about to be cut off. */
export async function unsettle(state: State, end: Position): Promise<void> {
  for (const [index, slot] of state.slots.entries()) {
    if (slot !== undefined && slot > end) await putSlot(state, index, end);
  }
}

/** What is to be said of slots that are damaged. */
export function slotWarnings(slots: Slots, path: string): IsokvError[] {
  if (slots.every((slot) => slot === undefined)) return []; // More than a warning.
  return slots.flatMap((slot, index) => {
    if (slot !== undefined) return [];
    const message = `a state slot of ${path} is damaged, by a close that was cut short or by the medium: nothing is lost, for the other one is whole, and the next close after a write renews it`;
    return [new IsokvError('CORRUPT', message, { offset: SLOTS_AT[index] as number })];
  });
}

/** What is to be said of an owner that is damaged. */
export function ownerWarnings(owner: Uint8Array, path: string): IsokvError[] {
  if (isOwner(owner)) return [];
  const message = `what ${path} says of who writes to it is damaged, by a crash of the machine or by the medium: nothing is lost, and the next write renews it`;
  return [new IsokvError('CORRUPT', message, { offset: OWNER_AT })];
}

/** What of a superblock is damaged, or no longer what it was known to be. */
export function superblockDamage(
  head: Uint8Array,
  known: Slots,
  knownOwner: Uint8Array,
  path: string,
): Damage[] {
  try {
    const slots = parseSuperblock(head, path);
    const message = `what ${path} says of who writes to it is damaged`;
    const isWhole = isOwner(ownerOf(head)) || !isOwner(knownOwner);
    const owner = isWhole ? [] : [{ offset: OWNER_AT, bytes: OWNER_BYTES, message }];
    const ofSlots = slots.flatMap((slot, index) =>
      slot === undefined && known[index] !== undefined
        ? [
            {
              offset: SLOTS_AT[index] as number,
              bytes: SLOT_BYTES,
              message: `a state slot of ${path} is damaged`,
            },
          ]
        : [],
    );
    return [...ofSlots, ...owner];
  } catch (error) {
    if (!(error instanceof IsokvError)) throw error;
    return [{ offset: error.offset ?? 0, bytes: 1, message: error.message }];
  }
}

async function putSlot({ file, slots }: State, index: number, settled: Position): Promise<void> {
  await writeAll(file, [writeSlot(settled)], SLOTS_AT[index] as number);
  await file.fdatasync();
  slots[index] = settled;
}
