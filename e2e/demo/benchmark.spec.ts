import { expect, openPanel, test } from './page.ts';

test('every store is measured at every piece of work, by one tab at a time, and nothing is left behind', async ({
  page,
  context,
}) => {
  await openPanel(page, 'benchmark', '?rounds=2&entries=200'); // Two, so that each store begins a round or does not.
  await page.getByRole('button', { name: 'Measure' }).click();
  await expect(page.getByTestId('benchmark')).toContainText('measured');
  const other = await context.newPage();
  await openPanel(other, 'benchmark');
  await other.getByRole('button', { name: 'Measure' }).click();
  await expect(other.getByTestId('benchmark')).toContainText('Another tab is measuring');
  await expect(other.getByRole('button', { name: 'Measure' })).toBeEnabled();
  await other.close();
  await expect(page.getByTestId('benchmark')).toContainText('Done: every bar is the median of 2 rounds', {
    timeout: 120_000,
  });
  const times = await page.locator('.workload tbody td:nth-child(3)').allTextContents();
  expect(times).toHaveLength(25);
  for (const time of times) expect(time).toMatch(/^[\d.]+ (µs|ms|s)$/);
  const ratios = await page.locator('.workload tbody tr:first-child td:nth-child(4)').allTextContents();
  expect(ratios).toEqual(Array(5).fill('1.00×'));
  const left = await page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name),
    items: Object.keys(localStorage).filter((key) => key.startsWith('benchmark')),
  }));
  expect(left).toEqual({ databases: ['isokv-demo'], items: [] });
});

test('it can be stopped', async ({ page }) => {
  await openPanel(page, 'benchmark', '?entries=200');
  await page.getByRole('button', { name: 'Measure' }).click();
  await expect(page.getByTestId('benchmark')).toContainText(
    'measured; the bars are medians of up to 1 round.',
  );
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByTestId('benchmark')).toContainText('Stopped after');
  await expect(page.getByRole('button', { name: 'Measure' })).toBeEnabled();
});
