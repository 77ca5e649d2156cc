/** Cuts the file of a log. */
import type { Position } from '@isokv/core';
import { wrapping } from './io-error.ts';
import { own } from './owner.ts';
import { unsettle } from './settle.ts';
import { beginChange, type Cutting, conflict, release, type State } from './state.ts';
import { LOG_START } from './superblock.ts';

/** As `ByteLog.truncate`, of a file that may be changed. */
export async function truncate(state: State, position: Position): Promise<void> {
  const end = Math.max(position, LOG_START);
  if (end > state.endMost) throw conflict();
  beginChange(state, end);
  const cutting: Cutting = { end, step: 'waits' };
  state.cutting = cutting;
  try {
    await wrapping('truncate', state.path, async () => {
      own(state);
      await state.preallocation.idle();
      await unsettle(state, end);
      if (cutting.step === 'waits') {
        cutting.step = 'asked';
        await state.file.truncate(end);
      }
      await state.file.fsync();
    });
  } finally {
    state.cutting = undefined;
    release(state);
  }
  if (state.endMost !== end) return; // Something has been appended at once.
  state.failed = false;
  state.unsynced = false;
  state.preallocation.cut(end);
}
