/**
 * A byte log in one file: a superblock, then the log. Positions are offsets in the file.
 *
 * What is true at any time:
 *  - everything before the end is in the file and, when a strict append has resolved, durably so;
 *  - after the end there is nothing that counts: zeros, or what a failed append has left;
 *  - after a failed change nothing is known of what it touched: all that may follow is a replacement, or `close`.
 */
import * as zlib from 'node:zlib';
import {
  type AppendOptions,
  type ByteChunk,
  type ByteLog,
  type Crc32,
  type Damage,
  IsokvError,
  type LogCapabilities,
  type LogOpenOptions,
  type Position,
  type ReplaceOptions,
  type SyncByteLog,
} from '@isokv/core';
import { destroyFile } from './destroy-file.ts';
import { onExit } from './exit-hook.ts';
import type { FileSystem } from './file-system.ts';
import { ioError, wrapping } from './io-error.ts';
import { keepAside } from './keep-aside.ts';
import { lockName } from './lock/file-lock.ts';
import { followLinks, openFile, readHead, removeFile, replacementPath } from './open-file.ts';
import { isStill, locked } from './open-lock.ts';
import { guard, hasPaused, own } from './owner.ts';
import { readChunks } from './read-chunks.ts';
import { checkPlace, Replacement, syncDirectoryOf } from './replacement.ts';
import { ownerWarnings, settle, slotWarnings, superblockDamage, unsettle } from './settle.ts';
import {
  beginChange,
  type Cutting,
  conflict,
  endNamed,
  type Flight,
  isUnsound,
  pointTo,
  type Replacing,
  release,
  type State,
  setEnd,
  settledOf,
  startState,
  switchTo,
  whenReleased,
} from './state.ts';
import { LOG_START } from './superblock.ts';
import { appendSync, stopReplaceSync, truncateSync } from './sync-bytes.ts';
import { writeAll } from './write-all.ts';

const capabilities: LogCapabilities = Object.freeze({
  name: 'file',
  durability: Object.freeze(['strict', 'relaxed', 'none'] as const),
  shared: false,
  persistent: true,
  setsAside: true,
  readers: true,
  replays: true,
  syncAppend: true,
});

export class FileBytes implements ByteLog {
  readonly capabilities: LogCapabilities = capabilities;
  // Not in every runtime that has `node:zlib`.
  readonly crc32?: Crc32 = (zlib as { crc32?: Crc32 }).crc32;
  readonly sync: SyncByteLog;
  readonly #fs: FileSystem;
  readonly #path: string;
  readonly #warn: (warning: IsokvError) => void;
  #state: State | undefined;
  /** Of the last close: an `open` that comes too early waits for it. */
  #closed: Promise<void> = Promise.resolve();

