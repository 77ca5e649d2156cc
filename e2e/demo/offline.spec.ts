import { expect, loadCities, PANELS, test } from './page.ts';
import { serveDemo } from './static-server.ts';

test('after the first visit the page needs no server, not even to load the cities', async ({
  page,
  context,
}) => {
  const server = await serveDemo();
  try {
    await page.goto(server.url);
    await expect(page.getByTestId('offline')).toHaveText('Works offline', { timeout: 30_000 });
    await page.evaluate(() => window.store.set('before', 'the server went'));
  } finally {
    await server.stop();
  }
  await page.reload();
  await loadCities(page);
  expect(await page.evaluate(() => window.store.get('before'))).toBe('the server went');
  const other = await context.newPage();
  for (const panel of PANELS) {
    await other.goto(`${server.url}#${panel}`);
    await expect(other.locator(`.panel-${panel}`)).toBeVisible();
  }
});
