/** Keeps a store in step with its log: opening, group commit, healing, compaction, other writers, closing. */
import { externalChange, hasCode, IsokvError, isConflict } from '../errors.ts';
import type { Commit } from '../format/commit.ts';
import type { Log, Position, Salvage } from '../log/log.ts';
import { Slices } from '../table/slices.ts';
import { CommitQueue, type QueueOwner } from './commit-queue.ts';
import type { Core } from './core.ts';
import type { Events } from './events.ts';
import { durabilityOf } from './options.ts';
import { checkItems, Recovery, type TornTail } from './recovery.ts';
import { rewriteLog, writeBackup } from './rewrite.ts';
import { Timer } from './timer.ts';
import { type Verification, verifyLog } from './verify.ts';

/** A log with less garbage than this is not worth a compaction. */
const MIN_GARBAGE_BYTES = 64 * 1024;

/** Replaying less than this at the next opening takes no time that anybody would notice. */
const MIN_REPLAY_BYTES = 4 * 1024 * 1024;

/** What has only grown is compacted so much later: a load is rather over then, and a short process never pays for it. */
const GROWTH_DELAY_MS = 10_000;

/** How often a rewrite is tried while other writers come first. */
const REWRITE_ATTEMPTS = 5;

export class Persistence implements QueueOwner {
  readonly events: Events;
  readonly queue: CommitQueue;
  readonly log: Log;
  /** What was dropped from the end of the log when it was opened. */
  torn: TornTail | undefined;
  /** What became of a damaged log when it was opened. */
  salvaged: Salvage | undefined;
  /** Epoch milliseconds. */
  lastCompactionAt: number | undefined;
  readonly #core: Core;
  /** The end of the last long task: rewrites, backups and checks go one at a time. */
  #lastTask: Promise<unknown> = Promise.resolve();
  /** Whether a compaction that nobody asked for goes on, or is to be tried again. */
  #compacting = false;
  /** How many of them have failed in a row. */
  #failures = 0;
  readonly #growth: Timer = new Timer(() => this.#compactUnasked());
  #closing: Promise<void> | undefined;
  #unwatch: (() => void) | undefined;
  #stayOnExit: (() => void) | undefined;

  constructor(core: Core, log: Log) {
    this.#core = core;
    this.log = log;
    this.events = core.events;
    this.queue = new CommitQueue(log, durabilityOf(core.options, log.capabilities), this);
  }

