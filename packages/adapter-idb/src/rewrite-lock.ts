/**
 * The Web Lock of rewrites. Whoever puts new content into the log has it alone. Pages that append share it: while one does, nobody
 * rewrites the log, and it need not look with each append whether somebody has, which costs a request. It lets go when
 * it is asked to, and when it is hidden, for a page that sleeps answers nobody. Hence a worker has no share.
 */
import { IsokvError } from '@isokv/core';
import type { Environment } from './environment.ts';
import { within } from './within.ts';

/** So many appends go without a share after it was let go: a rewrite that did not succeed need not wait again at once. */
const PAUSE_APPENDS = 16;

/** So long appends wait for a rewrite that they have come before, in milliseconds: whoever makes it may have gone. */
const TURN_MS = 2000;

/** Nobody rewrites the log while this is the share. */
export interface Share {
  /** On this connection an append has seen, since it was had, that the log has not been rewritten before. */
  seenOn: IDBDatabase | undefined;
}

export class RewriteLock {
  readonly #environment: Environment;
  readonly #name: string;
  readonly #timeoutMs: number;
  #share: Share | undefined;
  /** What asks for it, and may still be given it. */
  #asking: object | undefined;
  #release: () => void = () => undefined;
  #pause: number = PAUSE_APPENDS;
  #append: Promise<unknown> = Promise.resolve();
  /** What appends wait for: that a rewrite which they have come before has had its turn. */
  turn: Promise<void> | undefined;
  /** It has had it. */
  goOn: () => void = () => undefined;
  #unwatch: (() => void) | undefined;

  constructor(environment: Environment, name: string, timeoutMs: number) {
    this.#environment = environment;
    this.#timeoutMs = timeoutMs;
    this.#name = `isokv:${name}`;
  }

  /** From now on it can be asked to let go. */
  open(): void {
    this.#unwatch = this.#environment.onHidden(() => this.letGo());
  }

  close(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.letGo();
    this.goOn();
  }

  /** The share, if it is had. Else asks for it: an append to come may have it. */
  share(): Share | undefined {
    if (this.#pause > 0) this.#pause--;
    else if (this.#unwatch && !this.#share && !this.#asking && this.#environment.isSeen()) this.#ask();
    return this.#share;
  }

  /** Keeps the share while an append that relies on it is under way. */
  keepFor(append: Promise<unknown>): void {
    this.#append = append.catch(() => undefined);
  }

  /** Lets a rewrite pass. */
  letGo(): void {
    this.#share = undefined;
    this.#asking = undefined;
    this.#pause = PAUSE_APPENDS;
    void this.#append.then(this.#release);
  }

  /** Lets a rewrite pass that appends have come before. */
  giveTurn(): void {
    this.letGo();
    this.goOn();
    const passed = new Promise<void>((resolve) => {
      this.goOn = resolve;
    });
    const turn = within(TURN_MS, passed, () => undefined).then(() => {
      if (this.turn === turn) this.turn = undefined;
    });
    this.turn = turn;
  }

  /**
   * Runs a task when all others have let go. `ask` is to have them do so, wherever they are.
   * @throws TIMEOUT when one does not: a page that is seen, and hangs
   */
  async alone<R>(task: () => Promise<R>, ask: () => void): Promise<R> {
    const { locks } = this.#environment;
    if (!locks) return task();
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.#timeoutMs);
    const run = (): Promise<R> => {
      clearTimeout(timer);
      return task();
    };
    const done = locks.request(this.#name, { signal: late.signal }, run) as Promise<R>;
    this.letGo();
    // Not before the request stands in the queue: else whoever has let go could come first again.
    void locks.query().then(ask, ask);
    try {
      return await done;
    } catch (cause) {
      if (!late.signal.aborted) throw cause;
      const message = `another tab hangs, or shows a dialog, and keeps the log from being rewritten: answer or close it`;
      throw new IsokvError('TIMEOUT', message, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  #ask(): void {
    const asking = {};
    this.#asking = asking;
    const hold = (lock: Lock | null): Promise<void> | undefined => {
      if (this.#asking !== asking) return undefined;
      this.#asking = undefined;
      if (!lock) return undefined; // There is a rewrite, or one waits.
      this.#share = { seenOn: undefined };
      return new Promise((resolve) => {
        this.#release = resolve;
      });
    };
    const { locks } = this.#environment;
    // Where a page has no right to locks it does not ask again.
    locks?.request(this.#name, { mode: 'shared', ifAvailable: true }, hold).catch(() => undefined);
  }
}
