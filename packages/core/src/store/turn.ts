/**
 * The commit of the current turn of the event loop: every change goes into it, from `enter` to `note`, and when the
 * turn is over it is sealed and handed to the queue. Nothing may seal it in the middle of a change, or of a step.
 */
import { concat } from '../bytes/concat.ts';
import { Writer } from '../bytes/writer.ts';
import { IsokvError } from '../errors.ts';
import { writeNamespace } from '../format/change.ts';
import type { Slot } from '../table/slot.ts';
import type { Table } from '../table/table.ts';
import type { Core } from './core.ts';
import type { ChangeEvent } from './events.ts';
import type { LiveSpace } from './live-space.ts';
import { Made, PendingCommit, type Step } from './pending-commit.ts';

/** Of a commit in the making, about so many bytes are cut off at a time, so that no large buffer is ever copied. */
const PART_BYTES = 8 * 1024;

/** Of what there is nothing to write. */
export const DURABLE: Promise<void> = Promise.resolve();

export class Turn {
  /** Where changes are encoded, between `enter` and `note`. */
  readonly writer: Writer = new Writer();
  readonly #core: Core;
  #pending: PendingCommit | undefined;
  /** Whether a step is running, which will itself be run again should another writer come first. */
  #inStep = false;
  /** How many writes are under way, one in the other. It stays when the engine ends a script in the middle of one. */
  #depth = 0;

  constructor(core: Core) {
    this.#core = core;
  }

  // Changes

  /** The commit of this turn, ready for a change of `space`. `note` or `giveUp` must follow. */
  enter(space: LiveSpace): PendingCommit {
    this.#depth++;
    let pending = this.#pending;
    if (!pending) {
      pending = new PendingCommit();
      this.#begin(pending);
      queueMicrotask(() => {
        if (this.#pending === pending && this.#isWhole()) this.seal();
      });
    }
    if (pending.namespace !== space.name) {
      writeNamespace(this.writer, space.name);
      pending.namespace = space.name;
    }
    return pending;
  }

  /** The change cannot be made: forgets what has been encoded of it, from `mark` on. */
  giveUp(mark: number): void {
    this.writer.rewind(mark);
    this.#depth--;
  }

  /** The change has been made: `slot`, of a put, is in the place of `before`. */
  note(
    pending: PendingCommit,
    space: LiveSpace,
    key: string,
    type: ChangeEvent['type'],
    before: Slot | Table | undefined,
    slot?: Slot,
  ): void {
    const core = this.#core;
    pending.count++;
    if (this.#keepsSteps) {
      const made = new Made(space, key, type, before, slot);
      pending.undo.push(made);
      // What is to be evicted is found anew: others may have used it.
      if (!this.#inStep && type !== 'evict') pending.steps.push(made);
    }
    if (this.writer.length > PART_BYTES) pending.parts.push(this.writer.take());
    this.#depth--;
    core.note(pending.changes, type, space.name, key);
  }

  // Changes that belong together

  /** Makes writes of which no commit may hold a part only. */
  whole(write: () => void): void {
    this.#depth++;
    try {
      write();
    } finally {
      this.#depth--;
    }
  }

  /** Runs a step whose changes belong together, again if another writer comes first. @returns its last result */
  atomically<R>(step: () => R): Promise<R> {
    this.#core.access.checkWritable();
    if (this.#inStep) return Promise.resolve(step()); // Part of a step already.
    if (!this.#pending) queueMicrotask(() => this.#isWhole());
    const record: Step = { run: step, result: this.#running(step) };
    // What has changed nothing may rest on what is not durable yet: then it settles, and runs again, with that.
    const latest = this.#latest;
    if (!latest) return Promise.resolve(record.result as R);
    if (this.#keepsSteps) latest.steps.push(record);
    const promise = latest.promise.then(() => {
      if (record.error !== undefined) throw record.error;
      return record.result as R;
    });
    latest.results.push(promise);
    return promise;
  }

  #running<R>(step: () => R): R {
    const before = this.#inStep;
    this.#inStep = true;
    try {
      return step();
    } finally {
      this.#inStep = before;
    }
  }

  get #keepsSteps(): boolean {
    return this.#core.log?.capabilities.shared === true;
  }

  // Its end

  /** Ends the commit of this turn and hands it on. */
  seal(): void {
    const core = this.#core;
    const pending = this.#pending;
    if (!pending || this.#depth > 0 || core.access.isMidWrite) return;
    this.#depth++;
    if (pending.count > 0) this.#finish(pending);
    else {
      this.#pending = undefined;
      this.writer.take();
      core.seq--; // Every write of the turn was refused.
    }
    // First, since a listener may write and flush: its commit comes after this one.
    if (core.queue && pending.commit) core.queue.push(pending);
    else pending.resolve();
    this.#depth--;
    core.events.announce(pending.changes, { seq: pending.seq, origin: 'local' });
  }

  #begin(pending: PendingCommit): void {
    pending.begin(++this.#core.seq);
    this.writer.varint(pending.seq);
    this.#pending = pending;
  }

  /** Gives the commit its encoded form. */
  #finish(pending: PendingCommit): void {
    this.#pending = undefined;
    const last = this.writer.take();
    const payload = pending.parts.length > 0 ? concat([...pending.parts, last]) : last;
    pending.parts = [];
    pending.commit = { seq: pending.seq, payload };
    this.#core.logBytes += payload.length;
  }

  /** What resolves when everything written so far is durable. */
  get settled(): Promise<void> {
    return this.#latest?.promise ?? DURABLE;
  }

  /** The last commit that is not durable yet, this turn's if there is one. */
  get #latest(): PendingCommit | undefined {
    return this.#pending ?? this.#core.queue?.last;
  }

  /**
   * Whether no write was ended in the middle, with its script, as Firefox does to those of a tab that it closes. Else the
   * writes of this turn are void, lest a part of one be kept, and there are no more. To be asked when nothing else runs.
   */
  #isWhole(): boolean {
    try {
      this.checkWhole();
      return true;
    } catch (error) {
      const { access, events } = this.#core;
      access.closeWrites();
      this.#pending?.fail(error, events.has('error'));
      this.#pending = undefined;
      events.emit('error', error);
      return false;
    }
  }

  /** As `#isWhole`. @throws IO when it is not: memory may hold a part of something, and the next commit would begin with it */
  checkWhole(): void {
    if (this.#depth > 0 || this.#inStep)
      throw new IsokvError('IO', 'the script was ended in the middle of a write: open the store again');
  }

  // Other writers

  /** Takes a commit's changes back, newest first: commits of another writer come before it. */
  undo(pending: PendingCommit): void {
    for (const { space, key, before } of pending.undo.reverse()) space.putBack(key, before);
    pending.undo = [];
    this.#core.guardReads();
  }

  /** Makes a commit anew, on top of commits that came first. Its promises stay. */
  redo(pending: PendingCommit): void {
    this.#depth++;
    this.#begin(pending);
    this.#core.access.openToWrites(() => {
      for (const step of pending.steps) {
        try {
          step.error = undefined;
          step.result = this.#running(() => step.run());
        } catch (error) {
          step.error = error;
        }
      }
    });
    this.#finish(pending);
    this.#depth--;
  }
}
