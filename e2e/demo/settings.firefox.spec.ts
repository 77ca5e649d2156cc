/** The page in a Firefox that gives little space, and in the colours of the system: both are said before it starts. */
import { launchOptions } from '../../test/browsers.mjs';
import { expectForcedColours } from './forced-colours.ts';
import { expect, openPanel, test } from './page.ts';

test.use({
  serviceWorkers: 'block', // What one keeps would take the space that the test makes.
  launchOptions: {
    ...launchOptions('firefox'),
    firefoxUserPrefs: {
      'browser.display.document_color_use': 2,
      // What all sites may use, in KiB; one has a quarter.
      'dom.quotaManager.temporaryStorage.fixedLimit': 40_960,
    },
  },
});

test('every write that a full Firefox refuses is QUOTA, and what is removed makes space', async ({
  page,
}) => {
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

test('in the colours of the system what is drawn is still told apart', async ({ page }) => {
  await expectForcedColours(page);
});
