import { expect, openPanel, test } from './page.ts';

test('a dropped connection is opened again by the next write', async ({ page }) => {
  await openPanel(page, 'health');
  const events = page.getByRole('log', { name: 'Events' });
  // Impatiently: what is done to the store is done one after the other.
  await page.getByRole('button', { name: 'Drop the connection' }).dblclick();
  const told = events.getByText(/^\S+ 1 connection dropped; the next write reconnected and was durable/);
  await expect(told).toHaveCount(2);
  await expect(page.locator('[data-figure="Health"]')).toHaveText('ok');
  await expect(page.locator('[data-figure="Entries"]')).toHaveText('1 in 1 namespace');
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
