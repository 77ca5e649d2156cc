import type { Codec } from '../codec/codec.ts';
import type { Bounds } from '../table/bounds.ts';
import type { Wanted } from '../table/cursor.ts';
import type { Slot } from '../table/slot.ts';
import type { Core } from './core.ts';
import type { WatchListener } from './events.ts';

/** `fast`, while every read is to go through `find`. */
export const NOTHING: ReadonlyMap<string, Slot> = new Map();

/**
 * What the operations of a namespace work on: the entries as they are (`LiveSpace`), or as a transaction
 * sees them (`TransactionSpace`).
 */
export interface Space {
  readonly name: string;
  readonly core: Core;
  /** What may be answered from without asking; the rest is asked of `find`. */
  readonly fast: ReadonlyMap<string, Slot>;
  readonly size: number;
  /** The slot of a key that has one and has not expired. */
  find(key: string): Slot | undefined;
  /** The value of a key, if it has one. */
  read(key: string): unknown;
  /** The value of a slot that was found. */
  value(key: string, slot: Slot): unknown;
  /** Goes over the entries that have not expired. `take` says what to give for each. */
  scan<T>(bounds: Bounds, take: (key: string, slot: Slot) => T, wanted?: Wanted): Generator<T>;
  /** Writes. `codec`, where given, is to encode the value whatever it is. */
  put(key: string, value: unknown, expiresAt: number, codec: Codec | undefined): Promise<void>;
  putSlot(key: string, slot: Slot): Promise<void>;
  /** Stores all of them or, when one is refused, none. */
  putAll(slots: readonly (readonly [key: string, slot: Slot])[]): Promise<void>;
  remove(key: string): Promise<void>;
  clear(): Promise<void>;
  /** Runs a step that reads and writes. @returns a promise of its result, or inside a transaction the result */
  atomically<R>(step: () => R): Promise<R>;
  /** Runs a callback of the user's in the middle of a write. */
  readOnly<R>(task: () => R): R;
  watch(target: string | Bounds, listener: WatchListener): () => void;
}
