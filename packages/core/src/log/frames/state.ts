/** What a frame log knows while it is open, and what all that read and change it do with that. */
import { IsokvError, isConflict } from '../../errors.ts';
import { startChain } from '../../format/frame.ts';
import type { FrameWriter } from '../../format/frame-writer.ts';
import type { ByteLog, LogOpenOptions, Position } from '../log.ts';
import type { Flight, NextLog } from './framing.ts';
import { Identity } from './identity.ts';

export interface State {
  readonly bytes: ByteLog;
  readonly readOnly: boolean;
  /** Whether damage is to be read around, and put right. */
  readonly salvages: boolean;
  /** Whether `close` has not been called yet: what still reads then changes nothing any more. */
  isOpen: boolean;
  identity: Identity;
  /** Appends continue its chain. Undefined until the log was read. */
  writer?: FrameWriter | undefined;
  end: Position;
  /** The end of what is valid, when a torn tail follows it. */
  tornAt?: Position | undefined;
  /** The torn tail is being dropped. */
  dropping?: Promise<void> | undefined;
  /** After a failed append it is not known what reached the medium: nothing may follow it. */
  failed: boolean;
  /** A reading of what others have added has not come to its end: the next one begins at the start. */
  astray?: boolean;
  /** The append that is under way. */
  flight?: Flight | undefined;
  /** The replacement that is under way. */
  next?: NextLog | undefined;
  /**
   * The last change: where its caller took the end to be, and where it is; the last commit in it. The caller may not have
   * heard of it yet.
   */
  last?: { readonly after: Position; readonly end: Position; readonly seq: number };
}

export function startState(
  bytes: ByteLog,
  { readOnly, recovery, cipher }: Pick<LogOpenOptions, 'readOnly' | 'recovery' | 'cipher'>,
): State {
  const identity = new Identity(cipher);
  return { bytes, readOnly, salvages: recovery === 'salvage', isOpen: true, identity, end: 0, failed: false };
}

/** From here on appends can follow, in the chain that `seed` ends. */
export function continueChain(state: State, seed: number): void {
  state.writer = state.identity.writer(startChain(state.bytes.crc32, seed));
}

/** What appends go to. @throws IO when the log cannot grow */
export function growing({ writer, failed }: State): FrameWriter {
  if (writer && !failed) return writer;
  throw new IsokvError('IO', 'this log must be read first, or rewritten after a failed append');
}

/** The new content of a replacement is the log now, and ends at `end`. */
export function switchTo(state: State, { writer }: NextLog, end: Position): void {
  state.end = end;
  if (state.isOpen) state.writer = writer;
  state.failed = false;
  state.tornAt = undefined;
}

/** A change has failed. Where another writer came first, nothing of it has reached the medium. @throws its error */
export function fail(state: State, error: unknown): never {
  state.failed = !isConflict(error);
  throw error;
}

/** Ends the log for the medium, too, where it ends for the caller. An append may come while a replace does this. */
export function dropTorn(state: State): Promise<void> | undefined {
  if (state.tornAt === undefined) return undefined;
  state.dropping ??= truncate(state, state.tornAt);
  return state.dropping;
}

async function truncate(state: State, at: Position): Promise<void> {
  try {
    // Who is not atomic and lacks it fails here, before anything is written after the tear.
    await (state.bytes as Required<ByteLog>).truncate(at);
    state.tornAt = undefined;
  } catch (error) {
    fail(state, error);
  } finally {
    state.dropping = undefined;
  }
}
