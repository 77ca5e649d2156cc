import { expect, openPanel, test } from './page.ts';

test('a transfer succeeds, one is rolled back, and many keep the sum', async ({ page }) => {
  await openPanel(page, 'transactions');
  const ada = page.getByTestId('balance-ada');
  const grace = page.getByTestId('balance-grace');
  const outcomes = page.getByRole('log', { name: 'Outcomes' });
  await expect(ada).toHaveText('500');

  await page.getByRole('button', { name: '120 to grace' }).click();
  await expect(outcomes).toContainText('120 from ada to grace');
  await expect(ada).toHaveText('380');
  await expect(grace).toHaveText('620');

  const seq = () => page.evaluate(() => window.store.stats().seq);
  const before = await seq();
  await page.getByRole('button', { name: '5,000 to grace' }).click();
  await expect(outcomes).toContainText('Rolled back: ada would have -4620');
  expect(await seq()).toBe(before);
  await expect(ada).toHaveText('380');
  await expect(page.locator('.listing .is-thrown')).toContainText('throw new Error');

  await page.getByRole('button', { name: '1,000 at random' }).click();
  await expect(outcomes).toContainText('1,000 transfers');
  await expect(page.getByTestId('total')).toHaveText('1,000');
  expect(Number(await ada.textContent())).toBeGreaterThanOrEqual(0);
  expect(Number(await grace.textContent())).toBeGreaterThanOrEqual(0);
});
