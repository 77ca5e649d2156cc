/**
 * Images that are not what was written, read by a board, by a store and as a map: all say the same, or that it is damaged.
 * More than the tests' share of them:
 *
 *     ISOKV_FLASH_IMAGES=15000 npx vitest run --project adapter-flash src/campaign/readers
 */
import { describe, expect, it } from 'vitest';
import { planted } from './planted.ts';
import { READER_MUTANTS } from './reader-mutants.ts';
import * as readers from './readers.ts';

const IMAGES = Number(process.env.ISOKV_FLASH_IMAGES ?? 900);

describe('readers of damaged images', () => {
  it(
    'agree, and none gives what was never written',
    async () => {
      const { wrong, read } = await readers.judgeAll(IMAGES);
      expect(wrong).toEqual([]);
      // Some of both.
      expect(read).toBeGreaterThan(IMAGES / 4);
      expect(read).toBeLessThan(IMAGES * 0.9);
    },
    24 * 3_600_000,
  );

  it.each(READER_MUTANTS)('part over a planted bug: $name', async (mutant) => {
    const { judgeAll } = await planted<typeof readers>('./readers.ts', mutant);
    const { wrong } = await judgeAll(600, 1, mutant.history);
    expect(wrong).toHaveLength(1);
  });
});
