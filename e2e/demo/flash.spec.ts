import { expect, exported, openPanel, test } from './page.ts';

test('power is cut in the middle of writes, and nothing acknowledged is lost', async ({ page }) => {
  await openPanel(page, 'flash');
  const events = page.getByRole('log', { name: 'Events' });
  await expect(events).toContainText('A blank flash of 64 KiB was mounted');
  await page.getByRole('button', { name: 'Write 100', exact: true }).click();
  await expect(events).toContainText('100 readings written');
  for (let cut = 1; cut <= 6; cut++) {
    await page.getByRole('button', { name: 'Cut the power in a write' }).click();
    await expect(events.locator('p').first()).toContainText(/Power cut in .* as they were/);
    await page.getByRole('button', { name: 'Write 100', exact: true }).click();
    await expect(events.locator('p').first()).toContainText('100 readings written');
    await expect(events).not.toContainText('were not as they had been');
  }
  // By now every page has been erased and written again.
  const erased = await page.locator('.pages td:last-child').allTextContents();
  expect(erased).toHaveLength(16);
  for (const times of erased) expect(times).toMatch(/^[1-9]\d*×$/);
});

test('the image of the flash is opened by the import', async ({ page, browserName }) => {
  await openPanel(page, 'flash');
  await page.getByRole('button', { name: 'Write 100', exact: true }).click();
  await expect(page.getByRole('log', { name: 'Events' })).toContainText('100 readings written');
  const image = await exported(page, 'Take the image', browserName);
  expect(image).toHaveLength(64 * 1024);
  await openPanel(page, 'data');
  await page
    .getByLabel('choose one')
    .setInputFiles({ name: 'flash.img', mimeType: 'application/octet-stream', buffer: image });
  await expect(page.getByTestId('imported')).toContainText('a flash image');
  await expect(page.getByTestId('imported')).toContainText(/\d+ entries/);
});
