/**
 * Part of the campaign of faults in every run of the tests; for more of them, or one trial alone:
 *
 *     ISOKV_FLASH_FAULTS=20000 npx vitest run --project adapter-flash src/campaign/faults
 *     ISOKV_FLASH_FAULT_SEED=36 npx vitest run --project adapter-flash src/campaign/faults
 */
import { describe, expect, it } from 'vitest';
import type * as whole from '../../test/whole.ts';
import { runFaultTrial } from './faults.ts';
import { FAULT_MUTANTS } from './mutants.ts';
import { planted } from './planted.ts';

const { ISOKV_FLASH_FAULT_SEED: one, ISOKV_FLASH_FAULTS: many } = process.env;
const TRIALS = Number(many ?? 12);
const seeds = one === undefined ? Array.from({ length: TRIALS }, (_, seed) => seed) : [Number(one)];

describe('a device that throws in the middle of operations', () => {
  it(
    'never makes the store lose anything, nor show half of a commit',
    async () => {
      const violations: string[] = [];
      let failed = 0;
      for (const seed of seeds) {
        const outcome = await runFaultTrial(seed);
        failed += outcome.failed;
        if (outcome.violation) violations.push(outcome.violation);
      }
      process.stdout.write(`faults: seeds ${seeds[0]} to ${seeds.at(-1)}, ${failed} operations failed\n`);
      expect(violations).toEqual([]);
      expect(failed).toBeGreaterThan(seeds.length);
    },
    24 * 3_600_000,
  );

  it.each(FAULT_MUTANTS)(
    'shows a planted bug: $name',
    async (mutant) => {
      const { open } = await planted<typeof whole>('../../test/whole.ts', mutant);
      let death: string | undefined;
      for (let { seed } = mutant; seed < mutant.seed + 60 && !death; seed++)
        death = (await runFaultTrial(seed, open)).violation;
      process.stdout.write(`${mutant.name}: ${death?.split('\n')[0]}\n`);
      expect(death).toBeDefined();
    },
    300_000,
  );
});
