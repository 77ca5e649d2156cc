/** Before there is a panel: the store that opens slowly or not at all, a program that does not come, the first colours. */
import { expect, openPanel, type Page, test } from './page.ts';

// What is kept would be there in the place of what a test withholds.
test.use({ serviceWorkers: 'block' });

const FAILED = 'The store could not be opened';

/** From the next page on. `answer`: what stands in the place of `indexedDB.open`. */
async function withhold(page: Page, answer: 'nothing' | 'a refusal'): Promise<void> {
  await page.addInitScript((kind) => {
    const { open } = IDBFactory.prototype;
    IDBFactory.prototype.open = () => {
      if (kind === 'nothing') return new EventTarget() as IDBOpenDBRequest;
      throw new DOMException('The user denied permission.', 'SecurityError');
    };
    Object.assign(window, { allow: () => Object.assign(IDBFactory.prototype, { open }) });
  }, answer);
}

test('where site data is blocked the page says so, and opens when it is allowed', async ({ page }) => {
  await withhold(page, 'a refusal');
  await page.goto('./');
  const heading = page.getByRole('heading', { name: FAILED });
  await expect(heading).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('UNSUPPORTED');
  const { width = 0 } = (await page.getByRole('alert').boundingBox()) ?? {};
  expect(width).toBeGreaterThan(600);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('alert')).toContainText('UNSUPPORTED');
  await page.evaluate(() => (window as unknown as { allow(): void }).allow());
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByTestId('durable')).toHaveText('commit 0 · durable');
});

test('where site data is blocked the page goes on in memory, and does not call that durable', async ({
  page,
}) => {
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'indexedDB', 'caches'])
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('The user denied permission.', 'SecurityError');
        },
      });
  });
  await openPanelInMemory(page);
  await page.evaluate(() => window.store.set('a', 1));
  await expect(page.getByTestId('durable')).toHaveText('commit 1 · in memory, as you chose');
  for (const title of ['Tabs in step', 'Transactions', 'Export and import', 'Flash', 'Health', 'Benchmark']) {
    await page.getByRole('link', { name: title }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  }
  await page.getByRole('button', { name: 'Measure' }).click();
  await expect(page.getByTestId('benchmark')).toContainText('UNSUPPORTED');
});

async function openPanelInMemory(page: Page): Promise<void> {
  await page.goto('./');
  await page.getByRole('button', { name: 'Go on in memory' }).click();
  await expect(page.locator('.panel-entries')).toBeVisible();
}

test('while the store is being opened the page says so, in the colours of the system', async ({ page }) => {
  await withhold(page, 'nothing');
  await page.goto('./');
  await expect(page.getByRole('status')).toHaveText('Opening the store …');
  const colours = await page.evaluate(() => {
    const { documentElement: html, body } = document;
    delete html.dataset['theme']; // As it is before the program has come.
    body.style.background = 'Canvas';
    return [html, body].map((element) => getComputedStyle(element).backgroundColor);
  });
  expect(colours[0]).toBe(colours[1]);
});

test('a panel whose program does not come says so, and the others are there', async ({ page }) => {
  await openPanel(page, 'entries');
  await page.route('**/assets/*', (route) => route.abort());
  await page.getByRole('link', { name: 'Flash' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Flash');
  await expect(page.getByRole('alert')).toContainText('This panel could not be fetched');
  await page.getByRole('link', { name: 'Entries' }).click();
  await expect(page.locator('.panel-entries')).toBeVisible();
  await page.getByRole('link', { name: 'Flash' }).click();
  await expect(page.getByRole('alert')).toContainText('This panel could not be fetched');
  await page.unroute('**/assets/*');
  await page.getByRole('button', { name: 'Reload the page' }).click();
  await expect(page.getByRole('button', { name: 'Write a reading' })).toBeVisible();
});
