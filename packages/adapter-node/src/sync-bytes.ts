/** What a file log does before it returns: for the end of a process, after which nothing is waited for any more. */
import { dirname } from 'node:path';
import { type AppendOptions, IsokvError, type Position } from '@isokv/core';
import type { FileHandle } from './file-system.ts';
import { codeOf, ioError } from './io-error.ts';
import { guard, own } from './owner.ts';
import { beginChange, conflict, endNamed, type State, setEnd, switchTo } from './state.ts';
import { LOG_START } from './superblock.ts';
import { writeAllSync } from './write-all.ts';

/** How long a call that is under way may take to be done. Zeros for a megabyte take one. */
const PATIENCE_MS = 2000;

/** With what is under way before it: that is written again, the same bytes in the same place. */
export function appendSync(
  state: State,
  chunks: readonly Uint8Array[],
  { durability, after }: AppendOptions,
): Position {
  const { fs, file, path, preallocation, last } = state;
  // One that was overtaken before is written.
  const flight = state.flight?.overtaken ? undefined : state.flight;
  if (state.busy && !state.flight && !state.replacing?.stopped && state.cutting === undefined)
    throw isBusy(path);
  if (flight && (after === 0 ? LOG_START : after) !== flight.start) throw conflict();
  const heard = after !== last?.after || state.endMost !== last.end;
  const start = flight ? flight.start : endNamed(state, heard ? after : state.endMost);
  const all = flight ? [...flight.chunks, ...chunks] : chunks;
  const bytes = all.reduce((sum, chunk) => sum + chunk.length, 0);
  const end = start + bytes;
  const wasBusy = state.busy;
  beginChange(state, start);
  try {
    const zeros = preallocation.underWayTo(end);
    if (zeros !== undefined) waitFor(file, path, (length) => length >= zeros);
    own(state, start);
    if (durability === 'strict' && state.unsynced) file.fdatasyncSync();
    writeAllSync(file, all, start);
    if (durability === 'strict') {
      file.fdatasyncSync();
      if (!state.named) fs.syncDirectorySync(dirname(path));
      state.named = true;
    }
    guard(state);
  } catch (cause) {
    throw ioError('append to', path, cause);
  } finally {
    state.busy = wasBusy;
  }
  if (flight) flight.overtaken = true;
  state.failed = false;
  state.unsynced = durability !== 'strict';
  state.last = { after, end };
  setEnd(state, end);
  preallocation.wrote(end);
  return end;
}

export function truncateSync(state: State, position: Position): void {
  const { file, path, cutting } = state;
  const end = Math.max(position, LOG_START);
  if (cutting?.end === end && cutting.step === 'asked') {
    waitFor(file, path, (length) => length <= end);
    return;
  }
  if (state.busy && cutting?.end !== end) throw isBusy(path);
  if (end > state.endMost) throw conflict();
  if (state.slots.some((slot) => slot !== undefined && slot > end)) {
    throw new IsokvError('IO', `${path} cannot be cut at once where it was whole: truncate it`);
  }
  beginChange(state, end);
  try {
    own(state, end);
    file.truncateSync(end);
    file.fdatasyncSync();
  } catch (cause) {
    throw ioError('truncate', path, cause);
  } finally {
    state.busy = cutting !== undefined;
  }
  if (cutting) cutting.step = 'done';
  state.failed = false;
  state.preallocation.cut(end);
}

/** Takes from a replacement the file that it would put in place; a rename that finds none does nothing. */
export function stopReplaceSync(state: State): Position | undefined {
  const { replacing } = state;
  if (!replacing) return state.replacedTo;
  if (replacing.stopped) return undefined;
  try {
    state.fs.unlinkSync(replacing.replacement.path);
    replacing.stopped = true;
    return undefined;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw ioError('remove', replacing.replacement.path, error);
  }
  switchTo(state, replacing);
  state.busy = false;
  return replacing.replacement.end;
}

/** Nothing tells when a call is done that another thread makes, but the file itself. */
function waitFor(file: FileHandle, path: string, isDone: (bytes: number) => boolean): void {
  for (let waitedMs = 0; !isDone(file.statSync().bytes); waitedMs++) {
    if (waitedMs >= PATIENCE_MS)
      throw new IsokvError('IO', `${path} is being written, and that takes too long`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  }
}

function isBusy(path: string): IsokvError {
  return new IsokvError('IO', `${path} is being written: wait for what came before`);
}
