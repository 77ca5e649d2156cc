/**
 * Makes a `Log` of a `ByteLog`: frames, checksums, sealing, torn tails. What it writes is
 *
 *     header | blocks of the run, end of the run | commits
 *
 * The run is there after a `replace` only; it is never torn, for a replace is atomic. A header that begins no
 * flight says that a run follows.
 */
import { IsokvError } from '../errors.ts';
import type { Commit } from '../format/commit.ts';
import { append } from './frames/append.ts';
import type { appendSync } from './frames/append-sync.ts';
import { check } from './frames/check.ts';
import { leave } from './frames/leave.ts';
import { readOn } from './frames/read-on.ts';
import { replace } from './frames/replace.ts';
import { salvage } from './frames/salvage.ts';
import { type State, startState } from './frames/state.ts';
import type {
  AppendOptions,
  ByteLog,
  Log,
  LogCapabilities,
  LogItem,
  LogOpenOptions,
  Position,
  ReplaceOptions,
} from './log.ts';

/** A `Log` on a place to append bytes; `syncFrameLog`, if they can be appended before a call returns. */
export function frameLog(bytes: ByteLog): Log {
  return new FrameLog(bytes);
}

export class FrameLog implements Log {
  readonly appendSync?: NonNullable<Log['appendSync']>;
  readonly leave?: NonNullable<Log['leave']>;
  readonly watch?: NonNullable<Log['watch']>;
  readonly onExit?: NonNullable<Log['onExit']>;
  readonly #bytes: ByteLog;
  #state: State;
  #isOpen = false;

  constructor(bytes: ByteLog, atOnce?: typeof appendSync) {
    this.#bytes = bytes;
    this.#state = startState(bytes, { readOnly: false });
    if (bytes.sync && atOnce) this.appendSync = (commits, options) => atOnce(this.#state, commits, options);
    if (bytes.leave) this.leave = (commits) => leave(this.#state, commits);
    if (bytes.onExit) this.onExit = bytes.onExit.bind(bytes);
    if (bytes.watch) this.watch = bytes.watch.bind(bytes);
  }

  /** Asked each time: bytes may turn out to be on another medium when they are opened. */
  get capabilities(): LogCapabilities {
    return this.#state.bytes.capabilities;
  }

  get confirmed(): number {
    return this.#state.bytes.confirmed ?? 0;
  }

  get mustReplace(): boolean {
    const { failed, bytes } = this.#state;
    return failed || bytes.mustReplace === true;
  }

  async open(options: LogOpenOptions): Promise<void> {
    const bytes = this.#bytes;
    // Two stores would take it for theirs, and each what the other has written for its own.
    if (this.#isOpen) throw new IsokvError('IO', 'this log is open already: close it, or make another');
    this.#isOpen = true;
    this.#state = startState(bytes, options);
    try {
      await bytes.open(options);
    } catch (error) {
      this.#isOpen = false;
      throw error;
    }
    if (bytes.instead) this.#state = startState(bytes.instead, options);
  }

  read(after?: Position): AsyncGenerator<readonly LogItem[]> {
    const state = this.#state;
    if (after === undefined && state.writer) return check(state);
    // What was salvaged by who only reads still stands as it was, and has no end to go on from.
    const salvages = after === undefined ? state.salvages : state.readOnly && state.failed;
    return salvages ? salvage(state) : readOn(state, after);
  }

  append(commits: readonly Commit[], options: AppendOptions): Promise<Position> {
    return append(this.#state, commits, options);
  }

  replace(items: AsyncIterable<readonly LogItem[]>, options: ReplaceOptions): Promise<Position> {
    return replace(this.#state, items, options);
  }

  async close(): Promise<void> {
    const state = this.#state;
    const isKnown = state.writer !== undefined && !state.failed && state.tornAt === undefined;
    state.isOpen = false;
    state.writer = undefined;
    try {
      await state.bytes.close({ end: isKnown ? state.end : undefined });
    } finally {
      this.#isOpen = false; // Only now: its end would be that of the next opening.
    }
  }

  destroy(): Promise<void> {
    return this.#state.bytes.destroy();
  }
}
