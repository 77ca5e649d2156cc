/** isokv-flash as it is installed: the console of its README, and what Ctrl-C leaves. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const packagePath = fileURLToPath(new URL('../packages/adapter-flash/', import.meta.url));
const { bin } = JSON.parse(readFileSync(join(packagePath, 'package.json'), 'utf8'));
const tool = join(packagePath, bin['isokv-flash']);

/** @param {(folder: string) => void | Promise<void>} work */
async function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'isokv-flash-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The console of a README: each command with what it prints. @param {string} page */
function consoleOf(page) {
  const [, text = ''] = /^```console\n(.*?)^```$/ms.exec(page) ?? [];
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...lines] = part.split('\n');
      return { command, expected: lines.join('\n') };
    });
}

it('does what the README says', () =>
  inFolder((folder) => {
    const commands = consoleOf(readFileSync(join(packagePath, 'README.md'), 'utf8'));
    expect(commands.length).toBeGreaterThan(5);
    for (const { command, expected } of commands) {
      const script = `isokv-flash() { "${process.execPath}" "${tool}" "$@"; }\n${command}`;
      const printed = execFileSync('bash', ['-ec', script], { cwd: folder, encoding: 'utf8' });
      expect(printed, command).toBe(expected);
    }
  }));

it('leaves no file behind when it is interrupted', { timeout: 60_000 }, () =>
  inFolder(async (folder) => {
    const data = join(folder, 'data.json');
    const entry = (/** @type {number} */ index) =>
      `"key ${index}": {"value": "${'x'.repeat(200)}", "expires_at": null}`;
    writeFileSync(data, `{${Array.from({ length: 15_000 }, (_, index) => entry(index)).join(',')}}`);
    const args = [tool, 'build', data, join(folder, 'flash.bin'), '--pages', '2048', '--progress'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'pipe'] });
    /** @type {number | null} */
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
      child.stderr.once('data', () => child.kill('SIGINT'));
    });
    expect(code).toBe(130);
    expect(readdirSync(folder)).toEqual(['data.json']);
  }),
);
