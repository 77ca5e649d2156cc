/**
 * The heart of a store: its namespaces, the commit of the current turn, and what every write has to go
 * through. Reads never pass here unless the answer is not at hand (live-space.ts).
 */
import { concat } from '../bytes/concat.ts';
import { Writer } from '../bytes/writer.ts';
import type { Codec } from '../codec/codec.ts';
import { isPlain, ValueCodecs, writeBytes } from '../codec/values.ts';
import { IsokvError } from '../errors.ts';
import { writeClear, writeDelete, writeNamespace, writePut } from '../format/change.ts';
import type { Log } from '../log/log.ts';
import { Cell, expiryOf, type Slot } from '../table/slot.ts';
import type { Table } from '../table/table.ts';
import { Access } from './access.ts';
import type { CommitQueue } from './commit-queue.ts';
import { type ChangeEvent, Events } from './events.ts';
import { Expirations } from './expirations.ts';
import { Limits, sizeChange } from './limits.ts';
import { LiveSpace } from './live-space.ts';
import { checkOptions, type StoreOptions } from './options.ts';
import { Made, PendingCommit, type Step } from './pending-commit.ts';
import { Slots } from './slots.ts';
import { TransactionState } from './transaction.ts';

/** Of a commit in the making, about so many bytes are cut off at a time, so that no large buffer is ever copied. */
const PART_BYTES = 8 * 1024;

const DURABLE: Promise<void> = Promise.resolve();

/** Something that must know of every change as it is made: an explicit transaction that is open. */
export interface Witness {
  /** `key` undefined: every key of the namespace. */
  onChange(namespace: string, key: string | undefined, origin: 'local' | 'remote'): void;
}

export class Core {
  readonly options: StoreOptions;
  readonly now: () => number;
  readonly events: Events = new Events();
  readonly spaces: Map<string, LiveSpace> = new Map();
  readonly limits: Limits | undefined;
  readonly slots: Slots;
  readonly witnesses: Set<Witness> = new Set();
  readonly access: Access;
  readonly expirations: Expirations;
  log: Log | undefined;
  queue: CommitQueue | undefined;
  /** The seq of the last commit made, durable or not. */
  seq = 0;
  /** Bytes of the run and of all commits since. */
  logBytes = 0;

  readonly #writer: Writer = new Writer();
  /** The commit of this turn of the event loop. */
  #pending: PendingCommit | undefined;
  /** Whether a step is running, which will itself be run again should another writer come first. */
  #inStep = false;
  /** How many writes are under way, one in the other. It stays when the engine ends a script in the middle of one. */
  #depth = 0;

  constructor(options: StoreOptions) {
    checkOptions(options);
    this.options = options;
    this.now = options.now ?? Date.now;
    this.limits = Limits.wanted(options) ? new Limits(options) : undefined;
    this.slots = new Slots(new ValueCodecs(options.codecs), this.limits === undefined);
    this.access = new Access(options.readOnly === true, () => this.refreshFast());
    this.expirations = new Expirations(this, options.sweepInterval ?? 1000);
  }

  // Access

  space(name: string): LiveSpace {
    let space = this.spaces.get(name);
    if (!space) {
      space = new LiveSpace(this, name);
      space.guard(!this.access.isReadable);
      this.spaces.set(name, space);
    }
    return space;
  }

  /** Ends all use of the store. */
  closeReads(): void {
    this.expirations.stop();
    this.access.closeReads();
  }

  /** Must follow whenever a table has a new overlay, or reads are allowed or refused. */
  refreshFast(): void {
    for (const space of this.spaces.values()) space.guard(!this.access.isReadable);
  }

  // Writes

  put(
    space: LiveSpace,
    key: string,
    value: unknown,
    expiresAt: number,
    codec: Codec | undefined,
  ): Promise<void> {
    // Nobody would know of the change but who reads it.
    const isUnobserved = !this.log && !this.limits && !this.events.observed && this.witnesses.size === 0;
    if (isUnobserved && !codec && expiresAt === 0 && isPlain(value)) {
      this.access.checkWritable();
      space.table.put(key, value);
      return DURABLE;
    }
    const pending = this.#enter(space);
    const writer = this.#writer;
    const mark = writer.length;
    let slot: Slot;
    try {
      writePut(writer, key, expiresAt);
      slot =
        isPlain(value) && !codec
          ? this.slots.write(writer, value, expiresAt)
          : this.#writeObject(space, key, value, expiresAt, codec);
      if (this.limits) this.#checkLimits(space, key, slot);
    } catch (error) {
      writer.rewind(mark);
      this.#depth--;
      throw error;
    }
    this.#replace(pending, space, key, slot);
    return pending.promise;
  }

