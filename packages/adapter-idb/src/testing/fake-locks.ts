/** Web Locks, as far as the log needs them. What is asked for is given in later turns, in the order in which it was asked for. */

interface Request {
  readonly isShared: boolean;
  readonly give: () => void;
}

export class FakeLocks {
  /** By name: what is held, and what waits behind it. */
  readonly #queues: Map<string, Request[]> = new Map();
  readonly #held: Map<string, Request[]> = new Map();

  /** Those of a tab: what it holds is free when it has gone. */
  of(gone: Promise<void>): LockManager {
    const request = (name: string, ...rest: unknown[]): Promise<unknown> => {
      const { mode, ifAvailable, signal } = (rest.length > 1 ? rest[0] : {}) as LockOptions;
      const task = rest.at(-1) as (lock: unknown) => unknown;
      const isShared = mode === 'shared';
      return new Promise((resolve, reject) => {
        const run = (lock: unknown): Promise<unknown> => {
          const ended = Promise.race([Promise.resolve().then(() => task(lock)), gone]);
          ended.then(resolve, reject);
          return ended.catch(() => undefined);
        };
        if (ifAvailable && !this.#isFree(name, isShared)) return void run(null);
        const give = (): void => {
          list(this.#held, name).push(own);
          void run({ name }).then(() => {
            remove(list(this.#held, name), own);
            this.#next(name);
          });
        };
        const own: Request = { isShared, give };
        list(this.#queues, name).push(own);
        signal?.addEventListener('abort', () => {
          const queue = list(this.#queues, name);
          if (!queue.includes(own)) return; // It has it, or had.
          remove(queue, own);
          reject(signal.reason);
        });
        this.#next(name);
      });
    };
    const query = (): Promise<LockManagerSnapshot> =>
      new Promise((resolve) => setImmediate(() => resolve({})));
    return { request, query } as LockManager;
  }

  #isFree(name: string, isShared: boolean): boolean {
    if (list(this.#queues, name).length > 0) return false;
    return list(this.#held, name).every((held) => isShared && held.isShared);
  }

  #next(name: string): void {
    const queue = list(this.#queues, name);
    const first = queue[0];
    if (!first || !list(this.#held, name).every((held) => first.isShared && held.isShared)) return;
    queue.shift();
    first.give();
    this.#next(name);
  }
}

function list(lists: Map<string, Request[]>, name: string): Request[] {
  const found = lists.get(name) ?? [];
  lists.set(name, found);
  return found;
}

function remove(requests: Request[], request: Request): void {
  requests.splice(requests.indexOf(request), 1);
}
