/**
 * Takes commits to the log, in order: one append at a time, with all that has come since the last (group
 * commit). After a failed append nothing is tried on the same bytes: the next attempt rewrites the whole log.
 */
import { hasCode, IsokvError, isConflict, logConflict } from '../errors.ts';
import type { Commit } from '../format/commit.ts';
import type { Durability, Log, Position } from '../log/log.ts';
import type { Events } from './events.ts';
import type { PendingCommit } from './pending-commit.ts';
import { Timer } from './timer.ts';

/** What has failed is tried again after a second, and then ever less often. */
const FIRST_DELAY_MS = 1000;
const LAST_DELAY_MS = 60_000;

/** A log that goes on refusing appends, and has nothing new to read, is at fault itself. */
const MAX_VAIN_CONFLICTS = 100;

export interface QueueOwner {
  readonly events: Events;
  /** Rewrites the log from what memory holds, the waiting commits included, unless that has happened meanwhile. */
  heal(): Promise<void>;
  /** Takes in what other writers have added, and puts the waiting commits on top. */
  catchUp(): Promise<void>;
  /** Commits have become durable. */
  onDurable(): void;
}

export class CommitQueue {
  position: Position = 0;
  /** The error that made the log unusable until it is rewritten. */
  failure: unknown;
  durability: Durability;
  readonly #log: Log;
  readonly #owner: QueueOwner;
  #waiting: PendingCommit[] = [];
  /** Of a shared log: what could not be written, and others may yet come before. The promises have been rejected. */
  #unwritten: PendingCommit[] = [];
  #flying: PendingCommit[] = [];
  /** Other writers have added what has not been read yet. */
  #behind = false;
  /** Appends in a row that were refused, though there was nothing new. */
  #vainConflicts = 0;
  #held = 0;
  /** A rewrite that heals is under way, or waits behind others, one of which may come to heal. */
  #healing = false;
  #running: Promise<void> | undefined;
  /** The page may be about to go, and has not written all since. */
  #leaving = false;
  /** What has become durable, or failed to, since a rewrite began, while one goes on. */
  #since: Commit[] | undefined;
  readonly #retry: Timer = new Timer(() => this.#tryAgain());
  #delayMs = FIRST_DELAY_MS;

  constructor(log: Log, durability: Durability, owner: QueueOwner) {
    this.#log = log;
    this.durability = durability;
    this.#owner = owner;
  }

  /** The log is open: it may have had to fall back on a medium that promises less. */
  adapt(): void {
    const { durability } = this.#log.capabilities;
    if (!durability.includes(this.durability)) this.durability = durability[0] ?? 'none';
  }

