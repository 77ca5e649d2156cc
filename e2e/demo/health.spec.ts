import { expect, openPanel, test } from './page.ts';

test('a dropped connection is opened again by the next write', async ({ page }) => {
  await openPanel(page, 'health');
  const events = page.getByRole('log', { name: 'Events' });
  // Impatiently: what is done to the store is done one after the other.
  await page.getByRole('button', { name: 'Drop the connection' }).dblclick();
  const told = events.getByText(/^\S+ 1 connection dropped; the next write reconnected and was durable/);
  await expect(told).toHaveCount(2);
  await expect(page.locator('[data-figure="Health"]')).toHaveText('ok');
  const probe = await page.evaluate(() => window.store.get('health-probe'));
  expect(probe).toEqual(expect.any(Number));
  await page.reload();
  await expect(page.locator('.panel-health')).toBeVisible();
  expect(await page.evaluate(() => window.store.get('health-probe'))).toBe(probe);
});

test('garbage is made, and a compaction takes it away', async ({ page }) => {
  await openPanel(page, 'health');
  const events = page.getByRole('log', { name: 'Events' });
  await page.getByRole('button', { name: 'Make garbage' }).click();
  await page.getByRole('button', { name: 'Compact' }).click();
  await expect(events).toContainText('5,000 entries written and removed again');
  await expect(events).toContainText('Compacted');
  expect(await page.evaluate(() => window.store.stats().garbageBytes)).toBeLessThan(1000);
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(events).toContainText('no damage');
  await expect(page.locator('[data-figure="Last compaction"]')).toContainText('ago');
});

test('when the browser has no more space, memory keeps what is written until there is some', async ({
  page,
  context,
  browserName,
  baseURL,
}) => {
  test.skip(browserName !== 'chromium', 'only Chromium lets a test set the quota');
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
