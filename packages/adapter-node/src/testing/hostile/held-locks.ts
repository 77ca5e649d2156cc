import type { FileLock, LockHolder } from '../../lock/file-lock.ts';

/** The names of locks that are held in one world. A crash leaves none. */
export class HeldLocks {
  readonly #held: Set<string> = new Set();

  acquire(name: string): FileLock | LockHolder {
    const names = new Set<string>();
    const drop = async (dropped: string): Promise<void> => {
      if (names.delete(dropped)) this.#held.delete(dropped);
    };
    const add = (added: string): boolean => {
      if (names.has(added)) return true;
      if (this.#held.has(added)) return false;
      names.add(added);
      this.#held.add(added);
      return true;
    };
    if (!add(name)) return { heldBy: process.pid };
    const release = async (): Promise<void> => {
      for (const each of [...names]) await drop(each);
    };
    return { add: async (added: string) => add(added), drop, release };
  }
}
