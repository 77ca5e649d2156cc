/** What a file log knows while it is open. */
import { IsokvError, type Position } from '@isokv/core';
import type { FileHandle, FileSystem } from './file-system.ts';
import type { FileLock } from './lock/file-lock.ts';
import type { OpenedFile } from './open-file.ts';
import { Preallocation } from './preallocation.ts';
import type { Replacement } from './replacement.ts';
import { LOG_START, type Slots } from './superblock.ts';

export interface State {
  readonly fs: FileSystem;
  file: FileHandle;
  /** Absolute, with symbolic links followed. */
  readonly path: string;
  readonly readOnly: boolean;
  /** Undefined for who only reads. */
  readonly lock: FileLock | undefined;
  /** Of the file that is open: another one after a replacement. */
  identity: string;
  readonly secret: Uint8Array;
  /** Who writes to it, as the file said last. */
  owner: Uint8Array;
  /** Whether that is us. */
  claimed: boolean;
  /** When we last looked. Epoch milliseconds. */
  lookedAt: number;
  slots: Slots;
  /** Whether the superblock shows that the file is ours. */
  ours: boolean;
  /** The end of the log lies between the two. They are one as soon as the caller has named it, or a close had. */
  endLeast: Position;
  endMost: Position;
  /** What the caller still takes for the end, after a replacement that failed when it had happened. */
  endBefore: Position | undefined;
  preallocation: Preallocation;
  /** Whether the log has changed since its slots were written. */
  changed: boolean;
  /** Whether there are bytes that no sync has covered. */
  unsynced: boolean;
  /** Whether the file's name is durable: who created or replaced it may have been stopped before that. */
  named: boolean;
  /** Whether a change is under way, or a replacement past the point where one may be. */
  busy: boolean;
  /** An append that is under way. */
  flight: Flight | undefined;
  /** Where the caller of the last append took the end to be, and where it is: it may not have heard of it yet. */
  last: { readonly after: Position; readonly end: Position } | undefined;
  /** A truncation that is under way. */
  cutting: Cutting | undefined;
  /** A replacement past the point where a change may be. */
  replacing: Replacing | undefined;
  /** The end of the last replacement, until something else is changed. */
  replacedTo: Position | undefined;
  /** The identity of a replacement of which the system has not said whether it has the path. */
  maybePlaced: string | undefined;
  /** Called when that has ended, if `close` waits for it. */
  released: (() => void) | undefined;
  /** Close has begun: what was begun before ends, and changes nothing any more if it can still be stopped. */
  closing: boolean;
  /** A change has failed: what is in the file after the end, and whether it is durable, is not known. */
  failed: boolean;
}

export interface Flight {
  readonly chunks: readonly Uint8Array[];
  readonly start: Position;
  /** Whether something has been appended at once after it, and it with that. */
  overtaken: boolean;
}

export interface Cutting {
  readonly end: Position;
  /** `asked` when the system has been asked to cut, `done` when it has been cut at once and need not be. */
  step: 'waits' | 'asked' | 'done';
}

export interface Replacing {
  readonly replacement: Replacement;
  /** Where its caller takes the end of the log to be. */
  readonly before: Position;
  /** Whether it has given way to what was written at once. */
  stopped: boolean;
  /** Whether it is in place, and the state says so. */
  switched: boolean;
}

export function startState(fs: FileSystem, opened: OpenedFile, path: string, readOnly: boolean): State {
  return {
    fs,
    ...pointTo(opened.file, opened.slots, opened.bytes),
    ours: opened.ours,
    lock: opened.lock,
    identity: opened.identity,
    secret: opened.secret,
    owner: opened.owner,
    claimed: false,
    lookedAt: 0,
    flight: undefined,
    last: undefined,
    cutting: undefined,
    replacing: undefined,
    replacedTo: undefined,
    maybePlaced: undefined,
    // Unless it was closed cleanly, by whoever wrote it.
    unsynced: opened.bytes !== settledOf(opened.slots),
    path,
    readOnly,
    endBefore: undefined,
    named: false,
    busy: false,
    released: undefined,
    closing: false,
    failed: false,
  };
}

/** What is known of a file in which nothing has been changed yet. */
export function pointTo(
  file: FileHandle,
  slots: Slots,
  bytes: number,
): Pick<State, 'file' | 'slots' | 'endLeast' | 'endMost' | 'preallocation' | 'changed' | 'unsynced'> {
  return {
    file,
    slots,
    endLeast: bytes,
    endMost: bytes,
    preallocation: new Preallocation(file, bytes),
    changed: false,
    unsynced: false,
  };
}

/** The path names the new file now, whatever else happens: what is written to the old one would be lost. */
export function switchTo(state: State, replacing: Replacing): void {
  const { file, end, identity } = replacing.replacement;
  replacing.switched = true;
  state.endBefore = replacing.before;
  Object.assign(state, pointTo(file, [end, end], end), { identity, named: false });
  state.failed = true;
}

/** Up to where the bytes are known to have been durable: `LOG_START` where nothing is known. */
export function settledOf([a = LOG_START, b = LOG_START]: Slots): Position {
  return Math.max(a, b);
}

/** What follows may go wrong at any point: until it has worked, it has failed. */
export function beginChange(state: State, end: Position): void {
  state.busy = true;
  state.failed = true;
  state.changed = true;
  state.replacedTo = undefined;
  setEnd(state, end);
}

/** Whether nothing but a replacement may follow. While something is under way it has not failed yet. */
export function isUnsound({ failed, busy, replacing }: State): boolean {
  return failed && !busy && !replacing?.switched;
}

/** The change that made the state busy has ended, one way or the other. */
export function release(state: State): void {
  state.busy = false;
  state.released?.();
}

/** Resolves when no change is under way. */
export async function whenReleased(state: State): Promise<void> {
  if (state.busy) {
    await new Promise<void>((resolve) => {
      state.released = resolve;
    });
  }
}

export function setEnd(state: State, end: Position): void {
  state.endLeast = end;
  state.endMost = end;
}

/** The end of the log as a caller names it. @throws LOG_CONFLICT when it cannot be that */
export function endNamed(state: State, position: Position): Position {
  const end = position === 0 ? LOG_START : position;
  if (end < state.endLeast || end > state.endMost) throw conflict();
  return end;
}

export function conflict(): IsokvError {
  return new IsokvError('LOG_CONFLICT', 'the log does not end where this write was to begin: read it again');
}

export function notOpen(path: string): IsokvError {
  return new IsokvError('CLOSED', `${path} is not open`);
}
