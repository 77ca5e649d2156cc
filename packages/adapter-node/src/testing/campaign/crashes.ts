/** Takes images of a world at the moments when it may crash. */

import type { Random } from '@isokv/core/testing';
import type { Call, Operation } from '../call.ts';
import type { HostileFileSystem } from '../hostile/hostile-file-system.ts';
import type { Keep } from '../hostile/tear.ts';
import { turns } from './determinism.ts';
import type { Crash } from './promises.ts';

export interface CrashOptions {
  readonly random: Random;
  /** How likely a moment is taken; then with `imagesPerCall` images of each call, or else with one. */
  readonly odds: number;
  readonly thorough: boolean;
  /** The most turns of the event loop that a call takes. */
  readonly mostTurns: number;
  take(world: HostileFileSystem, crash: Crash, label: string): void;
}

const SYNCS: readonly Operation[] = [
  'fdatasync',
  'fdatasyncSync',
  'fsync',
  'syncDirectory',
  'syncDirectorySync',
];
const CHANGES: readonly Operation[] = [
  'writev',
  'writevSync',
  'truncate',
  'truncateSync',
  'rename',
  'link',
  'unlink',
  'unlinkSync',
  'chmod',
  'open',
];
/** How many images are made of one call when it is gone about thoroughly. */
const IMAGES_PER_CALL = 12;

/** Watches a world until it is halted. @returns what tells how many calls were crashed at */
export function watchCrashes(fs: HostileFileSystem, options: CrashOptions): { readonly calls: number } {
  const { random, mostTurns } = options;
  const count = { calls: 0 };
  fs.before = async (call) => {
    if (SYNCS.includes(call.operation)) {
      count.calls++;
      crash(fs, call, 'in', IMAGES_PER_CALL - 2, options);
    } else if (call.operation === 'writev' || call.operation === 'writevSync') kill(fs, call, options);
    if (mostTurns > 0) await turns(random.below(mostTurns + 1));
    return undefined;
  };
  fs.after = (call) => {
    if (SYNCS.includes(call.operation)) crash(fs, call, 'after', 2, options);
    else if (CHANGES.includes(call.operation)) {
      count.calls++;
      crash(fs, call, 'after', IMAGES_PER_CALL, options);
    }
  };
  return count;
}

function crash(fs: HostileFileSystem, call: Call, when: string, images: number, options: CrashOptions): void {
  const { random, odds, thorough, take } = options;
  if (!random.chance(odds)) return;
  const first = thorough ? 0 : random.below(images);
  for (let i = first; i < (thorough ? images : first + 1); i++) {
    const seed = random.next();
    const label = `${when} ${call.operation} ${call.path}`;
    if (i === 0) take(fs.afterKill(), 'kill', `killed ${label}`);
    else {
      const keep: Keep = i === 1 ? 'nothing' : i === 2 ? 'everything' : 'some';
      take(fs.afterPowerLoss(keep, seed), 'power loss', `power lost ${label}, keeping ${keep} (${seed})`);
    }
  }
}

/** In the middle of a write. */
function kill(fs: HostileFileSystem, call: Call, { random, odds, take }: CrashOptions): void {
  if (!random.chance(odds)) return;
  const seed = random.next();
  take(fs.afterKill(call, seed), 'kill', `killed in writev ${call.path} (${seed})`);
}
