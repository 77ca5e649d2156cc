/**
 * A `Log` on a medium that keeps entries in a form of its own, read and written whole: a JSON file. It keeps the
 * state, not the commits that led to it: what is read again is a run, and sequence numbers begin anew.
 */
import { IsokvError, logConflict } from '../errors.ts';
import type { Commit } from '../format/commit.ts';
import type {
  AppendOptions,
  Log,
  LogCapabilities,
  LogItem,
  LogOpenOptions,
  Position,
  ReplaceOptions,
  Salvage,
} from '../log/log.ts';
import { Slices } from '../table/slices.ts';
import { SavedState, type SaveWhen } from './saved-state.ts';
import type { StateContent, StateDocument } from './state-document.ts';
import {
  addingBlock,
  applyCommit,
  blocksOfAll,
  changesBetween,
  countOf,
  ordering,
  seqOf,
  type Tables,
  tablesOf,
} from './state-tables.ts';

/**
 * `capabilities` must name no durability but `none`, unless `when` is `append`: other appends resolve before
 * anything is written.
 */
export function stateLog(
  document: StateDocument,
  capabilities: LogCapabilities,
  when: SaveWhen = 'append',
): Log {
  return new StateLog(document, capabilities, when);
}

/** What `append` was given, until it has ended. */
interface Flight {
  readonly commits: readonly Commit[];
  /** Whether the tables have it. */
  applied: boolean;
  /** Whether it was written at once meanwhile. */
  overtaken: boolean;
}

