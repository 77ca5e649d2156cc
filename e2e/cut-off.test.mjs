/** Scripts that the engine ends in the middle, as Firefox does to those of a tab that it closes: what is kept is whole. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('durability/cut-off.mjs', import.meta.url));

test.each([
  ['memory', 200],
  ['file', 100],
])('a log in %s opens, and holds whole transactions, after each of %i', async (medium, cuts) => {
  const { stdout } = await promisify(execFile)(process.execPath, [script, medium, String(cuts)]);
  const { ended, midWrite, broken } = JSON.parse(stdout);
  expect(broken).toEqual([]);
  expect(ended).toBe(cuts);
  // Else this has tested nothing.
  expect(midWrite).toBeGreaterThan(cuts / 20);
  process.stdout.write(`${medium}: ${ended} scripts ended, ${midWrite} of them in the middle of a write\n`);
});
