/**
 * What is promised of a store after a crash, said once and precisely. docs/DURABILITY.md says it in words.
 *
 * Commits are numbered. A store that is opened after a crash holds the state after commit `n`, whole:
 *
 *     durability         after a kill              after a power loss
 *     strict             acknowledged <= n         acknowledged <= n
 *     relaxed, none      acknowledged <= n         compacted <= n, or CORRUPT
 *
 * with n <= made. `acknowledged`: the last commit whose promise had resolved (`none` promises nothing, and does as
 * `relaxed`). `compacted`: the last one that a finished compaction, or the opening after an earlier power loss,
 * had found. `made`: the last one there was. On a medium that has lied about a sync nothing is promised of a
 * power loss, but that n is a commit, or an error says that there is none to be had. A power loss while the file is
 * created, before `Store.open` has resolved, may leave one that is not recognised (NOT_ISOKV).
 */
import type { Durability, ErrorCode } from '@isokv/core';

export type Crash = 'kill' | 'power loss';

/** The last commit that must be there. */
export interface Floors {
  afterKill: number;
  afterPowerLoss: number;
}

export interface Allowed {
  readonly least: number;
  readonly most: number;
  /** The codes of errors that are a fair answer. */
  readonly excuses: readonly ErrorCode[];
}

/** What `allowedAfter` has to know. */
export interface Situation {
  readonly durability: Durability;
  readonly floors: Floors;
  readonly made: number;
  /** Whether the medium has lied about a sync. */
  readonly lied: boolean;
  /** What is allowed of the store that is being opened, if one is. */
  readonly opening: Allowed | undefined;
}

export function allowedAfter(crash: Crash, situation: Situation): Allowed {
  const { durability, floors, made, lied, opening } = situation;
  const excuses: ErrorCode[] = [...(opening?.excuses ?? [])];
  if (crash === 'kill') return { least: floors.afterKill, most: made, excuses };
  const least = lied ? 0 : floors.afterPowerLoss;
  if (lied) excuses.push('CORRUPT', 'NOT_ISOKV');
  else if (durability !== 'strict') excuses.push('CORRUPT');
  if (opening && least === 0) excuses.push('NOT_ISOKV');
  return { least, most: made, excuses };
}

/** What a store that opens on what is left may be held to if it crashes again before anybody has seen it. */
export function floorsAfter(crash: Crash, { least }: Allowed, floors: Floors): Floors {
  return {
    afterKill: least,
    afterPowerLoss: crash === 'kill' ? Math.min(floors.afterPowerLoss, least) : least,
  };
}

/** A write that ended with commit `seq` has been acknowledged. */
export function acknowledge(floors: Floors, durability: Durability, seq: number): void {
  floors.afterKill = Math.max(floors.afterKill, seq);
  if (durability === 'strict') floors.afterPowerLoss = Math.max(floors.afterPowerLoss, seq);
}
