/** That the tour runs to its end, says what it should, fails when it should, and leaves nothing behind. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const timeout = 120_000;
const main = fileURLToPath(new URL('main.mjs', import.meta.url));
const built = new URL('../packages/isokv/dist/node.js', import.meta.url);
if (!existsSync(built)) throw new Error('the tour runs on the built packages: `npm run build` first');

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isokv-tour-test-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a small tour: five kills, nothing lost, every check passed', { timeout }, async () => {
  const { code, output } = await takeTour();
  const kills = [
    ...output.matchAll(/^ {4}\d, (?:while|and) .+?([\d,]+) +([\d,]+) +([\d,]+) +(?:none|[\d.]+ k?M?B)$/gm),
  ];
  expect(kills).toHaveLength(5);
  let before = 0;
  for (const [, acknowledged, found, lost] of kills) {
    expect(lost).toBe('0');
    expect(figure(acknowledged)).toBeGreaterThanOrEqual(before + 10);
    expect(figure(found)).toBeGreaterThanOrEqual(figure(acknowledged));
    before = figure(acknowledged);
  }
  expect(output).not.toContain('✗');
  const [, checks] = output.match(/^(\d+) checks, 0 failed\.$/m) ?? [];
  expect(figure(checks)).toBe(output.match(/✓/g)?.length);
  expect(output).toMatch(/The temporary folder was removed\.\n$/);
  expect(output.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
  expect(code).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
});

test('interrupted in the middle of the crash it leaves nothing behind', { timeout }, async () => {
  const { code, output } = await takeTour({ interruptAt: '1, while it writes' });
  expect(code).toBe(130);
  expect(output).toMatch(/Interrupted\. The temporary folder was removed\.\n$/);
  expect(readdirSync(folder)).toEqual([]);
});

test('an error is named and makes it fail', { timeout }, async () => {
  rmSync(folder, { recursive: true });
  const { code, output } = await takeTour();
  expect(output).toContain('Failed: ENOENT: ');
  expect(code).toBe(1);
});

/**
 * @param {{ interruptAt?: string }} [options] a text at which it is sent SIGINT
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function takeTour({ interruptAt } = {}) {
  const env = { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder };
  const child = spawn(process.execPath, [main, '--small'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let isInterrupted = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (isInterrupted || interruptAt === undefined || !output.includes(interruptAt)) return;
      isInterrupted = true;
      child.kill('SIGINT');
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** @param {string | undefined} text */
function figure(text) {
  return Number(text?.replaceAll(',', ''));
}
