/**
 * The whole browser is killed in the middle of writes, with SIGKILL, again and again, on one profile. What was
 * acknowledged before each kill must be there at the next start. KILLS=1000 for a long run.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { expect, test } from './page.ts';

const KILLS = Number(process.env['KILLS'] ?? 25);
/** A kill comes after 1 to so many acknowledged writes. */
const MOST_WRITES = 40;

test(`${KILLS} kills of the whole browser lose no acknowledged write`, async ({ browserName, baseURL }, {
  project,
}) => {
  test.skip(browserName !== 'chromium', 'Firefox gives no way to attach to a process that a test may kill');
  test.setTimeout(30_000 + KILLS * 10_000);
  const profile = mkdtempSync(join(tmpdir(), 'isokv-kill-'));
  const { executablePath = chromium.executablePath(), args = [] } = project.use.launchOptions ?? {};
  let acknowledged = 0;
  try {
    for (let kill = 0; kill <= KILLS; kill++) {
      const browser = await startBrowser(executablePath, args, profile);
      try {
        const page = await browser.newPage();
        await page.goto(`${baseURL ?? ''}#tabs`);
        await expect(page.locator('.panel-tabs')).toBeVisible();
        const missing = await page.evaluate((count) => {
          const kills = window.store.namespace('kills');
          return Array.from({ length: count }, (_, at) => `write-${at + 1}`).filter((key) => !kills.has(key));
        }, acknowledged);
        expect(missing).toEqual([]);
        if (kill === KILLS) break;

        const enough = acknowledged + 1 + ((kill * 17) % MOST_WRITES);
        await new Promise<void>((resolve) => {
          void page
            .exposeFunction('acknowledge', (count: number) => {
              acknowledged = count;
              if (count === enough) resolve();
            })
            .then(() => page.evaluate(writeForEver, acknowledged))
            .catch(() => undefined); // It ends by being killed.
        });
      } finally {
        await browser.kill();
      }
    }
  } finally {
    rmSync(profile, { recursive: true, maxRetries: 5, retryDelay: 100 });
  }
  expect(acknowledged).toBeGreaterThan(KILLS);
});

/** In the page: one write after another, each reported when it is durable. Never settles. */
async function writeForEver(from: number): Promise<void> {
  const { acknowledge } = window as unknown as { acknowledge(count: number): Promise<void> };
  const kills = window.store.namespace('kills');
  for (let at = from + 1; ; at++) {
    await kills.set(`write-${at}`, { at, text: 'x'.repeat(200) });
    await acknowledge(at);
  }
}

async function startBrowser(executablePath: string, args: readonly string[], profile: string) {
  const portFile = join(profile, 'DevToolsActivePort');
  rmSync(portFile, { force: true });
  const child = spawn(
    executablePath,
    [...args, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'],
    { detached: true, stdio: 'ignore' }, // Detached: a process group of its own, so that all of it is killed.
  );
  await expect.poll(() => existsSync(portFile), { intervals: [20] }).toBe(true);
  await expect
    .poll(() => readFileSync(portFile, 'utf8').split('\n').length, { intervals: [20] })
    .toBeGreaterThan(1);
  const [port] = readFileSync(portFile, 'utf8').split('\n');
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  return {
    newPage: async () => {
      const [context] = browser.contexts();
      return (context ?? (await browser.newContext())).newPage();
    },
    kill: () => killGroup(child),
  };
}

async function killGroup(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await gone;
}
