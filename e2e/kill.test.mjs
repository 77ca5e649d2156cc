/** Writing processes that are killed, again and again on the same files: nothing acknowledged is ever lost. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { inPairs, judge, run } from './durability/processes.mjs';

const folder = mkdtempSync(join(tmpdir(), 'isokv-kill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const KILLS = 104;

test('208 killed processes have lost none of what they acknowledged', async () => {
  let kills = 0;
  let acknowledged = 0;
  await inPairs(/** @type {const} */ (['strict', 'relaxed']), async (durability) => {
    const path = join(folder, durability);
    let most = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      // At any moment: some before the first commit, some in a compaction.
      const delayMs = (kill * 7) % 60;
      const result = await run(path, {
        durability,
        commits: 1_000_000,
        onOpen: (stop) => void setTimeout(stop, delayMs),
      });
      expect(result).toMatchObject({ opened: true, signal: 'SIGKILL', complaint: '' });
      most = Math.max(most, result.acknowledged);
      // The next process looks, too, before it writes on; this one leaves the file as a clean close does.
      if (kill % 4 === 0) expect(await judge(path, most)).toBeUndefined();
      kills++;
    }
    expect(await judge(path, most)).toBeUndefined();
    acknowledged += most;
  });
  process.stdout.write(`${kills} kills, ${acknowledged} commits acknowledged, 0 lost\n`);
  expect(kills).toBeGreaterThanOrEqual(200);
  expect(acknowledged).toBeGreaterThan(kills);
});
