/** What is told of a call to a file system before it is made, and how it is made to fail. */
import type { FileHandle, FileSystem } from '../file-system.ts';

export type Operation = keyof FileSystem | keyof FileHandle;

/** One call to a file system, or to a file that it has opened. */
export interface Call {
  readonly operation: Operation;
  /** That of a rename: where the file is before it. */
  readonly path: string;
  /** Where a read or write begins; how long a file is to be. */
  readonly position: number;
  /** What is to be written. */
  readonly chunks: readonly Uint8Array[];
}

/** Called before each call: throws to fail it. A number is how many bytes a read or write may move. */
export type Before = (call: Call) => number | undefined | Promise<number | undefined>;

/** An error as the operating system raises it: `EIO`, `ENOSPC`, … */
export function systemError(code: string, what = 'injected'): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${what}`), { code });
}
