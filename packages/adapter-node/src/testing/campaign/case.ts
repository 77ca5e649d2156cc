/** One case of the campaign: all that follows from one seed. */

import { Random } from '@isokv/core/testing';
import type { Operation } from '../call.ts';
import type { Fault } from '../hostile/faults.ts';
import { HostileFileSystem } from '../hostile/hostile-file-system.ts';
import { restart } from './determinism.ts';
import type { Image } from './image.ts';
import { Life, type LifeOptions } from './life.ts';

export interface CaseResult {
  /** Calls to the file system that the first life was crashed at. */
  readonly calls: number;
  /** Images that were opened and judged. */
  readonly images: number;
  /** How many of them were taken of a store that was itself opened on an image. */
  readonly nested: number;
}

/** A life is longer, and crashed at more often, the fewer crashes came before it. */
const DEPTHS: readonly Pick<LifeOptions, 'steps' | 'odds' | 'thorough'>[] = [
  { steps: 26, odds: 1, thorough: true },
  { steps: 3, odds: 0.04, thorough: false },
  { steps: 2, odds: 0, thorough: false },
];

const START = 1_700_000_000_000;

/** @throws CampaignFailure */
export async function runCase(seed: number): Promise<CaseResult> {
  restart(seed);
  const random = new Random(seed);
  const durability = random.pick(['strict', 'strict', 'strict', 'relaxed'] as const);
  const faults = faultsOf(random);
  const lied = faults.some(({ how }) => how === 'lie');
  const common = { big: random.chance(0.03), autoCompaction: random.chance(0.5) };
  const world = new HostileFileSystem({ seed });
  for (const fault of faults) world.fail(fault);
  const root: Image = {
    world,
    crash: 'kill',
    durability,
    allowed: { least: 0, most: 0, excuses: [] },
    floors: { afterKill: 0, afterPowerLoss: 0 },
    states: new Map(),
    gone: new Map(),
    lied,
    backups: [],
    now: START,
    depth: 0,
    seed: random.next(),
    label: [durability, ...faults.map((fault) => JSON.stringify(fault))].join(', '),
  };
  const result = { calls: 0, images: 0, nested: 0 };
  const waiting = [root];
  for (let image = waiting.pop(); image; image = waiting.pop()) {
    const depth = image.depth;
    const options = DEPTHS[depth] as (typeof DEPTHS)[number];
    const life = new Life(image, {
      ...options,
      ...common,
      faulty: depth === 0 && faults.length > 0,
      mostTurns: depth === 0 ? 3 : 0,
    });
    await life.run();
    if (depth === 0) result.calls = life.calls;
    else result.images++;
    if (depth > 1) result.nested++;
    for (const next of life.images) waiting.push(next);
  }
  return result;
}

const FALLIBLE: readonly Operation[] = [
  'writev',
  'writev',
  'fdatasync',
  'fdatasync',
  'fdatasync',
  'fsync',
  'syncDirectory',
  'truncate',
  'rename',
  'unlink',
  'open',
  'close',
  'read',
  'stat',
];

function faultsOf(random: Random): Fault[] {
  if (random.chance(0.06)) {
    const operation = random.pick(['fdatasync', 'fsync', 'syncDirectory'] as const);
    return [
      {
        operation,
        how: 'lie',
        after: random.below(10),
        times: random.pick([1, 3, Number.POSITIVE_INFINITY]),
      },
    ];
  }
  // What a failed sync was for is lost, and only a power loss tells: the fault that is worth most.
  if (random.chance(0.15)) return [{ operation: 'fdatasync', how: 'EIO', after: 2 + random.below(8) }];
  if (random.chance(0.5)) return [];
  return Array.from({ length: 1 + random.below(3) }, (): Fault => {
    const operation = random.pick(FALLIBLE);
    const canBeShort = operation === 'writev' || operation === 'read';
    return {
      operation,
      how: canBeShort && random.chance(0.4) ? 'short' : random.pick(['EIO', 'ENOSPC', 'EINTR']),
      after: random.below(operation === 'open' || operation === 'stat' ? 10 : 20),
      times: random.pick([1, 1, 1, 2, Number.POSITIVE_INFINITY]),
      done: random.pick(['nothing', 'part', 'all']),
    };
  });
}
