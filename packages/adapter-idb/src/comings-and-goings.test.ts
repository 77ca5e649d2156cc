/** What was acknowledged is there, and all counts once, whatever fails and whoever goes. */
import { describe, expect, test } from 'vitest';
import { ComingsAndGoings } from './testing/comings-and-goings.ts';

const RUNS = Number(process.env['ISOKV_TAB_RUNS'] ?? 60);
const FIRST = Number(process.env['ISOKV_TAB_FIRST'] ?? 1);

describe(`${RUNS} runs of tabs that come and go, lose answers, connections, space and news`, () => {
  test.each(Array.from({ length: RUNS }, (_, index) => FIRST + index))('seed %i', async (seed) => {
    const run = new ComingsAndGoings(seed);
    await run.work();
    expect(await run.check()).toEqual([]);
  });
});
