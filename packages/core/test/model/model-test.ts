/**
 * The model test: random operations on a store and on a map of maps, which must agree after every step.
 *
 * A failure prints its seed and path. To run that case again, and only it:
 *
 *     ISOKV_SEED=<seed> ISOKV_PATH=<path> npx vitest run --project core src/store/model.test.ts -t 'memoryLog'
 *
 * A long campaign, each with another seed:
 *
 *     ISOKV_SEED=$RANDOM ISOKV_RUNS=20000 npx vitest run --project core --testTimeout=0 src/store/model.test.ts
 *
 * ISOKV_STEPS is the most operations of a case. For files: --project adapter-node src/model.test.ts.
 */
import fc from 'fast-check';
import type { StoreOptions } from '../../src/index.ts';
import { type Medium, runCase } from './driver.ts';
import { operationLists } from './operations.ts';

const { ISOKV_SEED, ISOKV_PATH, ISOKV_RUNS, ISOKV_STEPS } = process.env;

/** `runs`: how many cases, unless ISOKV_RUNS says so. */
export async function modelTest(
  medium: () => Medium,
  runs: number,
  options: StoreOptions = {},
): Promise<void> {
  const steps = Number(ISOKV_STEPS ?? 60);
  const property = fc.asyncProperty(operationLists(steps), (operations) =>
    runCase(medium(), operations, options),
  );
  await fc.assert(property, {
    seed: Number(ISOKV_SEED ?? 20_261),
    numRuns: Number(ISOKV_RUNS ?? runs),
    ...(ISOKV_PATH !== undefined && { path: ISOKV_PATH, endOnFailure: true }),
  });
}
