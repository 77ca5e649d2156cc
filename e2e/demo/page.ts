/** The demo as tests meet it: opened, watched for errors and for requests to other hosts. */
import { readFileSync } from 'node:fs';
import { test as base, expect, type Page } from '@playwright/test';
import type { Store } from 'isokv';

export { expect, type Page };

declare global {
  interface Window {
    store: Store;
  }
}

export const PANELS = ['entries', 'tabs', 'transactions', 'data', 'flash', 'health', 'benchmark'] as const;

/** `page` with what must hold in every test: no error in any page, nothing asked of another host. */
export const test = base.extend({
  context: async ({ context }, use) => {
    const problems: string[] = [];
    context.on('page', (page) => {
      page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
      page.on('request', (request) => {
        const { protocol, hostname } = new URL(request.url());
        const isOurs = hostname === 'localhost' || protocol === 'blob:' || protocol === 'data:';
        if (!isOurs) problems.push(`asked another host: ${request.url()}`);
      });
    });
    await use(context);
    expect(problems).toEqual([]);
  },
});

/** Opens a panel, and waits until it is there. `query`: what the address has besides, `?rounds=2`. */
export async function openPanel(page: Page, name: (typeof PANELS)[number], query = ''): Promise<void> {
  await page.goto(`./${query}#${name}`);
  await expect(page.locator(`.panel-${name}`)).toBeVisible();
}

export async function loadCities(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Load 171,075 cities' }).click();
  await expect(page.getByTestId('said')).toContainText('171,075 cities were fetched', { timeout: 60_000 });
}

/** What the button gives to the visitor, as a file. */
export async function exported(page: Page, button: string, browserName: string): Promise<Buffer> {
  const press = () => page.getByRole('button', { name: button, exact: true }).click();
  if (browserName === 'chromium') {
    const download = page.waitForEvent('download');
    await press();
    return readFileSync(await (await download).path());
  }
  // Playwright does not hear of the downloads of a stock Firefox: the bytes are taken as the link gets them.
  const bytes = page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const { createObjectURL } = URL;
        URL.createObjectURL = (blob: Blob) => {
          URL.createObjectURL = createObjectURL;
          void blob.arrayBuffer().then((buffer) => resolve([...new Uint8Array(buffer)]));
          return createObjectURL(blob);
        };
      }),
  );
  await press();
  return Buffer.from(await bytes);
}
