/**
 * The model test: random operations on a store and on a map of maps, which must agree after every step.
 *
 * A failure prints its seed and path. To run that case again, and only it:
 *
 *     ISOKV_SEED=<seed> ISOKV_PATH=<path> npx vitest run --project core src/store/model.test.ts -t 'memoryLog'
 *
 * A long campaign, each with another seed:
 *
 *     ISOKV_SEED=$RANDOM ISOKV_RUNS=20000 npx vitest run --project core src/store/model.test.ts
 *
 * ISOKV_STEPS is the most operations of a case; ISOKV_SHRINK=no gives the first failing case as it is. For files: --project adapter-node src/model.test.ts.
 */
import fc from 'fast-check';
import type { StoreOptions } from '../../packages/core/src/index.ts';
import { type Medium, runCase } from './driver.ts';
import { cases } from './operations.ts';

const { ISOKV_SEED, ISOKV_PATH, ISOKV_RUNS, ISOKV_STEPS, ISOKV_SHRINK } = process.env;

/** A case that takes as long has come to a standstill. */
const CASE_TIMEOUT_MS = 20_000;

/** For a test of `modelTest`; a campaign has all the time. */
export const TEST_TIMEOUT_MS: number = ISOKV_RUNS === undefined ? 60_000 : 0;

/** `runs`: how many cases, unless ISOKV_RUNS says so. */
export async function modelTest(
  medium: () => Medium,
  runs: number,
  options: StoreOptions = {},
): Promise<void> {
  const steps = Number(ISOKV_STEPS ?? 60);
  const property = fc.asyncProperty(cases(steps), (each) => runCase(medium(), each, options));
  await fc.assert(property, {
    seed: Number(ISOKV_SEED ?? 20_261),
    numRuns: Number(ISOKV_RUNS ?? runs),
    timeout: CASE_TIMEOUT_MS,
    endOnFailure: ISOKV_SHRINK === 'no',
    ...(ISOKV_PATH !== undefined && { path: ISOKV_PATH, endOnFailure: true }),
  });
}
