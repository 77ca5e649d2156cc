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
import { append } from './append.ts';
import { closeFile } from './close-file.ts';
import { destroyFile } from './destroy-file.ts';
import { onExit } from './exit-hook.ts';
import type { FileSystem } from './file-system.ts';
import { followLinks, removeFile } from './find-file.ts';
import { openFile } from './open-file.ts';
import { guard } from './owner.ts';
import { readFile } from './read-file.ts';
import { readHead } from './read-head.ts';
import { replace } from './replace.ts';
import { replacementPath } from './replacement.ts';
import { ownerWarnings, slotWarnings, superblockDamage } from './settle.ts';
import { isUnsound, notOpen, type State, settledOf, startState } from './state.ts';
import { LOG_START } from './superblock.ts';
import { appendSync, stopReplaceSync, truncateSync } from './sync-bytes.ts';
import { truncate } from './truncate.ts';

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
      append: (chunks, options) => appendSync(this.#sound(this.#writable()), chunks, options),
      truncate: (position) => truncateSync(this.#sound(this.#writable()), position),
      stopReplace: () => stopReplaceSync(this.#writable()),
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
    this.#state = startState(this.#fs, opened, path, options.readOnly);
    const warnings = [...slotWarnings(opened.slots, path), ...ownerWarnings(opened.owner, path)];
    for (const warning of warnings) this.#warn(warning);
  }

  async check(): Promise<readonly Damage[]> {
    const { file, path, slots, owner } = this.#open();
    const { head } = await readHead(file, path);
    return superblockDamage(head, slots, owner, path);
  }

  async *read(after: Position = 0): AsyncGenerator<ByteChunk> {
    yield* readFile(this.#open(), after);
  }

  async append(chunks: readonly Uint8Array[], options: AppendOptions): Promise<Position> {
    return append(this.#changeable(), chunks, options);
  }

  async truncate(position: Position): Promise<void> {
    return truncate(this.#changeable(), position);
  }

  async replace(chunks: AsyncIterable<Uint8Array>, options: ReplaceOptions): Promise<Position> {
    return replace(this.#writable(), chunks, options);
  }

  close({ end }: { readonly end?: Position | undefined } = {}): Promise<void> {
    const state = this.#state;
    if (state) {
      this.#state = undefined;
      this.#closed = closeFile(state, end);
    }
    return this.#closed;
  }

  async destroy(): Promise<void> {
    if (this.#state)
      throw new IsokvError('IO', `${this.#path} is open: close this log before it is destroyed`);
    await this.#closed.catch(() => undefined);
    await destroyFile(this.#fs, this.#path);
  }

  #open(): State {
    if (!this.#state) throw notOpen(this.#path);
    return this.#state;
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
