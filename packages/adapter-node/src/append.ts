/** Adds bytes to the file of a log. */
import type { AppendOptions, Position } from '@isokv/core';
import { ioError } from './io-error.ts';
import { guard, hasPaused, own } from './owner.ts';
import { syncDirectoryOf } from './replacement.ts';
import { beginChange, endNamed, type Flight, release, type State, setEnd } from './state.ts';
import { writeAll } from './write-all.ts';

/** As `ByteLog.append`, to a file that may be changed. */
export async function append(
  state: State,
  chunks: readonly Uint8Array[],
  { durability, after }: AppendOptions,
): Promise<Position> {
  const { file, path, preallocation } = state;
  const start = endNamed(state, after);
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const end = start + bytes;
  const flight: Flight = { chunks, start, overtaken: false };
  beginChange(state, start);
  state.flight = flight;
  try {
    own(state, start, durability === 'strict');
    const zeros = preallocation.inTheWay(end);
    if (zeros) await zeros;
    // What a killed process has left must not come after this on the medium: it would be missing, not torn.
    if (durability === 'strict' && state.unsynced) await file.fdatasync();
    if (flight.overtaken) return end;
    await writeAll(file, chunks, start);
    if (durability === 'strict') {
      await file.fdatasync();
      if (!state.named) await syncDirectoryOf(state.fs, path);
      state.named = true;
    }
    if (durability === 'strict' || hasPaused(state)) guard(state);
  } catch (cause) {
    state.failed = true;
    throw ioError('append to', path, cause);
  } finally {
    state.flight = undefined;
    release(state);
  }
  if (flight.overtaken) return end;
  state.failed = false;
  state.unsynced = durability !== 'strict';
  state.last = { after, end };
  setEnd(state, end);
  preallocation.wrote(end);
  if (durability === 'strict') preallocation.fillAhead(bytes, end);
  return end;
}
