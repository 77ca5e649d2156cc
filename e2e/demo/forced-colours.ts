import { expect, openPanel, type Page } from './page.ts';

/** What carries meaning by its colour keeps one: squares that are painted, how full a scale is. */
export async function expectForcedColours(page: Page): Promise<void> {
  await openPanel(page, 'tabs');
  const forced = await page.evaluate(() => matchMedia('(forced-colors: active)').matches);
  expect(forced).toBe(true);
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
}
