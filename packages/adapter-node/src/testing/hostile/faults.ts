/** Calls that are to go wrong. */

import type { Random } from '@isokv/core/testing';
import { type Call, type Operation, systemError } from '../call.ts';

export interface Fault {
  readonly operation: Operation;
  /**
   * `lie` says that all went well when nothing was done. `short` moves some of the bytes of a read or write, at
   * least one, and says so. All else is the code of an error: `EIO`, `ENOSPC`, `EINTR`, …
   */
  readonly how: 'lie' | 'short' | Uppercase<string>;
  /** Only calls on this path. */
  readonly path?: string;
  /** How many calls go well first. Default: 0. */
  readonly after?: number;
  /** How many then fail; `Infinity` for ever. Default: 1. */
  readonly times?: number;
  /** What an error leaves done; `part` of a write only. Default: `nothing`. */
  readonly done?: 'nothing' | 'part' | 'all';
}

/** What is to become of a call. */
export interface Verdict {
  /** How many bytes it may move. */
  readonly most: number;
  /** To be raised when that is done. */
  readonly error: Error | undefined;
  readonly lie: boolean;
}

const GOOD: Verdict = { most: Number.POSITIVE_INFINITY, error: undefined, lie: false };

export class Faults {
  #faults: (Fault & { seen: number })[] = [];

  add(fault: Fault): void {
    this.#faults.push({ ...fault, seen: 0 });
  }

  clear(): void {
    this.#faults = [];
  }

  judge(call: Call, bytes: number, random: Random): Verdict {
    for (const fault of this.#faults) {
      const { operation, path, after = 0, times = 1 } = fault;
      if (operation !== call.operation || (path !== undefined && path !== call.path)) continue;
      const nth = fault.seen++;
      if (nth >= after && nth < after + times) return verdict(fault, call, bytes, random);
    }
    return GOOD;
  }
}

function verdict({ how, done = 'nothing' }: Fault, call: Call, bytes: number, random: Random): Verdict {
  if (how === 'lie') return { ...GOOD, lie: true };
  if (how === 'short') return { ...GOOD, most: 1 + random.below(Math.max(1, bytes - 1)) };
  const most = done === 'all' ? Number.POSITIVE_INFINITY : done === 'part' ? random.below(bytes + 1) : 0;
  return { most, error: systemError(how, `injected, ${call.operation} '${call.path}'`), lie: false };
}
