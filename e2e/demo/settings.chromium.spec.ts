/** The page in a Chromium that gives little space, which it is told while it runs, and in the colours of the system. */
import { expectForcedColours } from './forced-colours.ts';
import { expect, openPanel, test } from './page.ts';

test('when the browser has no more space, memory keeps what is written until there is some', async ({
  page,
  context,
  baseURL,
}) => {
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

test('in the colours of the system what is drawn is still told apart', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await expectForcedColours(page);
});