  /** A getter of the value, or a codec, is not to write in the middle of this. */
  #writeObject(space: LiveSpace, key: string, value: unknown, expiresAt: number, codec?: Codec): Slot {
    return this.access.closedToWrites(() =>
      // Who has read what was there is going to read this, too.
      this.slots.write(this.#writer, value, expiresAt, codec, space.wasRead(key)),
    );
  }

  /** As `put`, of a value that is encoded already. `fits`: the limits have been checked. */
  putSlot(space: LiveSpace, key: string, slot: Slot, fits = false): Promise<void> {
    this.access.checkWritable();
    if (this.limits && !fits) this.#checkLimits(space, key, slot);
    const pending = this.#enter(space);
    writePut(this.#writer, key, expiryOf(slot));
    if (slot instanceof Cell) writeBytes(this.#writer, slot.tag, slot.bytes.subarray(slot.start, slot.end));
    else this.slots.codecs.write(this.#writer, slot);
    this.#replace(pending, space, key, slot);
    return pending.promise;
  }

  /** Deleting what is not there changes nothing, and needs no commit. */
  remove(space: LiveSpace, key: string, type: 'delete' | 'evict' = 'delete'): Promise<void> {
    this.access.checkWritable();
    if (space.table.find(key) === undefined) return this.#settled;
    const pending = this.#enter(space);
    writeDelete(this.#writer, key);
    this.#note(pending, space, key, type, space.erase(key));
    return pending.promise;
  }

  clear(space: LiveSpace): Promise<void> {
    this.access.checkWritable();
    if (space.table.size === 0) return this.#settled;
    const pending = this.#enter(space);
    writeClear(this.#writer);
    this.#note(pending, space, '', 'clear', space.empty());
    return pending.promise;
  }

  /** Runs a step whose changes belong together, again if another writer comes first. @returns its last result */
  atomically<R>(step: () => R): Promise<R> {
    this.access.checkWritable();
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

  /** Writes what `work` leaves in a transaction, as part of this turn's commit. */
  transact<R>(work: (state: TransactionState) => R): Promise<R> {
    return this.atomically(() => {
      const state = new TransactionState(this, false);
      try {
        const result = work(state);
        this.whole(() => state.apply());
        return result;
      } finally {
        state.end();
      }
    });
  }

  /** Makes writes of which no commit may hold a part only. */
  whole(write: () => void): void {
    this.#depth++;
    try {
      write();
    } finally {
      this.#depth--;
    }
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
    return this.log?.capabilities.shared === true;
  }

  /** The commit of this turn, ready for a change of `space`. */
  #enter(space: LiveSpace): PendingCommit {
    this.access.checkWritable();
    this.#depth++;
    let pending = this.#pending;
    if (!pending) {
      pending = new PendingCommit(++this.seq);
      this.#writer.varint(this.seq);
      this.#pending = pending;
      queueMicrotask(() => {
        if (this.#pending === pending && this.#isWhole()) this.seal();
      });
    }
    if (pending.namespace !== space.name) {
      writeNamespace(this.#writer, space.name);
      pending.namespace = space.name;
    }
    return pending;
  }

  #replace(pending: PendingCommit, space: LiveSpace, key: string, slot: Slot): void {
    this.#note(pending, space, key, 'put', space.store(key, slot), slot);
    if (this.limits)
      for (const old of this.limits.surplus(slot as Cell)) this.remove(old.space, old.key, 'evict');
  }

  /** A change has been made: `slot`, of a put, is in the place of `before`. */
  #note(
    pending: PendingCommit,
    space: LiveSpace,
    key: string,
    type: ChangeEvent['type'],
    before: Slot | Table | undefined,
    slot?: Slot,
  ): void {
    pending.count++;
    if (this.#keepsSteps) {
      const made = new Made(space, key, type, before, slot);
      pending.undo.push(made);
      // What is to be evicted is found anew: others may have used it.
      if (!this.#inStep && type !== 'evict') pending.steps.push(made);
    }
    if (this.#writer.length > PART_BYTES) pending.parts.push(this.#writer.take());
    this.#depth--;
    if (this.events.observed) pending.changes.push({ type, namespace: space.name, key });
    this.tellWitnesses(space.name, type === 'clear' ? undefined : key);
  }

  tellWitnesses(namespace: string, key: string | undefined, origin: 'local' | 'remote' = 'local'): void {
    if (this.witnesses.size === 0) return; // As mostly: a loop over nothing takes longer.
    for (const witness of this.witnesses) witness.onChange(namespace, key, origin);
  }

  #checkLimits(space: LiveSpace, key: string, slot: Slot): void {
    this.expireDue();
    this.limits?.check([sizeChange(key, space.table.find(key), slot)]);
  }

  // Commits

  /** Ends the commit of this turn and hands it on. */
  seal(): void {
    const pending = this.#pending;
    if (!pending || this.#depth > 0 || this.access.isMidWrite) return;
    this.#depth++;
    this.#pending = undefined;
    if (pending.count === 0) {
      this.#writer.take();
      this.seq--; // Every write of the turn was refused.
      this.#depth--;
      pending.resolve();
      return;
    }
    this.#finish(pending);
    // First, since a listener may write and flush: its commit comes after this one.
    if (this.queue) this.queue.push(pending);
    else pending.resolve();
    this.#depth--;
    this.#announce(pending.seq, 'local', pending.changes);
  }

  /**
   * Whether no write was ended in the middle, with its script, as Firefox does to those of a tab that it closes. Else the
   * writes of this turn are void, lest a part of one be kept, and there are no more. To be asked when nothing else runs.
   */
  #isWhole(): boolean {
    if (!this.#isMidway) return true;
    const error = cutOff();
    this.access.closeWrites();
    this.#pending?.fail(error, this.events.has('error'));
    this.#pending = undefined;
    this.events.emit('error', error);
    return false;
  }

  /** As `#isWhole`. @throws IO when it is not: memory may hold a part of something, and the next commit would begin with it */
  checkWhole(): void {
    if (this.#isMidway) throw cutOff();
  }

  get #isMidway(): boolean {
    return this.#depth > 0 || this.#inStep;
  }

  /** Makes a commit anew, on top of commits that came first. Its promises stay. */
  redo(pending: PendingCommit): void {
    const steps = pending.steps;
    this.#depth++;
    Object.assign(pending, {
      seq: ++this.seq,
      commit: undefined,
      count: 0,
      namespace: '',
      parts: [],
      undo: [],
      steps: [],
    });
    this.#pending = pending;
    this.#writer.varint(this.seq);
    for (const step of steps) {
      try {
        step.error = undefined;
        step.result = this.#running(() => step.run());
      } catch (error) {
        step.error = error;
      }
    }
    pending.steps = steps;
    this.#pending = undefined;
    this.#finish(pending);
    this.#depth--;
  }

  /** Gives the commit its encoded form. */
  #finish(pending: PendingCommit): void {
    const last = this.#writer.take();
    const payload = pending.parts.length > 0 ? concat([...pending.parts, last]) : last;
    pending.parts = [];
    pending.commit = { seq: pending.seq, payload };
    this.logBytes += payload.length;
  }

  /** What resolves when everything written so far is durable. */
  get #settled(): Promise<void> {
    return this.#latest?.promise ?? DURABLE;
  }

  /** The last commit that is not durable yet, this turn's if there is one. */
  get #latest(): PendingCommit | undefined {
    return this.#pending ?? this.queue?.last;
  }

  /** Takes a commit's changes back, newest first. */
  undo(pending: PendingCommit): void {
    for (const { space, key, before } of pending.undo.reverse()) space.putBack(key, before);
    pending.undo = [];
    this.refreshFast();
  }

  #announce(seq: number, origin: 'local' | 'remote', changes: readonly ChangeEvent[]): void {
    if (changes.length === 0) return;
    // Not as they are made: that may be in the middle of a transaction.
    for (const change of changes) if (change.type === 'evict') this.events.emit('evict', change);
    this.events.emit('change', { seq, origin, changes });
    this.events.tellWatchers(changes);
  }

  /** Tells of the commits of other writers. */
  announceRemote(changes: readonly ChangeEvent[]): void {
    this.#announce(this.seq, 'remote', changes);
  }

  // Expiry

  /** Removes what has expired. @returns how many entries went */
  expireDue(): number {
    return this.expirations.removeDue();
  }

  /** About how many bytes the live entries take. */
  get liveBytes(): number {
    let sum = 0;
    for (const { table } of this.spaces.values()) sum += table.liveBytes;
    return sum;
  }

  /** How many bytes of the log a reader need not replay. */
  get runBytes(): number {
    let sum = 0;
    for (const { table } of this.spaces.values()) sum += table.run.bytes;
    return sum;
  }
}

function cutOff(): IsokvError {
  return new IsokvError('IO', 'the script was ended in the middle of a write: open the store again');
}
