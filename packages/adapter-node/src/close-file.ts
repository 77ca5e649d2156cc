import type { Position } from '@isokv/core';
import { wrapping } from './io-error.ts';
import { settle } from './settle.ts';
import { type State, setEnd, settledOf, whenReleased } from './state.ts';
import { LOG_START } from './superblock.ts';

/** Lets what is under way come to its end, and closes the file, whatever fails. */
export async function closeFile(state: State, end: Position | undefined): Promise<void> {
  state.closing = true;
  try {
    await whenReleased(state);
    await state.preallocation.idle();
    if (end !== undefined) noteEnd(state, end);
    if (state.changed) await wrapping('close', state.path, () => settle(state));
  } catch (error) {
    await state.file.close().catch(() => undefined);
    await state.lock?.release();
    throw error;
  }
  try {
    await wrapping('close', state.path, () => state.file.close());
  } finally {
    await state.lock?.release();
  }
}

/** A session that wrote nothing closes cleanly, too, what one before it could not. */
function noteEnd(state: State, position: Position): void {
  const end = Math.max(position, LOG_START);
  if (state.readOnly || state.changed || end === settledOf(state.slots)) return;
  setEnd(state, end);
  state.changed = true;
  state.unsynced = true; // By whoever wrote it.
}
