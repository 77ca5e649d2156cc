/** What every write comes down to: a change of one namespace, in its table and in the commit of this turn. */
import type { Codec } from '../codec/codec.ts';
import { isPlain, writeBytes } from '../codec/values.ts';
import { writeClear, writeDelete, writePut } from '../format/change.ts';
import { Cell, expiryOf, type Slot } from '../table/slot.ts';
import { sizeChange } from './limits.ts';
import type { LiveSpace } from './live-space.ts';
import type { PendingCommit } from './pending-commit.ts';
import { DURABLE } from './turn.ts';

export function put(
  space: LiveSpace,
  key: string,
  value: unknown,
  expiresAt: number,
  codec: Codec | undefined,
): Promise<void> {
  const { core } = space;
  const { turn, limits, slots } = core;
  core.access.checkWritable();
  const isBare = !codec && isPlain(value);
  // Nobody would know of the change but who reads it.
  if (isBare && expiresAt === 0 && !core.log && !limits && !core.events.observed && !core.witnesses.size) {
    space.table.put(key, value);
    return DURABLE;
  }
  const pending = turn.enter(space);
  const { writer } = turn;
  const mark = writer.length;
  let slot: Slot;
  try {
    writePut(writer, key, expiresAt);
    slot = isBare
      ? slots.write(writer, value, expiresAt)
      : // A getter of the value, or a codec, is not to write in the middle of this.
        space.readOnly(() =>
          // Who has read what was there is going to read this, too.
          slots.write(writer, value, expiresAt, codec, space.wasRead(key)),
        );
    if (limits) checkLimits(space, key, slot);
  } catch (error) {
    turn.giveUp(mark);
    throw error;
  }
  replace(pending, space, key, slot);
  return pending.promise;
}

/** As `put`, of a value that is encoded already. `fits`: the limits have been checked. */
export function putSlot(space: LiveSpace, key: string, slot: Slot, fits = false): Promise<void> {
  const { access, turn, limits, slots } = space.core;
  access.checkWritable();
  if (limits && !fits) checkLimits(space, key, slot);
  const pending = turn.enter(space);
  const { writer } = turn;
  writePut(writer, key, expiryOf(slot));
  if (slot instanceof Cell) writeBytes(writer, slot.tag, slot.bytes.subarray(slot.start, slot.end));
  else slots.codecs.write(writer, slot);
  replace(pending, space, key, slot);
  return pending.promise;
}

/** Deleting what is not there changes nothing, and needs no commit. */
export function remove(space: LiveSpace, key: string, type: 'delete' | 'evict' = 'delete'): Promise<void> {
  const { access, turn } = space.core;
  access.checkWritable();
  if (space.table.find(key) === undefined) return turn.settled;
  const pending = turn.enter(space);
  writeDelete(turn.writer, key);
  turn.note(pending, space, key, type, space.erase(key));
  return pending.promise;
}

export function clear(space: LiveSpace): Promise<void> {
  const { access, turn } = space.core;
  access.checkWritable();
  if (space.table.size === 0) return turn.settled;
  const pending = turn.enter(space);
  writeClear(turn.writer);
  turn.note(pending, space, '', 'clear', space.empty());
  return pending.promise;
}

function replace(pending: PendingCommit, space: LiveSpace, key: string, slot: Slot): void {
  const { turn, limits } = space.core;
  turn.note(pending, space, key, 'put', space.store(key, slot), slot);
  if (limits) for (const old of limits.surplus(slot as Cell)) remove(old.space, old.key, 'evict');
}

function checkLimits(space: LiveSpace, key: string, slot: Slot): void {
  const { core } = space;
  core.expireDue();
  core.limits?.check([sizeChange(key, space.table.find(key), slot)]);
}
