import { expect, openPanel, test } from './page.ts';

test('a second tab, opened by the link, is in step both ways', async ({ page, context }) => {
  await openPanel(page, 'tabs');
  const opened = context.waitForEvent('page');
  await page.getByRole('link', { name: 'Open a second tab' }).click();
  const other = await opened;
  await expect(other.getByTestId('counter')).toHaveText('0');
  expect(await other.evaluate(() => window.opener)).toBe(null);

  await page.getByRole('button', { name: 'Add one' }).click();
  await expect(other.getByTestId('counter')).toHaveText('1');
  await expect(other.getByRole('log', { name: 'Changes' })).toContainText('another tab');
  await expect(page.getByRole('log', { name: 'Changes' })).toContainText('this tab');

  await other.getByLabel('A note').fill('written over there');
  await expect(page.getByLabel('A note')).toHaveValue('written over there');

  await other.getByRole('button', { name: 'Row 2, column 3' }).click();
  await expect(page.getByRole('button', { name: 'Row 2, column 3' })).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('button', { name: 'Wipe the board' }).click();
  await expect(other.getByRole('button', { name: 'Row 2, column 3' })).toHaveAttribute(
    'aria-pressed',
    'false',
  );
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(other.getByRole('button', { name: 'Row 2, column 3' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
});

test('no increment is lost when two tabs count at the same time, and both end with the same data', async ({
  page,
  context,
}) => {
  await openPanel(page, 'tabs');
  const other = await context.newPage();
  await openPanel(other, 'tabs');
  const count = () => Promise.all(Array.from({ length: 200 }, () => window.store.increment('counter')));
  await Promise.all([page.evaluate(count), other.evaluate(count)]);
  for (const tab of [page, other]) await expect(tab.getByTestId('counter')).toHaveText('400');
  const data = () => window.store.toData({ format: 'json' });
  expect(await page.evaluate(data)).toBe(await other.evaluate(data));
});

test('the theme is a setting: it is kept, and told to the other tab', async ({ page, context }) => {
  await openPanel(page, 'tabs');
  const other = await context.newPage();
  await openPanel(other, 'tabs');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await page.getByRole('button', { name: 'Dark theme' }).click();
  for (const tab of [page, other]) await expect(tab.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});
