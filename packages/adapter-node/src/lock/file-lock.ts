/** What a file log asks of a lock. The name of a lock says which file it is of, and nobody else can guess it. */
import { createHash } from 'node:crypto';

/** Held by one handle at a time, in all processes of the machine, until it gives it up or its process ends. */
export interface FileLock {
  /** Holds `name` as well: that of a file about to take the place of the one it was taken for. @returns whether it can */
  add(name: string): Promise<boolean>;
  drop(name: string): Promise<void>;
  /** Gives up all names. */
  release(): Promise<void>;
}

/** Who has the lock that was asked for. */
export interface LockHolder {
  /** The number of its process, where that can be told. */
  readonly heldBy: number | undefined;
}

export function isHeld(lock: FileLock | LockHolder): lock is LockHolder {
  return 'heldBy' in lock;
}

/**
 * A file is the same however it is called, so its name is made of what it is, not of its path. A copy is another
 * file, with another identity. The secret is in the file: who may not read it cannot take its lock.
 */
export function lockName(identity: string, secret: Uint8Array): string {
  return createHash('sha256').update(identity).update('\0').update(secret).digest('hex').slice(0, 40);
}
