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
} from '@isokv/core';
import { destroyFile } from './destroy-file.ts';
import type { FileSystem } from './file-system.ts';
import { ioError, wrapping } from './io-error.ts';
import { keepAside } from './keep-aside.ts';
import { followLinks, openFile, readHead, removeFile } from './open-file.ts';
import { readChunks } from './read-chunks.ts';
import { Replacement, replacementPath, syncDirectoryOf } from './replacement.ts';
import { settle, slotWarnings, superblockDamage, unsettle } from './settle.ts';
import {
  beginChange,
  conflict,
  endNamed,
  pointTo,
  release,
  type State,
  setEnd,
  settledOf,
  startState,
  whenReleased,
} from './state.ts';
import { LOG_START } from './superblock.ts';
import { writeAll } from './write-all.ts';

const capabilities: LogCapabilities = Object.freeze({
  name: 'file',
  durability: Object.freeze(['strict', 'relaxed', 'none'] as const),
  shared: false,
  persistent: true,
  setsAside: true,
  readers: false,
  syncAppend: false,
});

export class FileBytes implements ByteLog {
  readonly capabilities: LogCapabilities = capabilities;
  // Not in every runtime that has `node:zlib`.
  readonly crc32?: Crc32 = (zlib as { crc32?: Crc32 }).crc32;
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
  }

  get settled(): Position {
    const settled = settledOf(this.#open().slots);
    return settled === LOG_START ? 0 : settled;
  }

  get isOurs(): boolean {
    return this.#open().ours;
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
      throw error;
    }
    this.#state = startState(opened, path, options.readOnly);
    for (const warning of slotWarnings(opened.slots, path)) this.#warn(warning);
  }

  async check(): Promise<readonly Damage[]> {
    const { file, path, slots } = this.#open();
    const { head } = await readHead(file, path);
    return superblockDamage(head, slots, path);
  }

  async *read(after: Position = 0): AsyncGenerator<ByteChunk> {
    const state = this.#open();
    const { file, path } = state;
    // Who only reads may be reading what another process writes.
    if (state.readOnly) state.endMost = (await wrapping('read', path, () => file.stat())).bytes;
    const to = state.endMost;
    const from = after >= LOG_START && after <= to ? after : LOG_START;
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
    beginChange(state, start);
    try {
      const zeros = preallocation.inTheWay(end);
      if (zeros) await zeros;
      // What a killed process has left must not come after this on the medium: it would be missing, not torn.
      if (durability === 'strict' && state.unsynced) await file.fdatasync();
      await writeAll(file, chunks, start);
      if (durability === 'strict') {
        await file.fdatasync();
        if (!state.named) await syncDirectoryOf(this.#fs, path);
        state.named = true;
      }
    } catch (cause) {
      throw ioError('append to', path, cause);
    } finally {
      release(state);
    }
    state.failed = false;
    state.unsynced = durability !== 'strict';
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
    try {
      await wrapping('truncate', state.path, async () => {
        await state.preallocation.idle();
        await unsettle(state, end);
        await state.file.truncate(end);
        await state.file.fsync();
      });
    } finally {
      release(state);
    }
    state.failed = false;
    state.unsynced = false;
    state.preallocation.cut(end);
  }

  async replace(chunks: AsyncIterable<Uint8Array>, { upTo, setAside }: ReplaceOptions): Promise<Position> {
    const state = this.#writable();
    const { path } = state;
    const { mode } = await wrapping('read', path, () => state.file.stat());
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
    try {
      await replacement.finish();
      await state.preallocation.idle();
      if (setAside) setAside(await keepAside(this.#fs, path, state.file));
      await replacement.take();
    } catch (error) {
      // No longer there to be removed: it may have taken the old file's place after all.
      if (!(await replacement.discard())) state.failed = true;
      release(state);
      throw error;
    }
    return this.#switchTo(replacement, state, before);
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
      throw error;
    }
    await wrapping('close', state.path, () => state.file.close());
  }

  /** The path names the new file now, whatever else happens: what is written to the old one would be lost. */
  async #switchTo(replacement: Replacement, state: State, before: Position): Promise<Position> {
    const { end } = replacement;
    const old = state.file;
    state.endBefore = before;
    Object.assign(state, pointTo(replacement.file, [end, end], end));
    state.failed = true;
    await old.close().catch(() => undefined); // It has no name any more, and nothing in it counts.
    try {
      // When this fails, a power loss may bring the old file back. So nothing is appended to the new one
      // until another replacement has succeeded; for the caller, the log ends where it did.
      await syncDirectoryOf(this.#fs, state.path);
    } finally {
      release(state);
    }
    state.endBefore = undefined;
    state.named = true;
    state.failed = false;
    return end;
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
    if (!state.failed) return state;
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
