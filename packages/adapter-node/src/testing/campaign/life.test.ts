/** The campaign's own model: what it must not take for a failure. */
import { expect, test } from 'vitest';
import { HostileFileSystem } from '../hostile/hostile-file-system.ts';
import type { Image } from './image.ts';
import { Life, type LifeOptions } from './life.ts';

/** In these lives the power fails while an acknowledgement is on its way. */
const SEEDS = [118, 156, 243, 305, 329, 370];

function lifeOf(image: Image, { steps, odds }: Pick<LifeOptions, 'steps' | 'odds'>): Life {
  const plain = { thorough: false, mostTurns: 0, big: false, autoCompaction: false, faulty: false };
  return new Life(image, { ...plain, steps, odds });
}

function blank(seed: number): Image {
  return {
    world: new HostileFileSystem({ seed }),
    crash: 'kill',
    durability: 'relaxed',
    allowed: { least: 0, most: 0, excuses: [] },
    floors: { afterKill: 0, afterPowerLoss: 0 },
    states: new Map(),
    gone: new Map(),
    lied: false,
    backups: [],
    now: 1,
    depth: 0,
    seed,
    label: `seed ${seed}`,
  };
}

test('what a process hears that is no more binds nobody after it', async () => {
  for (const seed of SEEDS) {
    const life = lifeOf(blank(seed), { steps: 4, odds: 1 });
    await life.run();
    for (const image of life.images)
      await expect(lifeOf(image, { steps: 0, odds: 0 }).run()).resolves.toBeUndefined();
  }
});
