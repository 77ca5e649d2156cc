/**
 * The crash campaign and its kill list. More images: `npm run campaign -- --images 5000000 --seed 1000`.
 * A failure prints the one command that shows it again.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const TIMEOUT_MS = 2_400_000;
const IMAGES = 200_000;
const MUTANTS_LEAST = 20;

/** Runs a script of the root, and shows what it prints. @param {string[]} args */
async function npmRun(...args) {
  const child = spawn('npm', ['run', '--silent', ...args], { cwd: root });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
      process.stdout.write(text);
    });
  }
  const [code] = await once(child, 'close');
  return { code, output };
}

test('the campaign finds every planted bug', { timeout: TIMEOUT_MS }, async () => {
  const { code, output } = await npmRun('campaign:mutants');
  const [, killed, planted] = output.match(/^(\d+) of (\d+) killed$/m) ?? [];
  expect(killed).toBe(planted);
  expect(Number(killed)).toBeGreaterThanOrEqual(MUTANTS_LEAST);
  expect(code).toBe(0);
});

test('the campaign finds no bug in what is shipped', { timeout: TIMEOUT_MS }, async () => {
  const { code, output } = await npmRun('campaign', '--', '--images', String(IMAGES));
  expect(output).not.toContain('FAILED');
  const images = Number(output.match(/^([\d,]+) images .* in \d+ s$/m)?.[1]?.replaceAll(',', ''));
  expect(images).toBeGreaterThanOrEqual(IMAGES);
  expect(code).toBe(0);
});