  /** `path` is absolute. `warn` is told of damage that lost nothing. */
  constructor(path: string, fs: FileSystem, warn: (warning: IsokvError) => void) {
    this.#path = path;
    this.#fs = fs;
    this.#warn = warn;
    this.sync = {
      append: (chunks, options) => appendSync(fs, this.#sound(this.#writable()), chunks, options),
      truncate: (position) => truncateSync(this.#sound(this.#writable()), position),
      stopReplace: () => stopReplaceSync(fs, this.#writable()),
    };
  }

  onExit(listener: () => void): () => void {
    return onExit(listener);
  }

  get settled(): Position {
    const settled = settledOf(this.#open().slots);
    return settled === LOG_START ? 0 : settled;
  }

  get isOurs(): boolean {
    return this.#open().ours;
  }

  get mustReplace(): boolean {
    return this.#state !== undefined && isUnsound(this.#state);
  }

  async open(options: Omit<LogOpenOptions, 'cipher'>): Promise<void> {
    if (this.#state) throw new IsokvError('IO', `${this.#path} is open already: close this log first`);
    await this.#closed.catch(() => undefined); // Whoever called it has been told.
    const path = await followLinks(this.#fs, this.#path);
    const opened = await openFile(this.#fs, path, options);
    try {
      // Left by a process that was stopped while it compacted.
      if (!options.readOnly) await removeFile(this.#fs, replacementPath(path));
    } catch (error) {
      await opened.file.close().catch(() => undefined);
      await opened.lock?.release();
      throw error;
    }
    this.#state = startState(opened, path, options.readOnly);
    const warnings = [...slotWarnings(opened.slots, path), ...ownerWarnings(opened.owner, path)];
    for (const warning of warnings) this.#warn(warning);
  }

  async check(): Promise<readonly Damage[]> {
    const { file, path, slots, owner } = this.#open();
    const { head } = await readHead(file, path);
    return superblockDamage(head, slots, owner, path);
  }

  async *read(after: Position = 0): AsyncGenerator<ByteChunk> {
    const state = this.#open();
    const isAnother = state.readOnly && after > 0 && (await this.#follow(state));
    const { file, path } = state;
    // Who only reads may be reading what another process writes.
    if (state.readOnly) state.endMost = (await wrapping('read', path, () => file.stat())).bytes;
    const to = state.endMost;
    const from = after >= LOG_START && after <= to && !isAnother ? after : LOG_START;
    let leastEnd = from;
    try {
      for await (const chunk of readChunks(file, from, to)) {
        leastEnd = Math.max(leastEnd, endOfWritten(chunk));
        yield chunk;
      }
    } catch (cause) {
      throw ioError('read', path, cause);
    }
    // Zeros at the end may be preallocated, or the last bytes of the log: the caller can tell, and names its end.
    const isFirst = !state.changed && from === LOG_START && to !== settledOf(state.slots);
    if (isFirst) state.endLeast = leastEnd;
  }

  async append(chunks: readonly Uint8Array[], { durability, after }: AppendOptions): Promise<Position> {
    const state = this.#changeable();
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
        if (!state.named) await syncDirectoryOf(this.#fs, path);
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

  async truncate(position: Position): Promise<void> {
    const state = this.#changeable();
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

  async replace(chunks: AsyncIterable<Uint8Array>, { upTo, setAside }: ReplaceOptions): Promise<Position> {
    const state = this.#writable();
    const { path } = state;
    // Else what is called `.compacting` may be another store's: to be removed by nobody else, nor put in place by them.
    const placed = await checkPlace(this.#fs, state);
    const { mode } = placed ?? (await wrapping('read', path, () => state.file.stat()));
    const replacement = await Replacement.begin(this.#fs, path, mode);
    let before: Position;
    try {
      for await (const chunk of chunks) await replacement.write(chunk);
      before = upTo();
      if (state.closing) throw this.#notOpen();
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
      await checkPlace(this.#fs, state);
      if (setAside) setAside(await keepAside(this.#fs, path, state.file));
      guard(state);
      await replacement.take();
      if (replacing.stopped) throw conflict();
    } catch (error) {
      if (replacing.stopped) await replacement.file.close().catch(() => undefined);
      // No longer there to be removed: it may have taken the old file's place after all.
      else if (!(await replacement.discard())) {
        state.failed = true;
        state.maybePlaced = replacement.identity;
      }
      // Then the lock must be that of either.
      if (!state.failed || replacing.stopped) await state.lock?.drop(name);
      this.#endReplacing(state);
      throw replacing.stopped ? conflict() : ioError('replace', path, error);
    }
    await file.close().catch(() => undefined); // It has no name any more, and nothing in it counts.
    await state.lock?.drop(lockName(old, state.secret));
    return this.#finishSwitch(state, replacing);
  }

  close({ end }: { readonly end?: Position | undefined } = {}): Promise<void> {
    const state = this.#state;
    if (state) {
      this.#state = undefined;
      this.#closed = this.#end(state, end);
    }
    return this.#closed;
  }

  async destroy(): Promise<void> {
    if (this.#state)
      throw new IsokvError('IO', `${this.#path} is open: close this log before it is destroyed`);
    await this.#closed.catch(() => undefined);
    await destroyFile(this.#fs, this.#path);
  }

  /** Lets what is under way come to its end, and closes the file, whatever fails. */
  async #end(state: State, end: Position | undefined): Promise<void> {
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

  /** Goes on with the file that a writer has put in the place of the one that is open. @returns whether it has */
  async #follow(state: State): Promise<boolean> {
    const { path, identity, file } = state;
    if (await isStill(this.#fs, path, identity)) return false;
    const opened = await openFile(this.#fs, path, { readOnly: true, mode: 'mustExist' });
    Object.assign(state, pointTo(opened.file, opened.slots, opened.bytes));
    state.identity = opened.identity;
    await file.close().catch(() => undefined);
    return true;
  }

  async #finishSwitch(state: State, replacing: Replacing): Promise<Position> {
    if (!replacing.switched) switchTo(state, replacing);
    try {
      // When this fails, a power loss may bring the old file back. So nothing is appended to the new one
      // until another replacement has succeeded; for the caller, the log ends where it did.
      await syncDirectoryOf(this.#fs, state.path);
    } catch (error) {
      state.failed = true;
      throw error;
    } finally {
      this.#endReplacing(state);
    }
    const { end } = replacing.replacement;
    state.endBefore = undefined;
    state.named = true;
    state.failed = false;
    state.replacedTo = end;
    state.maybePlaced = undefined;
    return end;
  }

  #endReplacing(state: State): void {
    state.replacing = undefined;
    release(state);
  }

  #open(): State {
    if (!this.#state) throw this.#notOpen();
    return this.#state;
  }

  #notOpen(): IsokvError {
    return new IsokvError('CLOSED', `${this.#path} is not open`);
  }

  #writable(): State {
    const state = this.#open();
    if (state.readOnly) throw new IsokvError('READ_ONLY', `${state.path} was opened with readOnly`);
    return state;
  }

  #changeable(): State {
    const state = this.#writable();
    if (state.busy) throw new IsokvError('IO', `${state.path} is being written: wait for what came before`);
    return this.#sound(state);
  }

  #sound(state: State): State {
    if (!isUnsound(state)) return state;
    guard(state); // If that is why it failed.
    throw new IsokvError(
      'IO',
      `an earlier write to ${state.path} failed: replace the whole log, or close it`,
    );
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

/** Where the last byte of a chunk ends that is not zero; 0 when all are. */
function endOfWritten({ position, bytes }: ByteChunk): Position {
  let end = bytes.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  while (end >= 4 && view.getUint32(end - 4) === 0) end -= 4;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return end === 0 ? 0 : position + end;
}
