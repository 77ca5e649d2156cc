import { expect, PANELS, type Page, test } from './page.ts';
import { serveDemo } from './static-server.ts';

const WORKS = { timeout: 30_000 };

test('after the first visit the page needs no server, not even to load the cities', async ({
  page,
  context,
}) => {
  const server = await serveDemo();
  try {
    await page.goto(server.url);
    await expect(page.getByTestId('offline')).toHaveText('Works offline', WORKS);
    await page.evaluate(() => window.store.set('before', 'the server went'));
  } finally {
    await server.stop();
  }
  await page.reload();
  await page.getByRole('button', { name: 'Load 171,075 cities' }).click();
  await expect(page.getByTestId('answer')).toHaveText(/^[1-9][\d,]* entries$/); // They come.
  expect(await page.evaluate(() => window.store.get('before'))).toBe('the server went');
  const other = await context.newPage();
  for (const panel of PANELS) {
    await other.goto(`${server.url}#${panel}`);
    await expect(other.locator(`.panel-${panel}`)).toBeVisible();
  }
});

test('a new version is offered, comes to all tabs at once and whole, and leaves nothing of the old one', async ({
  page,
  context,
}) => {
  const server = await serveDemo();
  const other = await context.newPage();
  const versions = () =>
    Promise.all([page, other].map((each) => each.locator('html[data-version=b]').count()));
  try {
    await page.goto(server.url);
    await expect(page.getByTestId('offline')).toHaveText('Works offline', WORKS);
    await other.goto(`${server.url}#tabs`);
    server.publish('b');
    await page.reload();
    const use = page.getByRole('button', { name: 'Use it' });
    await expect(use).toBeVisible(WORKS);
    expect(await versions()).toEqual([0, 0]);
    // The old one is whole until then.
    await page.goto(`${server.url}#flash`);
    await expect(page.locator('.panel-flash')).toBeVisible();
    await use.click();
    await expect.poll(versions).toEqual([1, 1]);
    await expect(page.getByTestId('offline')).toHaveText('Works offline', WORKS);
  } finally {
    await server.stop();
  }
  await page.goto(`${server.url}#health`);
  await expect(page.locator('.panel-health')).toBeVisible();
  expect(await kept(page)).toEqual([['b', 'b']]);
});

/** Of each cache, the versions of the entry assets in it. */
function kept(page: Page): Promise<(string | undefined)[][]> {
  return page.evaluate(async () =>
    Promise.all(
      (await caches.keys()).map(async (name) => {
        const urls = (await (await caches.open(name)).keys()).map(({ url }) => url);
        return urls.filter((url) => url.includes('/assets/index-')).map((url) => url.split('.').at(-2));
      }),
    ),
  );
}