class StateLog implements Log {
  readonly capabilities: LogCapabilities;
  readonly appendSync?: NonNullable<Log['appendSync']>;
  readonly flushSync?: NonNullable<Log['flushSync']>;
  readonly onExit?: NonNullable<Log['onExit']>;
  readonly #document: StateDocument;
  #options: LogOpenOptions | undefined;
  /** What was found when it was opened, until it is read. */
  #found: StateContent | undefined;
  #wasRead = false;
  #state: SavedState;
  #position: Position = 0;
  #seq = 0;
  #flight: Flight | undefined;
  /** The last append: where its caller took the end to be, and where it is. The caller may not have heard of it yet. */
  #heard: { readonly after: Position; readonly end: Position } | undefined;
  /** The end of the last task: one at a time looks at the tables or changes them. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(document: StateDocument, capabilities: LogCapabilities, when: SaveWhen) {
    this.#document = document;
    this.capabilities = capabilities;
    this.#state = new SavedState(document, when, {});
    if (document.writeSync) {
      this.appendSync = (commits, options) => this.#appendSync(commits, options);
      this.flushSync = () => this.#flushSync();
    }
    if (document.onExit)
      this.onExit = (listener) => (document.onExit as NonNullable<Log['onExit']>)(listener);
  }

  async open(options: LogOpenOptions): Promise<void> {
    const { readOnly, mode, cipher } = options;
    const { name } = this.#document;
    if (this.#options) throw new IsokvError('IO', `${name} is open already: close this log first`);
    if (cipher) {
      throw new IsokvError('UNSUPPORTED', `${name} is written in the clear: keep a sealed store elsewhere`);
    }
    await this.#last.catch(() => undefined);
    const found = await this.#document.open({ readOnly, mode });
    if (!found && (mode === 'mustExist' || readOnly)) {
      throw missing(name);
    }
    if (found && mode === 'mustNotExist') {
      throw new IsokvError('EXISTS', `there is a file at ${name} already: give another path, or open it`);
    }
    this.#options = options;
    this.#found = found;
    this.#wasRead = false;
    this.#state = new SavedState(this.#document, this.#state.when, options);
    this.#position = 0;
    this.#seq = 0;
  }

  async *read(after?: Position): AsyncGenerator<readonly LogItem[]> {
    this.#checkOpen();
    const state = this.#state;
    if (!this.#wasRead) {
      this.#wasRead = true;
      const salvage = this.#found?.salvage;
      state.take(this.#found);
      this.#found = undefined;
      // Nothing is what an empty log has: then no position was ever given.
      if (countOf(state.tables) > 0) yield* this.#items(state.tables, ++this.#position);
      if (salvage) yield [{ type: 'salvaged', salvage: this.#salvageOf(salvage), position: this.#position }];
      return;
    }
    let content: StateContent | undefined;
    let saves: number;
    do {
      saves = state.saves;
      content = await this.#document.read();
    } while (state.saves !== saves); // It may be older than what was saved meanwhile: that is no change by others.
    if (after === undefined) {
      yield* this.#items(tablesOf(content?.entries ?? []), this.#position);
      return;
    }
    if (state.isOf(content)) return;
    const { readOnly } = this.#options as LogOpenOptions;
    if (readOnly && !content) throw missing(this.#document.name);
    const before = state.tables;
    state.take(content);
    if (readOnly) {
      const commit = changesBetween(before, state.tables, this.#seq + 1);
      if (!commit) return;
      this.#seq++;
      yield [{ type: 'commit', commit, position: ++this.#position }];
      return;
    }
    yield [{ type: 'start', position: ++this.#position }];
    yield* this.#items(state.tables, this.#position);
  }

  append(commits: readonly Commit[], { after }: AppendOptions): Promise<Position> {
    const flight: Flight = { commits, applied: false, overtaken: false };
    this.#flight = flight;
    return this.#alone(async () => {
      try {
        if (flight.overtaken) return this.#position;
        this.#checkWritable();
        this.#checkSound();
        if (after !== this.#position) throw logConflict();
        const slices = new Slices();
        for (const _ of this.#applying(flight)) if (slices.over) await slices.pause();
        if (flight.overtaken) return this.#position;
        if (this.#state.when === 'append') await this.#state.save();
        else this.#state.flushLater(() => this.flush());
        if (!flight.overtaken) this.#grow(after);
        return this.#position;
      } finally {
        if (this.#flight === flight) this.#flight = undefined;
      }
    });
  }

  async replace(items: AsyncIterable<readonly LogItem[]>, { upTo }: ReplaceOptions): Promise<Position> {
    this.#checkWritable();
    const next: Tables = new Map();
    let seq = 0;
    const slices = new Slices();
    for await (const batch of items) {
      for (const item of batch) {
        if (item.type === 'block') {
          for (const _ of addingBlock(next, item.bytes)) if (slices.over) await slices.pause();
        } else if (item.type === 'commit') applyCommit(next, item.commit);
        seq = seqOf(item) ?? seq;
      }
    }
    for (const _ of ordering(next)) if (slices.over) await slices.pause();
    return this.#alone(async () => {
      this.#checkWritable();
      if (upTo() !== this.#position) throw logConflict();
      const state = this.#state;
      await state.write(next, () => {
        state.tables = next;
        this.#seq = Math.max(seq, this.#seq);
      });
      return ++this.#position;
    });
  }

  /** Writes what has not been written yet. */
  flush(): Promise<void> {
    return this.#alone(async () => {
      if (this.#state.unsaved && !this.#state.failed) await this.#state.save();
    });
  }

  #appendSync(commits: readonly Commit[], { after }: AppendOptions): Position {
    this.#checkWritable();
    this.#checkSound();
    const flight = this.#flight;
    if (after !== this.#position && (after !== this.#heard?.after || this.#position !== this.#heard.end))
      throw logConflict();
    for (const { fresh } of this.#state.tables.values()) fresh.order(); // It may be in the making.
    const missing = flight?.applied === false ? flight.commits : []; // Some of them twice: that changes nothing.
    if (flight) flight.applied = true;
    for (const _ of this.#applying({ commits: [...missing, ...commits], applied: false, overtaken: false }));
    this.#state.saveSync();
    if (flight) flight.overtaken = true;
    return this.#grow(after);
  }

  #flushSync(): void {
    this.#checkWritable();
    if (this.#state.unsaved && !this.#state.failed) this.#state.saveSync();
  }

  async close(): Promise<void> {
    if (!this.#options) return;
    const { readOnly } = this.#options;
    const state = this.#state;
    state.end();
    try {
      if (!readOnly) await this.flush();
    } finally {
      this.#options = undefined;
      state.tables = new Map();
      state.unsaved = false;
    }
  }

  async destroy(): Promise<void> {
    if (this.#options)
      throw new IsokvError('IO', `${this.#document.name} is open: close this log before it is destroyed`);
    await this.#document.remove();
  }

  /** Puts commits into the tables; yields between them, where it may be paused. */
  *#applying(flight: Flight): Generator<void> {
    this.#state.unsaved = true;
    for (const commit of flight.commits) {
      if (flight.applied) return; // At once, meanwhile.
      applyCommit(this.#state.tables, commit);
      this.#seq = commit.seq;
      yield;
    }
    flight.applied = true;
  }

  #grow(after: Position): Position {
    this.#position++;
    this.#heard = { after, end: this.#position };
    return this.#position;
  }

  *#items(tables: Tables, position: Position): Generator<readonly LogItem[]> {
    let blocks = 0;
    for (const bytes of blocksOfAll(tables)) {
      blocks++;
      yield [{ type: 'block', bytes, position }];
    }
    yield [{ type: 'run', summary: { seq: this.#seq, blocks, entries: countOf(tables) }, position }];
  }

  #salvageOf(salvage: Omit<Salvage, 'saved' | 'lost'>): Salvage {
    const saved = { entries: countOf(this.#state.tables), commits: 0 };
    return { ...salvage, saved, lost: { commits: [], entries: undefined } };
  }

  #checkOpen(): void {
    if (!this.#options) throw new IsokvError('CLOSED', `${this.#document.name} is not open`);
  }

  #checkSound(): void {
    if (this.#state.failed) throw new IsokvError('IO', `an earlier write to ${this.#document.name} failed`);
  }

  #checkWritable(): void {
    this.#checkOpen();
    if (this.#options?.readOnly)
      throw new IsokvError('READ_ONLY', `${this.#document.name} was opened with readOnly`);
    if (!this.#wasRead)
      throw new IsokvError('IO', `${this.#document.name} must be read before it can be written`);
  }

  #alone<R>(task: () => Promise<R>): Promise<R> {
    const result = this.#last.then(task, task);
    this.#last = result.catch(() => undefined); // The caller of the task is told.
    return result;
  }
}

function missing(name: string): IsokvError {
  return new IsokvError('MISSING', `there is no store at ${name}: open it for writing to create one`);
}
