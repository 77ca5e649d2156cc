/**
 * The whole browser is killed in the middle of writes, with SIGKILL, again and again, on one profile. What was
 * acknowledged before each kill must be there at the next start. KILLS=1000 for a long run. One browser after the
 * other: two that start beside each other on a small machine take longer than one start may.
 *
 * Chromium, once killed, may throw away all that the page had stored. A database of the page's own, which the store knows
 * nothing of, is the control: when that is gone as well it was the browser, and the count begins anew.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, firefox } from '@playwright/test';
import { launchOptions } from '../../test/browsers.mjs';
import { type KillableBrowser, startBrowser } from './killable-browser.ts';
import { expect, test } from './page.ts';
import { serveDemo } from './static-server.ts';

const KILLS = Number(process.env['KILLS'] ?? 25);
/** A kill comes after 1 to so many acknowledged writes. */
const MOST_WRITES = 20;
/** A browser that has not shown the page by then has a trouble of its own, and is started anew. */
const LONGEST_START_MS = 30_000;
const MOST_RESTARTS = 10;
/** Firefox, once killed, may take the space in use for less than none, which is 2^64 less something: nothing fits then. */
const MISCOUNTED = /: \d{20} of \d+ bytes are in use/;
/** The page is there: if by then nothing more is heard of it, the store hangs. */
const LONGEST_SILENCE_MS = 60_000;

test.describe.configure({ mode: 'default' }); // One after the other.

for (const [name, type] of [
  ['chromium', chromium],
  ['firefox', firefox],
] as const) {
  test(`${KILLS} kills of the whole ${name} lose no acknowledged write`, async () => {
    test.setTimeout(120_000 + KILLS * 20_000);
    const { executablePath = type.executablePath(), args = [] } = launchOptions(name);
    const profile = mkdtempSync(join(tmpdir(), 'isokv-kill-'));
    let acknowledged = 0;
    let thrownAway = 0;
    let restarts = 0;
    let heard: (news: News) => void = () => undefined;
    const hear = (news: News): string => {
      heard(news);
      return '';
    };
    const server = await serveDemo({
      script: WRITER,
      answers: {
        '/shown': () => hear({ type: 'shown' }),
        '/failed': (error) => hear({ type: 'failed', error }),
        '/acknowledged-so-far': () => String(acknowledged),
        '/emptied': () => {
          thrownAway += acknowledged;
          acknowledged = 0;
          return hear({ type: 'emptied' });
        },
        '/missing': (keys) => hear({ type: 'missing', keys }),
        '/acknowledge': (count) => {
          acknowledged = Math.max(acknowledged, Number(count));
          return hear({ type: 'acknowledged' });
        },
      },
    });

    /** The next news of the page. @throws when the page tells of a failure, or nothing in time */
    const next = (limit_ms: number, browser: KillableBrowser): Promise<News> =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => resolve({ type: 'silence' }), limit_ms);
        heard = (news) => {
          clearTimeout(late);
          if (news.type === 'failed' && MISCOUNTED.test(news.error)) resolve({ type: 'miscounted' });
          else if (news.type === 'failed') reject(new Error(`${news.error}\n${browser.said()}`));
          else resolve(news);
        };
      });

    const startAgain = (why: string): void => {
      process.stdout.write(`${name} ${why}: it is started again\n`);
      if (++restarts > MOST_RESTARTS) throw new Error(`${name} ${why}: ${restarts} times by now`);
    };

    /** Starts the browser, and anew if it does not get as far as the page: then it has not touched the store. */
    const show = async (): Promise<KillableBrowser> => {
      for (;;) {
        const browser = startBrowser(name, { executablePath, args, profile, url: server.url });
        const { type: news } = await next(LONGEST_START_MS, browser);
        if (news === 'shown') return browser;
        await browser.kill();
        startAgain(`did not show the page in ${LONGEST_START_MS} ms\n${browser.said()}`);
      }
    };

    try {
      for (let kill = 0; kill <= KILLS; kill++) {
        const browser = await show();
        try {
          const first = await next(LONGEST_SILENCE_MS, browser);
          if (first.type === 'miscounted') {
            startAgain('has lost count of its storage');
            kill--;
            continue;
          }
          if (first.type === 'emptied') {
            startAgain('has thrown away all that the page had stored');
            kill--;
            continue;
          }
          expect(first, `of the store, after ${kill} kills`).toEqual({ type: 'missing', keys: '[]' });
          // After the last kill what counts is only whether all is there.
          const enough = kill === KILLS ? 0 : acknowledged + 1 + ((kill * 17) % MOST_WRITES);
          while (acknowledged < enough) {
            const news = await next(LONGEST_SILENCE_MS, browser);
            if (news.type === 'miscounted') {
              startAgain('has lost count of its storage');
              break;
            }
            expect(news, `after ${acknowledged} of ${enough} writes`).toEqual({ type: 'acknowledged' });
          }
        } finally {
          await browser.kill();
        }
      }
    } finally {
      await server.stop();
      rmSync(profile, { recursive: true, maxRetries: 20, retryDelay: 100 });
    }
    expect(acknowledged + thrownAway).toBeGreaterThan(KILLS);
  });
}

type News =
  | { readonly type: 'miscounted' | 'emptied' | 'shown' | 'acknowledged' | 'silence' }
  | { readonly type: 'missing'; readonly keys: string }
  | { readonly type: 'failed'; readonly error: string };

/** Runs in the page, beside the demo: tells what is missing, and then writes for ever, one write after another. */
const WRITER = `
const ask = async (path, body = '') => (await fetch(path, { method: 'POST', body })).text();
const fail = (error) => ask('/failed', [error?.message ?? error, error?.cause, error?.stack].join('\\n'));
addEventListener('error', ({ error, message }) => fail(error ?? message));
addEventListener('unhandledrejection', ({ reason }) => fail(reason));
await ask('/shown');
const from = Number(await ask('/acknowledged-so-far'));
const isNew = await new Promise((resolve, reject) => {
  const opening = indexedDB.open('control');
  opening.onupgradeneeded = () => resolve(true);
  opening.onsuccess = () => resolve(false);
  opening.onerror = () => reject(opening.error);
});
if (isNew && from > 0) await ask('/emptied');
while (!window.store) {
  const notice = document.querySelector('.notice.is-bad');
  if (notice) throw new Error('the page says: ' + notice.textContent);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
const kills = window.store.namespace('kills');
const keys = Array.from({ length: from }, (_, at) => \`write-\${at + 1}\`);
await ask('/missing', JSON.stringify(keys.filter((key) => !kills.has(key))));
for (let at = from + 1; ; at++) {
  await kills.set(\`write-\${at}\`, { at, text: 'x'.repeat(200) });
  void ask('/acknowledge', String(at)); // Not waited for: the kill comes in the middle of a write.
}
`;
