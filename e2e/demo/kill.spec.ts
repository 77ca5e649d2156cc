/**
 * The whole browser is killed in the middle of writes, with SIGKILL, again and again, on one profile. What was
 * acknowledged before each kill must be there at the next start. KILLS=1000 for a long run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, firefox } from '@playwright/test';
import { startBrowser } from './killable-browser.ts';
import { expect, test } from './page.ts';
import { serveDemo } from './static-server.ts';

const KILLS = Number(process.env['KILLS'] ?? 25);
/** A kill comes after 1 to so many acknowledged writes. */
const MOST_WRITES = 40;

test(`${KILLS} kills of the whole browser lose no acknowledged write`, async ({ browserName }, {
  project,
}) => {
  test.setTimeout(60_000 + KILLS * 20_000);
  const {
    executablePath = { chromium, firefox, webkit: chromium }[browserName].executablePath(),
    args = [],
  } = project.use.launchOptions ?? {};
  const profile = mkdtempSync(join(tmpdir(), 'isokv-kill-'));
  let acknowledged = 0;
  let enough = 0;
  let missing: string | undefined;
  /** Called when enough was acknowledged, or something is missing. */
  let done = (): void => undefined;

  const server = await serveDemo({
    script: WRITER,
    answers: {
      '/acknowledged-so-far': () => String(acknowledged),
      '/missing': (keys) => {
        missing = keys;
        if (keys !== '[]' || enough === 0) done();
        return '';
      },
      '/acknowledge': (count) => {
        acknowledged = Math.max(acknowledged, Number(count));
        if (enough > 0 && acknowledged >= enough) done();
        return '';
      },
    },
  });
  try {
    for (let kill = 0; kill <= KILLS; kill++) {
      missing = undefined;
      // After the last kill what counts is only whether all is there.
      enough = kill === KILLS ? 0 : acknowledged + 1 + ((kill * 17) % MOST_WRITES);
      const finished = new Promise<void>((resolve) => {
        done = resolve;
      });
      const browser = startBrowser(browserName, { executablePath, args, profile, url: server.url });
      try {
        await finished;
      } finally {
        await browser.kill();
      }
      expect(missing, `after ${kill} kills`).toBe('[]');
    }
  } finally {
    await server.stop();
    rmSync(profile, { recursive: true, maxRetries: 20, retryDelay: 100 });
  }
  expect(acknowledged).toBeGreaterThan(KILLS);
});

/** Runs in the page, beside the demo: tells what is missing, and then writes for ever, one write after another. */
const WRITER = `
const ask = async (path, body = '') => (await fetch(path, { method: 'POST', body })).text();
while (!window.store) await new Promise((resolve) => setTimeout(resolve, 5));
const kills = window.store.namespace('kills');
const from = Number(await ask('/acknowledged-so-far'));
const keys = Array.from({ length: from }, (_, at) => \`write-\${at + 1}\`);
await ask('/missing', JSON.stringify(keys.filter((key) => !kills.has(key))));
for (let at = from + 1; ; at++) {
  await kills.set(\`write-\${at}\`, { at, text: 'x'.repeat(200) });
  void ask('/acknowledge', String(at)); // Not waited for: the kill comes in the middle of a write.
}
`;
