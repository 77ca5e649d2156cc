/** What a crash leaves, with all that is needed to judge what a store makes of it. */
import type { Durability } from '@isokv/core';
import type { HostileFileSystem } from '../hostile/hostile-file-system.ts';
import type { State } from './model.ts';
import type { Allowed, Crash, Floors } from './promises.ts';

export interface Backup {
  readonly path: string;
  /** Of the store, by the number of the commit. */
  readonly states: ReadonlyMap<number, State>;
  /** The last commit that it must hold, and the last one that it may: undefined while it is being made. */
  readonly least: number;
  most: number | undefined;
}

export interface Image {
  readonly world: HostileFileSystem;
  readonly crash: Crash;
  readonly durability: Durability;
  readonly allowed: Allowed;
  readonly floors: Floors;
  /** By the number of the commit that made it. */
  readonly states: ReadonlyMap<number, State>;
  /**
   * Those that were made and, when somebody looked, were there no more: cut off after a write that had failed. Until a
   * sync covers the cut, a power loss may undo it.
   */
  readonly gone: ReadonlyMap<number, State>;
  /** Whether the medium has lied before. */
  readonly lied: boolean;
  readonly backups: readonly Backup[];
  readonly now: number;
  /** How many crashes came before. */
  readonly depth: number;
  /** Of whatever happens next. */
  readonly seed: number;
  /** Which crash it was, for people. */
  readonly label: string;
}
