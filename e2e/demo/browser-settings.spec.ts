/** The page in a browser that is set otherwise: one that gives little space, and one with the colours of the system. */
import { launchOptions } from '../../test/browsers.mjs';
import { expect, openPanel, test } from './page.ts';

/** Chromium is told while it runs, Firefox before it is started: what all sites may use, in KiB; one has a quarter. */
const FIREFOX = {
  'browser.display.document_color_use': 2,
  'dom.quotaManager.temporaryStorage.fixedLimit': 40_960,
};

test.use({
  launchOptions: [
    async ({ browserName }, use) => {
      const options = launchOptions(browserName === 'firefox' ? 'firefox' : 'chromium');
      await use(browserName === 'firefox' ? { ...options, firefoxUserPrefs: FIREFOX } : options);
    },
    { scope: 'worker' },
  ],
});

test('when the browser has no more space, memory keeps what is written until there is some', async ({
  page,
  context,
  browserName,
  baseURL,
}) => {
  test.skip(browserName !== 'chromium', 'only Chromium lets a test change the quota while it runs');
  const devtools = await context.newCDPSession(page);
  const origin = new URL(baseURL ?? '').origin;
  // Before the store is opened: Chromium remembers for a while how much there was.
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 500_000 });
  await openPanel(page, 'transactions');
  await page.evaluate(() => void window.store.set('nobody awaits it', 'x'.repeat(1_000_000)));
  await expect(page.getByTestId('durable')).toContainText('only in memory: QUOTA');
  await page.getByRole('button', { name: '120 to grace' }).click();
  const outcomes = page.getByRole('log', { name: 'Outcomes' });
  await expect(outcomes).toContainText('120 from ada to grace: done in memory, and kept there');
  await expect(outcomes).not.toContainText('Rolled back');
  await expect(page.getByTestId('balance-grace')).toHaveText('620');

  await openPanel(page, 'entries');
  await page.getByRole('tab', { name: 'sessions' }).click();
  await page.getByRole('button', { name: 'Add five that expire' }).click();
  await expect(page.getByTestId('said')).toContainText('writes stay in memory until there is some');

  await openPanel(page, 'health');
  const events = page.getByRole('log', { name: 'Events' });
  const refused = await page.evaluate(() =>
    window.store.set('large', 'x'.repeat(3_000_000)).then(
      () => 'durable',
      (error: { code: string; message: string }) => `${error.code} ${error.message}`,
    ),
  );
  expect(refused).toMatch(/^QUOTA .*\d/);
  await expect(events).toContainText('error: QUOTA');
  await expect(page.getByTestId('durable')).toContainText('only in memory');
  expect(await page.evaluate(() => (window.store.get('large') as string).length)).toBe(3_000_000);

  await devtools.send('Storage.overrideQuotaForOrigin', { origin });
  await page.evaluate(() => window.store.set('small', 1));
  await expect(events).toContainText('health: ok');
  await page.reload();
  await expect(page.locator('.panel-health')).toBeVisible();
  expect(await page.evaluate(() => (window.store.get('large') as string).length)).toBe(3_000_000);
});

test('every write that a full Firefox refuses is QUOTA, and what is removed makes space', async ({
  page,
  browserName,
}) => {
  test.skip(browserName !== 'firefox', 'the limit is a setting of Firefox');
  await openPanel(page, 'health');
  const outcomes = await page.evaluate(async () => {
    const told: string[] = [];
    for (let at = 0; at < 15; at++) {
      // Text that Firefox cannot make shorter.
      const words = Array.from({ length: 4 }, () => crypto.getRandomValues(new Uint8Array(65_536)));
      const text = words.map((bytes) => Array.from(bytes, (byte) => byte.toString(36)).join('')).join('');
      await window.store.set(`fill ${at}`, text.repeat(2)).then(
        () => told.push('durable'),
        (error: { code: string; message: string }) => told.push(`${error.code} ${error.message}`),
      );
    }
    return told;
  });
  const refused = outcomes.slice(outcomes.lastIndexOf('durable') + 1);
  expect(outcomes[0]).toBe('durable');
  expect(refused.length).toBeGreaterThan(3);
  for (const outcome of refused) expect(outcome).toMatch(/^QUOTA .*\d bytes are in use/);
  await expect(page.getByTestId('durable')).toContainText('only in memory: QUOTA');
  await page.evaluate(() => {
    for (let at = 0; at < 15; at++) void window.store.delete(`fill ${at}`);
    return window.store.set('small', 1);
  });
  await page.reload();
  await expect(page.locator('.panel-health')).toBeVisible();
  expect(await page.evaluate(() => [window.store.get('small'), window.store.has('fill 0')])).toEqual([
    1,
    false,
  ]);
});

test('in the colours of the system what is drawn is still told apart', async ({ page, browserName }) => {
  if (browserName === 'chromium') await page.emulateMedia({ forcedColors: 'active' });
  await openPanel(page, 'tabs');
  const forced = await page.evaluate(() => matchMedia('(forced-colors: active)').matches);
  expect(forced, browserName).toBe(true);
  const square = page.getByRole('button', { name: 'Row 2, column 3' });
  const empty = await square.screenshot();
  await page.evaluate(() => window.store.namespace('board').set('1,2', true));
  await expect(square).toHaveAttribute('aria-pressed', 'true');
  expect((await square.screenshot()).equals(empty)).toBe(false);
  await openPanel(page, 'transactions');
  const scale = page.locator('.balance .scale').first();
  const half = await scale.screenshot();
  await page.evaluate(() => window.store.namespace('accounts').set('ada', 0));
  await expect(page.getByTestId('balance-ada')).toHaveText('0');
  await expect.poll(async () => (await scale.screenshot()).equals(half)).toBe(false);
});
