import { expect, openPanel, test } from './page.ts';

/** Of the demo; e2e/page-end.test.mjs has the many. */
const RELOADS = 5;

test('what is written in the last turn before a reload is there afterwards', async ({ page }) => {
  await openPanel(page, 'tabs');
  for (let reload = 1; reload <= RELOADS; reload++) {
    const loaded = page.waitForEvent('load');
    await page.evaluate((value) => {
      void window.store.set('last-turn', value);
      location.reload();
    }, reload);
    await loaded;
    await expect(page.locator('.panel-tabs')).toBeVisible();
    expect(await page.evaluate(() => window.store.get('last-turn'))).toBe(reload);
  }
});