  /** Opens the log and brings its content into memory. */
  async open(): Promise<void> {
    const { readOnly = false, mustExist, mustNotExist, recovery, cipher } = this.#core.options;
    const mode = mustExist || readOnly ? 'mustExist' : mustNotExist ? 'mustNotExist' : 'create';
    await this.log.open({
      readOnly,
      mode,
      recovery,
      cipher,
      now: this.#core.now,
      report: (error) => this.#report(error),
      backup: (target) => this.backup(target),
    });
    this.queue.adapt();
    try {
      const recovered = new Recovery(this.#core);
      for await (const items of this.log.read()) {
        for (const item of items) {
          recovered.take(item);
          this.queue.position = item.position;
        }
      }
      this.torn = recovered.torn;
      this.salvaged = recovered.salvaged;
    } catch (error) {
      await this.log.close();
      throw error;
    }
    this.#core.log = this.log;
    this.#core.queue = this.queue;
    if (this.log.capabilities.shared) this.#unwatch = this.log.watch?.(() => this.queue.fallBehind());
    if (this.#unwatch) this.queue.fallBehind(); // Others may have written since the log was read.
    if (!readOnly) this.#stayOnExit = this.log.onExit?.(() => this.#exit());
  }

  /** Takes in what other writers have added since. Who is the only writer is never behind. */
  async refresh(): Promise<void> {
    this.#core.turn.seal();
    const { shared, editable } = this.log.capabilities;
    if (!this.#core.options.readOnly && !shared && !editable) return;
    await this.#exclusively(async () => {
      let before: Position;
      do {
        before = this.queue.position;
        await this.#catchUpNow();
        // Of a log that tells of news a reading may give only what it has been told.
      } while (shared && this.queue.position !== before);
    });
  }

  /** Makes all that was written before durable, and returns when it is. */
  flushSync(): void {
    this.#core.turn.seal();
    this.queue.flushSync();
    this.log.flushSync?.();
  }

  /** Resolves when all that was written before is durable; tries to heal a log that is not. */
  async flush(): Promise<void> {
    this.#core.turn.seal();
    const { last } = this.queue;
    if (last) await last.promise;
    else if (this.queue.failure !== undefined) await this.heal();
    await this.log.flush?.();
  }

  /** Rewrites the log as one run. */
  async compact(): Promise<void> {
    this.#core.access.checkWritable();
    await this.#exclusively(() => this.#attemptRewrite(true));
  }

  heal(): Promise<void> {
    return this.#exclusively(async () => {
      if (this.queue.failure !== undefined) await this.#attemptRewrite(this.#hasGarbage);
    });
  }

  onDurable(): void {
    if (this.#compacting || this.#closing) return;
    if (this.#hasGarbage) this.#compactUnasked();
    else if (this.#hasGrown) this.#growth.arm(GROWTH_DELAY_MS);
  }

  async catchUp(): Promise<void> {
    const core = this.#core;
    const batches = [];
    for await (const items of this.log.read(this.queue.position)) batches.push(items);
    const items = batches.flat();
    if (items.every(({ type }) => type === 'torn')) return; // Nothing new, or not whole yet.
    core.turn.checkWhole();
    core.turn.seal();
    // Where writes are not made again on top, they are refused, as they would have been a moment later.
    if (!this.log.capabilities.shared) this.queue.refuse(externalChange());
    const { waiting } = this.queue;
    checkItems(items, core.seq - waiting.length);
    for (const pending of [...waiting].reverse()) core.turn.undo(pending);
    core.seq -= waiting.length;
    const recovery = new Recovery(core);
    const commits: Commit[] = [];
    for (const item of items) {
      recovery.take(item);
      if (item.type !== 'torn') this.queue.position = item.position;
      if (item.type === 'commit') commits.push(item.commit);
    }
    this.queue.tookIn(
      commits,
      // Who knew of nothing is told of a run without a start.
      items.some(({ type }) => type === 'start' || type === 'run'),
    );
    this.queue.confirm(this.log.confirmed ?? 0);
    for (const pending of this.queue.waiting) {
      core.turn.redo(pending);
      recovery.changes.push(...pending.changes);
    }
    if (!this.log.capabilities.shared) this.queue.recovered();
    core.events.announce(recovery.changes, { seq: core.seq, origin: 'remote' });
  }

  backup(target: Log): Promise<void> {
    this.#core.turn.seal();
    return this.#exclusively(() => writeBackup(this.#core, target));
  }

  /** Reads everything from the medium. Writes made meanwhile wait for their turn. */
  async verify(): Promise<Verification> {
    await this.flush();
    return this.#exclusively(() => this.#holding(() => verifyLog(this.#core, this.log)));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async destroy(): Promise<void> {
    this.#core.access.checkWritable();
    await this.close().catch(() => undefined); // What could not be written is to go as well.
    await this.log.destroy();
  }

  /** The end of the process, or of the page: what cannot be written at once is left to the next opening. */
  #exit(): void {
    this.#core.turn.seal();
    if (this.log.appendSync) this.flushSync();
    else this.queue.leave();
  }

  async #close(): Promise<void> {
    const core = this.#core;
    core.turn.seal();
    core.access.closeWrites();
    this.#unwatch?.();
    this.#growth.end();
    try {
      await this.flush();
    } finally {
      this.queue.end();
      this.#stayOnExit?.();
      await this.#lastTask.catch(() => undefined); // Whoever began it has been told.
      core.closeReads();
      await this.log.close();
    }
  }

  /** What a log does by itself must not fail in silence. */
  #report(error: unknown): void {
    if (this.events.has('error')) this.events.emit('error', error);
    else void Promise.reject(error);
  }

  /** Whether more than half of the log is of no use. */
  get #hasGarbage(): boolean {
    return this.#outgrows(this.#core.liveBytes, MIN_GARBAGE_BYTES);
  }

  /** Whether the next opening would replay more than it reads in place. So each byte is rewritten once for each doubling. */
  get #hasGrown(): boolean {
    return !!this.log.capabilities.replays && this.#outgrows(this.#core.runBytes, MIN_REPLAY_BYTES);
  }

  /** Whether the log has as many bytes again as `bytes`, and `least`. */
  #outgrows(bytes: number, least: number): boolean {
    const { options, logBytes } = this.#core;
    return options.compaction !== 'manual' && logBytes - bytes >= Math.max(bytes, least);
  }

  /** Compacts if there is still a reason when its turn comes, and gives up when the store is closed. */
  #compactUnasked(): void {
    this.#compacting = true;
    this.#exclusively(async () => {
      const hasGarbage = this.#hasGarbage;
      if (hasGarbage || this.#hasGrown)
        await this.#attemptRewrite(hasGarbage, () => this.#core.access.checkWritable());
    })
      .then(() => {
        this.#compacting = false;
        this.#failures = 0;
      })
      .catch((error: unknown) => {
        // That others write, or the store is closed, is no error.
        if (!isConflict(error) && !hasCode(error, 'CLOSED') && this.#failures++ === 0)
          this.events.emit('error', error);
        this.#growth.arm(GROWTH_DELAY_MS * 2 ** this.#failures);
      });
  }

  /** `adopts`: memory is compacted as well. `check` throws when it is to be given up: asked at every pause. */
  async #attemptRewrite(adopts: boolean, check?: () => void): Promise<void> {
    const core = this.#core;
    const { shared } = this.log.capabilities;
    for (let attempt = 1; ; attempt++) {
      core.turn.seal();
      // What others may yet come before must not be in the run.
      while (shared && this.queue.failure === undefined && this.queue.last) {
        await this.queue.idle();
        core.turn.seal(); // No commit may be half in the run.
      }
      core.turn.checkWhole();
      try {
        await rewriteLog(core, this.log, this.queue, new Slices(check), adopts);
        this.lastCompactionAt = core.now();
        return;
      } catch (error) {
        // Where there is no other writer, something was written at once meanwhile.
        if (!isConflict(error) || attempt === REWRITE_ATTEMPTS) throw error;
        if (shared) await this.#catchUpNow();
      }
    }
  }

  #catchUpNow(): Promise<void> {
    return this.#holding(() => this.catchUp());
  }

  /** Runs a task while nothing is appended. */
  async #holding<R>(task: () => Promise<R>): Promise<R> {
    await this.queue.hold();
    try {
      return await task();
    } finally {
      this.queue.release();
    }
  }

  #exclusively<R>(task: () => Promise<R>): Promise<R> {
    const result = this.#lastTask.then(task, task);
    this.#lastTask = result.catch(() => undefined); // The caller of the task is told.
    return result;
  }
}

/** Every operation of a medium on a store that has none. */
export function unsupported(what: string): IsokvError {
  return new IsokvError(
    'UNSUPPORTED',
    `${what}: this store is in memory only; open one with Store.open(log)`,
  );
}
