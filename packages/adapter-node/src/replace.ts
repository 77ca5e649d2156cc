/** Puts a new file in the place of that of a log. */
import { IsokvError, type Position, type ReplaceOptions } from '@isokv/core';
import { ioError, wrapping } from './io-error.ts';
import { keepAside } from './keep-aside.ts';
import { lockName } from './lock/file-lock.ts';
import { locked } from './open-lock.ts';
import { guard, own } from './owner.ts';
import { checkPlace, Replacement, syncDirectoryOf } from './replacement.ts';
import { conflict, endNamed, notOpen, type Replacing, release, type State, switchTo } from './state.ts';

/** As `ByteLog.replace`, of a file that may be written. */
export async function replace(
  state: State,
  chunks: AsyncIterable<Uint8Array>,
  { upTo, setAside }: ReplaceOptions,
): Promise<Position> {
  const { fs, path } = state;
  // Else what is called `.compacting` may be another store's: to be removed by nobody else, nor put in place by them.
  const placed = await checkPlace(state);
  const { mode } = placed ?? (await wrapping('read', path, () => state.file.stat()));
  const replacement = await Replacement.begin(fs, path, mode);
  let before: Position;
  try {
    for await (const chunk of chunks) await replacement.write(chunk);
    before = upTo();
    if (state.closing) throw notOpen(path);
    // From here on a change would go to the old file, and away with it.
    if (state.busy) throw conflict();
    if (before !== state.endBefore) endNamed(state, before);
    state.busy = true;
  } catch (error) {
    await replacement.discard();
    throw error;
  }
  const replacing: Replacing = { replacement, before, stopped: false, switched: false };
  const { identity: old, file } = state;
  const name = lockName(replacement.identity, state.secret);
  state.replacing = replacing;
  state.replacedTo = undefined;
  try {
    if (!(await state.lock?.add(name))) throw locked(path, undefined);
    // A file that is kept aside is kept as it was.
    if (setAside) guard(state);
    else own(state);
    await replacement.finish(state.secret, state.owner);
    await state.preallocation.idle();
    await checkPlace(state);
    if (setAside) setAside(await keepAside(fs, path, state.file));
    guard(state);
    await replacement.take();
    if (replacing.stopped) throw conflict();
  } catch (error) {
    if (replacing.stopped) await replacement.file.close().catch(() => undefined);
    // Then it has not been renamed.
    else if (isLocked(error)) await replacement.discardIfOurs();
    // No longer there to be removed: it may have taken the old file's place after all.
    else if (!(await replacement.discard())) {
      state.failed = true;
      state.maybePlaced = replacement.identity;
    }
    // Then the lock must be that of either. Else the name goes with the file: the next one may be given its number.
    if (state.maybePlaced !== replacement.identity) await state.lock?.drop(name);
    endReplacing(state);
    throw replacing.stopped ? conflict() : ioError('replace', path, error);
  }
  await file.close().catch(() => undefined); // It has no name any more, and nothing in it counts.
  await state.lock?.drop(lockName(old, state.secret));
  return finishSwitch(state, replacing);
}

async function finishSwitch(state: State, replacing: Replacing): Promise<Position> {
  if (!replacing.switched) switchTo(state, replacing);
  try {
    // When this fails, a power loss may bring the old file back. So nothing is appended to the new one
    // until another replacement has succeeded; for the caller, the log ends where it did.
    await syncDirectoryOf(state.fs, state.path);
  } catch (error) {
    state.failed = true;
    throw error;
  } finally {
    endReplacing(state);
  }
  const { end } = replacing.replacement;
  state.endBefore = undefined;
  state.named = true;
  state.failed = false;
  state.replacedTo = end;
  state.maybePlaced = undefined;
  return end;
}

/** Whether another process has the place, or the file. */
function isLocked(error: unknown): boolean {
  return error instanceof IsokvError && error.code === 'LOCKED';
}

function endReplacing(state: State): void {
  state.replacing = undefined;
  release(state);
}
