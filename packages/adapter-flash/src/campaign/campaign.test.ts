/**
 * Part of the campaign in every run of the tests; for millions of cuts, or one trial alone:
 *
 *     ISOKV_FLASH_TRIALS=100000 npx vitest run --project adapter-flash src/campaign
 *     ISOKV_FLASH_SEED=1234 npx vitest run --project adapter-flash src/campaign
 */
import { describe, expect, it } from 'vitest';
import { bundleAll } from '../../scripts/bundle.mjs';
import type { open } from '../device/open.ts';
import { GEOMETRIES, type Outcome, runTrial, trialOf } from './campaign.ts';

const { ISOKV_FLASH_SEED: one, ISOKV_FLASH_TRIALS: many } = process.env;
const TRIALS = Number(many ?? 180);
const seeds = one === undefined ? Array.from({ length: TRIALS }, (_, seed) => seed) : [Number(one)];
/** Of the cuts that a trial could make, every how many-th: all of them when asked for more than the tests' share. */
const STRIDE = one === undefined && many === undefined ? 4 : 1;

describe('cuts of power', () => {
  it(
    'never lose what was written, nor show half of a commit',
    () => {
      const total: Outcome = { cuts: 0, refused: 0, violations: [] };
      for (const seed of seeds) {
        const outcome = runTrial(trialOf(seed), { stride: STRIDE });
        total.cuts += outcome.cuts;
        total.refused += outcome.refused;
        total.violations.push(...outcome.violations);
      }
      expect(total.violations).toEqual([]);
      if (one !== undefined) return;
      expect(GEOMETRIES.length).toBeGreaterThanOrEqual(36);
      expect(total.cuts).toBeGreaterThanOrEqual(many === undefined ? 100_000 : 1);
      // The flash was full at times.
      expect(total.refused).toBeGreaterThan(0);
    },
    24 * 3_600_000,
  );

  it('lose nothing on a board that has no summaries either, and only the scripts that the workload needs', async () => {
    const { device = '', large, index } = await bundleAll();
    const isokv = {} as { open: typeof open };
    new Function('exports', device)(isokv);
    for (const script of [large, index])
      new Function('isokv', `var exports = {}; ${script} exports.addTo(isokv);`)(isokv);
    let cuts = 0;
    for (let seed = 0; seed < 36; seed++) {
      const outcome = runTrial(trialOf(seed * 5), { openStore: isokv.open, stride: 173 });
      expect(outcome.violations).toEqual([]);
      cuts += outcome.cuts;
    }
    expect(cuts).toBeGreaterThan(500);
  }, 300_000);
});
