/**
 * The whole browser is killed in the middle of writes, with SIGKILL, again and again, on one profile. What was
 * acknowledged before each kill must be there at the next start. KILLS=1000 for a long run.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from '@playwright/test';
import { expect, type Page, test } from './page.ts';

const KILLS = Number(process.env['KILLS'] ?? 25);
/** A kill comes after 1 to so many acknowledged writes. */
const MOST_WRITES = 40;

test(`${KILLS} kills of the whole browser lose no acknowledged write`, async ({ browserName, baseURL }, {
  project,
}) => {
  test.skip(process.platform !== 'linux', 'the processes of the browser are found in /proc');
  test.skip(browserName !== 'chromium', 'Playwright cannot start a stock Firefox on a profile that is kept');
  test.setTimeout(60_000 + KILLS * 10_000);
  const profile = mkdtempSync(join(tmpdir(), 'isokv-kill-'));
  let acknowledged = 0;
  try {
    for (let kill = 0; kill <= KILLS; kill++) {
      const context = await chromium.launchPersistentContext(profile, project.use.launchOptions);
      const page = await context.newPage();
      await page.goto(`${baseURL ?? ''}#tabs`);
      await expect(page.locator('.panel-tabs')).toBeVisible();
      expect(await missing(page, acknowledged)).toEqual([]);
      if (kill === KILLS) await context.close();
      else {
        const enough = acknowledged + 1 + ((kill * 17) % MOST_WRITES);
        await writeUntil(page, acknowledged, (count) => {
          acknowledged = count;
          return count >= enough;
        });
        await killBrowser(context, profile);
      }
    }
  } finally {
    for (const group of groupsOf(profile)) process.kill(-group, 'SIGKILL'); // Where the test has failed.
    rmSync(profile, { recursive: true, maxRetries: 5, retryDelay: 100 });
  }
  expect(acknowledged).toBeGreaterThan(KILLS);
});

/** Which of the first `count` writes are not there. */
function missing(page: Page, count: number): Promise<string[]> {
  return page.evaluate((count) => {
    const kills = window.store.namespace('kills');
    return Array.from({ length: count }, (_, at) => `write-${at + 1}`).filter((key) => !kills.has(key));
  }, count);
}

/** Lets the page write for ever, and resolves when `isEnough` says so of the number of acknowledged writes. */
async function writeUntil(page: Page, from: number, isEnough: (count: number) => boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    void page
      .exposeFunction('acknowledge', (count: number) => {
        if (isEnough(count)) resolve();
      })
      .then(() => page.evaluate(writeForEver, from))
      .catch(() => undefined); // It ends by being killed.
  });
}

/** In the page: one write after another, each reported when it is durable. Never settles. */
async function writeForEver(from: number): Promise<void> {
  const { acknowledge } = window as unknown as { acknowledge(count: number): Promise<void> };
  const kills = window.store.namespace('kills');
  for (let at = from + 1; ; at++) {
    await kills.set(`write-${at}`, { at, text: 'x'.repeat(200) });
    void acknowledge(at); // Not waited for: the kill comes in the middle of a write.
  }
}

async function killBrowser(context: BrowserContext, profile: string): Promise<void> {
  const closed = context.waitForEvent('close');
  const groups = groupsOf(profile);
  expect(groups).not.toEqual([]);
  for (const group of groups) process.kill(-group, 'SIGKILL');
  await closed;
  await expect.poll(() => groupsOf(profile), { intervals: [10] }).toEqual([]);
}

/** The process groups that were started for this profile, whose name is like no other. */
function groupsOf(profile: string): number[] {
  const groups = new Set<number>();
  for (const id of readdirSync('/proc')) {
    if (!/^\d+$/.test(id)) continue;
    try {
      if (!readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(profile)) continue;
      // After the name, which may hold anything: state, parent, group.
      const group = /\) \S \d+ (\d+)/.exec(readFileSync(`/proc/${id}/stat`, 'utf8'))?.[1];
      if (group) groups.add(Number(group));
    } catch {
      // It has ended meanwhile.
    }
  }
  return [...groups];
}
