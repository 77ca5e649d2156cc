/** What a `stateLog` holds, and the writing of it to its document: when that is, and what has yet to be written. */
import type { LogOpenOptions } from '../log/log.ts';
import { Slices } from '../table/slices.ts';
import type { StateContent, StateDocument } from './state-document.ts';
import { liveEntries, ordering, type Tables, tablesOf } from './state-tables.ts';

/** When changes are written: with every append; by `flush` and `close` only; or so many milliseconds after a change. */
export type SaveWhen = 'append' | 'flush' | number;

export class SavedState {
  tables: Tables = new Map();
  /** Whether the tables hold what is yet to be written. */
  unsaved = false;
  /** After a failed write with an append the tables hold what was refused. */
  failed = false;
  /** How often it has been put in its place. */
  saves = 0;
  readonly when: SaveWhen;
  readonly #document: StateDocument;
  readonly #now: () => number;
  readonly #report: ((error: unknown) => void) | undefined;
  /** Of the content that the tables hold, or held before what has not been written. */
  #version: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether it has been told that saving does not work. */
  #troubled = false;
  #ended = false;

  constructor(
    document: StateDocument,
    when: SaveWhen,
    { now = Date.now, report }: Pick<LogOpenOptions, 'now' | 'report'>,
  ) {
    this.#document = document;
    this.when = when;
    this.#now = now;
    this.#report = report;
  }

  /** Holds what has been read, in the place of all it held. */
  take(content: StateContent | undefined): void {
    this.tables = tablesOf(content?.entries ?? []);
    this.#version = content?.version;
    this.unsaved = false;
    this.failed = false;
  }

  /** Whether it holds this content and nothing else. */
  isOf(content: StateContent | undefined): boolean {
    return content?.version === this.#version && !this.failed;
  }

  async save(): Promise<void> {
    const slices = new Slices();
    for (const _ of ordering(this.tables)) if (slices.over) await slices.pause();
    if (!this.unsaved) return; // It was all written at once meanwhile.
    try {
      await this.write(this.tables);
    } catch (error) {
      if (!this.unsaved) return; // As above.
      this.failed = this.when === 'append';
      throw error;
    }
  }

  /** As `save`, done when it returns. */
  saveSync(): void {
    try {
      const { writeSync } = this.#document as Required<StateDocument>;
      const options = { ifVersion: this.#version };
      this.#version = writeSync.call(this.#document, liveEntries(this.tables, this.#now()), options);
      this.saves++;
      this.#saved();
    } catch (error) {
      this.failed = this.when === 'append';
      throw error;
    }
  }

  /**
   * Puts `tables`, in order already, in the place of what the document holds. `onTaken` is called when they are there, but
   * not durably yet. It begins at once: after a pause, what was written at once meanwhile would be taken for its base.
   */
  async write(tables: Tables, onTaken?: () => void): Promise<void> {
    await this.#document.write(liveEntries(tables, this.#now()), {
      ifVersion: this.#version,
      onTaken: (version) => {
        this.#version = version;
        this.saves++;
        onTaken?.();
      },
    });
    this.#saved();
  }

  /** Has `flush` called when it is time. The timer keeps a process alive: what has been written is to be saved. */
  flushLater(flush: () => Promise<void>): void {
    if (typeof this.when !== 'number' || this.#timer !== undefined || this.#ended) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      flush().catch((error: unknown) => {
        if (!this.#troubled) this.#report?.(error);
        this.#troubled = true;
        this.flushLater(flush);
      });
    }, this.when);
  }

  /** From here on it saves nothing by itself. */
  end(): void {
    this.#ended = true;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
  }

  #saved(): void {
    this.unsaved = false;
    this.failed = false;
    this.#troubled = false;
  }
}