  /** All that memory has and the log has not. */
  get waiting(): readonly PendingCommit[] {
    return [...this.#unwritten, ...this.#waiting];
  }

  /** The last commit that is not durable yet. */
  get last(): PendingCommit | undefined {
    return this.#waiting.at(-1) ?? this.#flying.at(-1);
  }

  get size(): number {
    return this.#waiting.length + this.#flying.length;
  }

  push(pending: PendingCommit): void {
    this.#waiting.push(pending);
    this.#go();
    if (this.#leaving) this.leave();
  }

  /** Leaves what waits to the next opening: the page may be about to go, and an append that is under way never settle. */
  leave(): void {
    this.#leaving = true;
    if (this.size === 0 || this.failure !== undefined) return;
    this.#log.leave?.([...this.#flying, ...this.#waiting].map(({ commit }) => commit as Commit));
  }

  /** Rejects what waits: what is in its way has been found before it was tried. */
  refuse(error: IsokvError): void {
    if (this.#waiting.length > 0) this.fail(this.#waiting.splice(0), error);
  }

  /** Memory is what the log holds. */
  recovered(): void {
    this.#retry.stop();
    this.#delayMs = FIRST_DELAY_MS;
    if (this.failure === undefined) return;
    this.failure = undefined;
    this.#owner.events.emit('health', { status: 'ok' });
  }

  /** Writes at once what waits and what is under way. @throws what the log does */
  flushSync(): void {
    if (this.failure !== undefined) throw this.failure;
    if (this.size === 0) return;
    if (!this.#log.appendSync) {
      throw new IsokvError(
        'UNSUPPORTED',
        `${this.#log.capabilities.name} cannot write at once: await flush() instead`,
      );
    }
    const commits = this.#waiting.map(({ commit }) => commit as Commit);
    const { durability, position } = this;
    try {
      this.position = this.#log.appendSync(commits, { durability, after: position });
    } catch (error) {
      if (isConflict(error)) throw error; // The append that is to come deals with it.
      const failed = [...this.#flying, ...this.#waiting];
      this.#flying = [];
      this.#waiting = [];
      this.fail(failed, error);
      throw error;
    }
    this.#flying = [...this.#flying, ...this.#waiting];
    this.#waiting = [];
    this.#land();
  }

  /** Another writer has added to the log. */
  fallBehind(): void {
    this.#behind = true;
    this.#go();
  }

  /** Resolves when what waits has been written, or a write has failed: nothing more comes by itself then. */
  idle(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  /** Stops appends. @returns a promise that resolves when none is under way */
  hold(): Promise<void> {
    this.#held++;
    return this.idle();
  }

  release(): void {
    this.#held--;
    this.#go();
  }

  /** Tries nothing more by itself. */
  end(): void {
    this.#retry.end();
  }

  /** A rewrite begins: from now on keeps what becomes durable. */
  collect(): void {
    this.#since = [];
  }

  /** A rewrite ends. */
  stopCollecting(): void {
    this.#since = undefined;
  }

  /** All commits after `seq`, for a rewrite that `collect()` began. @throws LOG_CONFLICT when they are not to be had */
  commitsAfter(seq: number): Commit[] {
    if (!this.#since) throw logConflict();
    const all = [...this.#since, ...this.waiting.map(({ commit }) => commit as Commit)];
    return all.filter((commit) => commit.seq > seq);
  }

  /** Another writer's commits have been taken in. `restarted`: after its rewrite of the log, which ends one here. */
  tookIn(commits: readonly Commit[], restarted: boolean): void {
    if (restarted) this.#since = undefined;
    else this.#since?.push(...commits);
  }

  /** Of commits up to `seq`, whose outcome was not known, it has turned out that they are in the log. */
  confirm(seq: number): void {
    const isLeft = (pending: PendingCommit): boolean => {
      if (pending.seq <= seq) pending.resolve();
      return pending.seq > seq;
    };
    this.#unwritten = this.#unwritten.filter(isLeft);
    this.#waiting = this.#waiting.filter(isLeft);
  }

  /** The log was rewritten, with these waiting commits in it, unless they have been written at once meanwhile. */
  rewritten(position: Position, covered: ReadonlySet<PendingCommit>): void {
    this.position = position;
    this.#waiting = this.#waiting.filter((pending) => !covered.has(pending));
    this.#unwritten = [];
    for (const pending of covered) pending.resolve();
    this.recovered();
  }

  #go(): void {
    if (this.#running || this.#isStopped || !this.#hasWork) return;
    this.#running = this.idle(); // Already now: what it calls may come here again.
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      this.#go();
    });
  }

  /** What waits until a rewrite has healed is what that takes along. */
  get #isStopped(): boolean {
    return this.#held > 0 || (this.#healing && this.failure !== undefined);
  }

  /** A log that has failed is tried again for a write only: news of other writers would try it without end. */
  get #hasWork(): boolean {
    return this.#waiting.length > 0 || (this.#behind && this.failure === undefined);
  }

  async #run(): Promise<void> {
    while (!this.#isStopped && this.#hasWork) {
      if (this.failure !== undefined) {
        // Not awaited here: the rewrite waits for this loop to end.
        void this.#heal();
        return;
      }
      if (this.#behind) await this.#catchUp();
      else await this.#fly();
    }
  }

  async #fly(): Promise<void> {
    this.#flying = this.#waiting;
    this.#waiting = [];
    try {
      const commits = this.#flying.map(({ commit }) => commit as Commit);
      const appended = this.#log.append(commits, { durability: this.durability, after: this.position });
      if (this.#leaving) this.leave(); // What was left before may have its place elsewhere.
      const end = await appended;
      this.position = Math.max(this.position, end); // flushSync may have written more since it was done.
    } catch (error) {
      // A log that is not shared has nobody to catch up with: a conflict is a failure, and nothing is overwritten.
      if (isConflict(error) && this.#log.capabilities.shared) {
        this.#waiting = [...this.#flying, ...this.#waiting];
        this.#flying = [];
        this.#behind = true;
        this.#vainConflicts++;
        return;
      }
      const failed = this.#flying;
      this.#flying = [];
      this.fail(failed, error);
      return;
    }
    this.#vainConflicts = 0;
    this.#land();
    this.#owner.onDurable();
  }

  /** What was under way has become durable. */
  #land(): void {
    if (this.#waiting.length === 0) this.#leaving = false;
    const durable = this.#flying;
    this.#flying = [];
    for (const pending of durable) {
      this.#since?.push(pending.commit as Commit);
      pending.resolve();
    }
  }

  async #catchUp(): Promise<void> {
    this.#behind = false;
    const before = this.position;
    try {
      await this.#owner.catchUp();
      if (this.position !== before) this.#vainConflicts = 0;
      if (this.#vainConflicts > MAX_VAIN_CONFLICTS) throw logConflict();
    } catch (error) {
      this.#vainConflicts = 0;
      if (!hasCode(error, 'EVICTED')) return this.fail(this.#waiting.splice(0), error);
      // Nobody has removed the log on purpose, and memory has all of it: what waits need not fail.
      this.degrade(error);
      void this.#heal();
    }
  }

  #tryAgain(): void {
    this.#delayMs = Math.min(this.#delayMs * 2, LAST_DELAY_MS);
    if (this.#running || this.#isStopped) this.#retry.arm(this.#delayMs);
    else if (this.failure !== undefined) void this.#heal();
  }

  async #heal(): Promise<void> {
    this.#healing = true;
    try {
      await this.#owner.heal();
    } catch (error) {
      if (this.#waiting.length > 0) this.fail(this.#waiting.splice(0), error);
      else this.degrade(error);
    } finally {
      this.#healing = false;
      this.#go();
    }
  }

  /** Memory keeps what could not be written; the promises tell. */
  fail(failed: readonly PendingCommit[], error: unknown): void {
    if (this.#log.capabilities.shared) this.#unwritten.push(...failed);
    // A rewrite that goes on must have them: it writes what memory holds.
    else for (const { commit } of failed) this.#since?.push(commit as Commit);
    const { events } = this.#owner;
    for (const pending of failed) pending.fail(error, events.has('error'));
    events.emit('error', error);
    this.degrade(error);
  }

  /** Appends no more until the log has been rewritten. */
  degrade(error: unknown): void {
    const wasHealthy = this.failure === undefined;
    this.failure = error;
    this.#retry.arm(this.#delayMs);
    if (wasHealthy) this.#owner.events.emit('health', { status: 'degraded', error });
  }
}
