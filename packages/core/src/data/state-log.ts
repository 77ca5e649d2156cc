/**
 * A `Log` on a medium that keeps entries in a form of its own, read and written whole: a JSON file. It keeps the
 * state, not the commits that led to it: what is read again is a run, and sequence numbers begin anew.
 */
import { ValueCodecs } from '../codec/values.ts';
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
import { blocksOf } from '../table/blocks.ts';
import { Slices } from '../table/slices.ts';
import type { Table } from '../table/table.ts';
import type { DataEntry } from './entry.ts';
import type { StateContent, StateDocument } from './state-document.ts';
import {
  addingBlock,
  applyCommit,
  changesBetween,
  countOf,
  liveEntries,
  namesOf,
  ordering,
  seqOf,
  type Tables,
  tablesOf,
} from './state-tables.ts';

/** When changes are written: with every append; by `flush` and `close` only; or so many milliseconds after a change. */
export type SaveWhen = 'append' | 'flush' | number;

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

const codecs = /* @__PURE__ */ new ValueCodecs();

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
  readonly #when: SaveWhen;
  #options: LogOpenOptions | undefined;
  /** What was found when it was opened, until it is read. */
  #found: StateContent | undefined;
  #wasRead = false;
  #tables: Tables = new Map();
  /** Of the content that the tables hold, or held before what has not been written. */
  #version: string | undefined;
  #position: Position = 0;
  #seq = 0;
  /** After a failed write the tables hold what was refused. */
  #failed = false;
  /** Whether the tables hold what is yet to be written. */
  #unsaved = false;
  #flight: Flight | undefined;
  /** The last append: where its caller took the end to be, and where it is. The caller may not have heard of it yet. */
  #heard: { readonly after: Position; readonly end: Position } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether it has been told that saving does not work. */
  #troubled = false;
  /** The end of the last task: one at a time looks at the tables or changes them. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(document: StateDocument, capabilities: LogCapabilities, when: SaveWhen) {
    this.#document = document;
    this.capabilities = capabilities;
    this.#when = when;
    if (document.writeSync) {
      this.appendSync = (commits, options) => this.#appendNow(commits, options);
      this.flushSync = () => this.#flushNow();
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
      throw new IsokvError('MISSING', `there is no store at ${name}: open it for writing to create one`);
    }
    if (found && mode === 'mustNotExist') {
      throw new IsokvError('EXISTS', `there is a file at ${name} already: give another path, or open it`);
    }
    this.#options = options;
    this.#found = found;
    this.#wasRead = false;
    this.#failed = false;
    this.#troubled = false;
    this.#position = 0;
    this.#seq = 0;
  }

  async *read(after?: Position): AsyncGenerator<readonly LogItem[]> {
    this.#checkOpen();
    if (!this.#wasRead) {
      this.#wasRead = true;
      const salvage = this.#found?.salvage;
      this.#take(this.#found);
      this.#found = undefined;
      // Nothing is what an empty log has: then no position was ever given.
      if (countOf(this.#tables) > 0) yield* this.#items(this.#tables, ++this.#position);
      if (salvage) yield [{ type: 'salvaged', salvage: this.#salvageOf(salvage), position: this.#position }];
      return;
    }
    const content = await this.#document.read();
    if (after === undefined) {
      yield* this.#items(tablesOf(content?.entries ?? []), this.#position);
      return;
    }
    if (content?.version === this.#version && !this.#failed) return;
    const before = this.#tables;
    this.#take(content);
    if (this.#options?.readOnly) {
      const commit = changesBetween(before, this.#tables, this.#seq + 1);
      if (!commit) return;
      this.#seq++;
      yield [{ type: 'commit', commit, position: ++this.#position }];
      return;
    }
    this.#failed = false;
    this.#unsaved = false;
    yield [{ type: 'start', position: ++this.#position }];
    yield* this.#items(this.#tables, this.#position);
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
        if (this.#when === 'append') await this.#save();
        else this.#saveLater();
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
    return this.#alone(async () => {
      this.#checkWritable();
      if (upTo() !== this.#position) throw logConflict();
      await this.#write(next, () => {
        this.#tables = next;
        this.#seq = Math.max(seq, this.#seq);
      });
      return ++this.#position;
    });
  }

  /** Writes what has not been written yet. */
  flush(): Promise<void> {
    return this.#alone(async () => {
      if (this.#unsaved && !this.#failed) await this.#save();
    });
  }

  #appendNow(commits: readonly Commit[], { after }: AppendOptions): Position {
    this.#checkWritable();
    this.#checkSound();
    const flight = this.#flight;
    if (after !== this.#position && (after !== this.#heard?.after || this.#position !== this.#heard.end))
      throw logConflict();
    for (const { fresh } of this.#tables.values()) fresh.order(); // It may be in the making.
    const missing = flight?.applied === false ? flight.commits : []; // Some of them twice: that changes nothing.
    if (flight) flight.applied = true;
    for (const _ of this.#applying({ commits: [...missing, ...commits], applied: false, overtaken: false }));
    this.#saveNow();
    if (flight) flight.overtaken = true;
    return this.#grow(after);
  }

  #flushNow(): void {
    this.#checkWritable();
    if (this.#unsaved && !this.#failed) this.#saveNow();
  }

  async close(): Promise<void> {
    if (!this.#options) return;
    const { readOnly } = this.#options;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      if (!readOnly) await this.flush();
    } finally {
      this.#options = undefined;
      this.#tables = new Map();
      this.#unsaved = false;
    }
  }

  async destroy(): Promise<void> {
    if (this.#options)
      throw new IsokvError('IO', `${this.#document.name} is open: close this log before it is destroyed`);
    await this.#document.remove();
  }

  #take(content: StateContent | undefined): void {
    this.#tables = tablesOf(content?.entries ?? []);
    this.#version = content?.version;
  }

  /** Puts commits into the tables; yields between them, where it may be paused. */
  *#applying(flight: Flight): Generator<void> {
    this.#unsaved = true;
    for (const commit of flight.commits) {
      if (flight.applied) return; // At once, meanwhile.
      applyCommit(this.#tables, commit);
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

  async #save(): Promise<void> {
    try {
      await this.#write(this.#tables);
    } catch (error) {
      if (!this.#unsaved) return; // It was all written at once meanwhile.
      this.#failed = this.#when === 'append';
      throw error;
    }
  }

  #saveNow(): void {
    try {
      const { writeSync } = this.#document as Required<StateDocument>;
      const options = { ifVersion: this.#version };
      this.#version = writeSync.call(this.#document, this.#entriesOf(this.#tables), options);
      this.#saved();
    } catch (error) {
      this.#failed = this.#when === 'append';
      throw error;
    }
  }

  async #write(tables: Tables, onTaken?: () => void): Promise<void> {
    const slices = new Slices();
    for (const _ of ordering(tables)) if (slices.over) await slices.pause();
    await this.#document.write(this.#entriesOf(tables), {
      ifVersion: this.#version,
      onTaken: (version) => {
        this.#version = version;
        onTaken?.();
      },
    });
    this.#saved();
  }

  #entriesOf(tables: Tables): Iterable<DataEntry> {
    const { now = Date.now } = this.#options as LogOpenOptions;
    return liveEntries(tables, now());
  }

  #saved(): void {
    this.#unsaved = false;
    this.#failed = false;
    this.#troubled = false;
  }

  /** The timer keeps a process alive: what has been written is to be saved. */
  #saveLater(): void {
    if (typeof this.#when !== 'number' || this.#timer !== undefined || !this.#options) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.flush().catch((error: unknown) => {
        if (!this.#troubled) this.#options?.report?.(error);
        this.#troubled = true;
        this.#saveLater();
      });
    }, this.#when);
  }

  *#items(tables: Tables, position: Position): Generator<readonly LogItem[]> {
    let blocks = 0;
    for (const name of namesOf(tables)) {
      for (const bytes of blocksOf(tables.get(name) as Table, codecs)) {
        if (!bytes) continue;
        blocks++;
        yield [{ type: 'block', bytes, position }];
      }
    }
    yield [{ type: 'run', summary: { seq: this.#seq, blocks, entries: countOf(tables) }, position }];
  }

  #salvageOf(salvage: Omit<Salvage, 'saved' | 'lost'>): Salvage {
    const saved = { entries: countOf(this.#tables), commits: 0 };
    return { ...salvage, saved, lost: { commits: [], entries: undefined } };
  }

  #checkOpen(): void {
    if (!this.#options) throw new IsokvError('CLOSED', `${this.#document.name} is not open`);
  }

  #checkSound(): void {
    if (this.#failed) throw new IsokvError('IO', `an earlier write to ${this.#document.name} failed`);
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
