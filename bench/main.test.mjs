/** That the bench runs and says what it should; never how fast anything is. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const main = fileURLToPath(new URL('main.mjs', import.meta.url));
const timeout_ms = 120_000;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isokv-bench-test-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('runs scenarios, prints a table, and leaves nothing behind', { timeout: timeout_ms }, async () => {
  const json = join(folder, 'result.json');
  const { stdout, stderr } = await bench(
    '--quick',
    ...['--only', 'get-100k-uniform', '--only', 'open-compacted', '--json', json, '--folder', folder],
  );

  expect(stdout).toMatch(/^\| what +\| against +\| ratio \(median, min–max\) +\| goal +\| +\|$/m);
  expect(stdout).toMatch(
    /^\| get of a number, .* \| map +\| \S+x \(\S+–\S+\) +\| ≥ 0.9x +\| (met|missed) +\|$/m,
  );
  expect(stderr).toContain('[1/2] get-100k-uniform: round 2 of 2');

  const { quick, rows, measurements } = JSON.parse(readFileSync(json, 'utf8'));
  expect(quick).toBe(true);
  expect(Object.keys(measurements)).toEqual(['get-100k-uniform', 'open-compacted']);
  for (const row of rows) {
    expect(row.median).toBeGreaterThan(0);
    expect(row.min).toBeLessThanOrEqual(row.median);
    expect(row.max).toBeGreaterThanOrEqual(row.median);
  }
  expect(readdirSync(folder)).toEqual(['result.json']);
});

test('names the scenarios when none was meant', { timeout: timeout_ms }, async () => {
  const failure = await bench('--only', 'no such scenario').catch((error) => error);
  expect(failure.code).toBe(1);
  expect(failure.stdout).toContain('get-100k-uniform, ');
});

test('removes its folder when it is interrupted', { timeout: timeout_ms }, async () => {
  const running = bench('--only', 'get-1000k-uniform', '--folder', folder);
  running.child.stderr?.on('data', (text) => {
    if (String(text).includes('prepare')) running.child.kill('SIGINT');
  });
  const failure = await running.catch((error) => error);
  expect(failure.code).toBe(130);
  expect(existsSync(folder)).toBe(true);
  expect(readdirSync(folder)).toEqual([]);
});

/** @param {string[]} args */
function bench(...args) {
  return promisify(execFile)(process.execPath, [main, ...args]);
}
