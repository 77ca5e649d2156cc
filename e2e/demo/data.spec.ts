import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileLog, Store } from 'isokv';
import { expect, exported, openPanel, type Page, test } from './page.ts';

const outcome = (page: Page) => page.getByTestId('imported');

async function choose(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.getByLabel('choose one').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
}

/** Something of every kind. */
async function write(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const users = window.store.namespace('users');
    void users.set('ada', { name: 'Ada', born: 1815 });
    void users.set('photo', new Uint8Array([1, 2, 3]));
    await window.store.set('text', 'Grüße');
  });
}

test('what is exported is read by Node, and comes back, in every form', async ({ page, browserName }) => {
  await openPanel(page, 'data');
  await write(page);
  for (const form of ['Bytes', 'JSON', 'JSON Lines']) {
    const file = await exported(page, form, browserName);
    const inNode = Store.fromData(form === 'Bytes' ? new Uint8Array(file) : file.toString());
    expect(inNode.namespace('users').get('ada')).toEqual({ name: 'Ada', born: 1815 });
    // The same content is the same bytes, here and there.
    const inPage = await page.evaluate(() => [...window.store.toData()]);
    expect([...inNode.toData()]).toEqual(inPage);

    await page.evaluate(() => window.store.namespace('users').clear());
    await choose(page, 'export', file);
    await expect(outcome(page)).toContainText('users 2 entries');
    const before = await page.evaluate(() => window.store.stats().seq);
    await page.getByRole('button', { name: 'Merge it in' }).dblclick();
    await expect(outcome(page)).toContainText('One commit, durable');
    expect(await page.evaluate(() => window.store.stats().seq)).toBe(before + 1);
    expect(await page.evaluate(() => [...window.store.toData()])).toEqual(inPage);
  }
});

test('a damaged file is refused with its place, and nothing is lost', async ({ page }) => {
  await openPanel(page, 'data');
  await write(page);
  const before = await page.evaluate(() => [...window.store.toData()]);
  await page.getByRole('button', { name: 'Try one with a flipped bit' }).click();
  await expect(outcome(page)).toContainText('CORRUPT');
  await expect(outcome(page)).toContainText('The store is as it was');

  const whole = Buffer.from(before);
  const damages: [name: string, bytes: Buffer, code: RegExp][] = [
    ['cut short', whole.subarray(0, whole.length - 7), /CORRUPT/],
    ['something else', Buffer.from('\x89PNG\r\n\x1a\n, and so on'), /NOT_ISOKV|CORRUPT/],
    ['cut.json', Buffer.from('{"isokv": 1, "namespaces": {'), /INVALID_DATA/],
    ['empty', Buffer.alloc(0), /INVALID_DATA/],
  ];
  for (const [name, bytes, code] of damages) {
    await choose(page, name, bytes);
    await expect(outcome(page).locator('b'), name).toHaveText(code);
    await expect(page.getByRole('button', { name: 'Merge it in' })).toHaveCount(0);
  }
  expect(await page.evaluate(() => [...window.store.toData()])).toEqual(before);
  await page.reload();
  await expect(page.locator('.panel-data')).toBeVisible();
  expect(await page.evaluate(() => [...window.store.toData()])).toEqual(before);
});

test('a store file of Node is opened from its bytes, and can take the place of everything', async ({
  page,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'isokv-e2e-'));
  try {
    const path = join(folder, 'node.isokv');
    const store = await Store.open(fileLog(path));
    await store.namespace('from-node').setMany([
      ['a', 1],
      ['b', [2, 'two']],
    ]);
    await store.close();
    await openPanel(page, 'data');
    await write(page);
    await choose(page, 'node.isokv', readFileSync(path));
  } finally {
    rmSync(folder, { recursive: true });
  }
  await expect(outcome(page)).toContainText('a store file of Node');
  await expect(outcome(page)).toContainText('from-node 2 entries');
  // Not before it has been asked.
  const replace = page.getByRole('button', { name: 'Replace everything' });
  await replace.click();
  await expect(page.getByRole('dialog')).toContainText('The store has 3 entries, this file 2 entries.');
  await page.keyboard.press('Escape');
  await expect(replace).toBeFocused();
  expect(await page.evaluate(() => window.store.get('text'))).toBe('Grüße');
  await replace.click();
  await page.getByRole('button', { name: 'Replace it' }).click();
  await expect(outcome(page)).toContainText('One commit, durable');
  expect(await page.evaluate(() => window.store.namespaces())).toEqual(['from-node']);
  expect(await page.evaluate(() => window.store.namespace('from-node').get('b'))).toEqual([2, 'two']);
});

test('a file is dropped, anywhere on the page', async ({ page }) => {
  await openPanel(page, 'data');
  await page.locator('.masthead').evaluate((target) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(
      new File(
        ['{"isokv":1,"expires_at_unit":"ms","namespaces":{"dropped":{"a":{"value":1}}}}'],
        'dropped.json',
      ),
    );
    const drag = (type: string): boolean =>
      target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    // What is not prevented opens the file in the place of the page.
    if (drag('dragover') || drag('drop')) throw new Error('the page did not take it');
  });
  await expect(outcome(page)).toContainText('dropped 1 entry');
});

test('while a file is dragged over the page it says so, without a flicker', async ({ page }) => {
  await openPanel(page, 'data');
  const isOver = await page.locator('.drop').evaluate((target) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['{}'], 'dragged.json'));
    const drag = (type: string, element: Element): boolean => {
      // As in Safari: `relatedTarget` says of none where the drag comes from or goes.
      element.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      return target.classList.contains('is-over');
    };
    const [inside] = target.children;
    drag('dragenter', target);
    const over = drag('dragover', target);
    drag('dragenter', inside!);
    return [over, drag('dragleave', target), drag('dragleave', inside!)];
  });
  expect(isOver).toEqual([true, true, false]);
});

test('what is chosen last is shown, and what cannot be read, as a folder, is said', async ({ page }) => {
  await openPanel(page, 'data');
  await page.locator('.drop').evaluate((target) => {
    const drop = (name: string, content: () => Promise<ArrayBuffer>): void => {
      const event = new DragEvent('drop', { bubbles: true, cancelable: true });
      const file = Object.assign(new File([], name), { arrayBuffer: content });
      Object.defineProperty(event, 'dataTransfer', { value: { files: [file] } });
      target.dispatchEvent(event);
    };
    const text = (key: string) => new TextEncoder().encode(`{"isokv":1,"namespaces":{"${key}":{}}}`).buffer;
    drop(
      'slow',
      () => new Promise((resolve) => Object.assign(window, { answer: () => resolve(text('slow')) })),
    );
    Object.assign(window, { drop });
  });
  await expect(outcome(page)).toContainText('Reading slow');
  await page.evaluate(async () => {
    const { drop, answer } = window as unknown as {
      drop: (name: string, content: () => Promise<never>) => void;
      answer: () => void;
    };
    drop('a folder', () => Promise.reject(new DOMException('It is a folder.', 'NotFoundError')));
    answer();
  });
  await expect(outcome(page)).toContainText('It is a folder.');
  await expect(outcome(page)).toContainText('The store is as it was');
});
