import { expect, loadCities, openPanel, type Page, test } from './page.ts';

const table = (page: Page) => page.getByRole('table', { name: 'Entries' });
const search = (page: Page) => page.getByRole('searchbox', { name: 'Keys that begin with' });
const answer = (page: Page) => page.getByTestId('answer');

test('the cities are loaded on request, searched by prefix, still there after a reload, and scrolled through', async ({
  page,
}) => {
  await openPanel(page, 'entries');
  await expect(answer(page)).toContainText('0 of 0');
  await loadCities(page);
  await expect(answer(page)).toContainText('171,075 of 171,075');

  // Written as its people do, or without accents: the same prefix.
  await search(page).fill('Zürich');
  await expect(answer(page)).toContainText(/^[1-9]\d* of 171,075/);
  const found = await answer(page).textContent();
  await search(page).fill('zurich');
  await expect(answer(page)).toContainText((found ?? '').split('·')[0] ?? '');
  await expect(table(page).getByRole('rowheader').first()).toContainText(/^zurich.*\/CH\//);

  await search(page).fill('zzzz');
  await expect(page.getByText('No entries begin with that.')).toBeInViewport();

  await page.reload();
  await expect(answer(page)).toContainText('171,075 of 171,075');
  await expect(page.getByRole('button', { name: 'Load 171,075 cities' })).toBeHidden();

  // Only the rows in sight are in the document, and the last one can be scrolled to.
  await expect(table(page)).toHaveAttribute('aria-rowcount', '171076');
  expect(await table(page).getByRole('rowheader').count()).toBeLessThan(40);
  const last = await page.evaluate(
    () => [...window.store.namespace('cities').keys({ reverse: true, limit: 1 })][0],
  );
  await page.getByRole('rowgroup', { name: 'Entries' }).focus();
  await page.keyboard.press('End');
  await expect(table(page).getByRole('rowheader').last()).toHaveText(last ?? '');
});

test('an entry is added, edited in place and deleted by the keyboard', async ({ page }) => {
  await openPanel(page, 'entries');
  await page.getByRole('tab', { name: 'cities' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'sessions' })).toBeFocused();

  await page.getByRole('button', { name: 'Add an entry' }).press('Enter');
  await page.getByLabel('Key', { exact: true }).fill('somebody');
  await page.getByLabel('Value, as JSON').fill('{"visits":1}');
  await page.keyboard.press('Enter');
  await expect(table(page).getByRole('cell').first()).toHaveText('{"visits":1}');

  await page.getByRole('button', { name: 'Edit somebody' }).press('Enter');
  const editor = page.getByLabel('Value of somebody, as JSON');
  await editor.fill('{"visits":');
  await editor.press('Enter');
  await expect(page.getByTestId('said')).toContainText('Not saved: the value must be JSON');
  await expect(editor).toHaveValue('{"visits":');
  await editor.fill('{"visits":2}');
  await editor.press('Enter');
  await expect(page.getByTestId('said')).toContainText('somebody is saved');
  await expect(page.getByRole('button', { name: 'Edit somebody' })).toBeFocused();
  expect(await page.evaluate(() => window.store.namespace('sessions').get('somebody'))).toEqual({
    visits: 2,
  });

  await page.getByRole('button', { name: 'Edit somebody' }).press('Enter');
  await editor.fill('{"visits":3}');
  await editor.press('Escape');
  await expect(table(page).getByRole('cell').first()).toHaveText('{"visits":2}');

  await page.getByRole('button', { name: 'Delete somebody' }).press('Enter');
  await expect(page.getByText('No entries here yet.')).toBeVisible();
});

test('the tab key gets past the table, the arrow keys go through it, and the focus stays when its row goes', async ({
  page,
}) => {
  await openPanel(page, 'entries');
  await page.evaluate(() => {
    const sessions = window.store.namespace('sessions');
    return sessions.setMany(
      Array.from({ length: 100 }, (_, at) => [`key-${String(at).padStart(2, '0')}`, at]),
    );
  });
  await page.getByRole('tab', { name: 'sessions' }).click();
  const rows = page.getByRole('rowgroup', { name: 'Entries' });
  await rows.focus();
  const focused = page.locator(':focus');
  for (const name of ['Edit key-00', 'Delete key-00']) {
    await page.keyboard.press('Tab');
    await expect(focused).toHaveAccessibleName(name);
  }
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'GeoNames' })).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  for (let down = 0; down < 30; down++) await page.keyboard.press('ArrowDown');
  await expect(focused).toHaveAccessibleName('Delete key-30');
  await expect(focused).toBeInViewport();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(focused).toHaveAccessibleName('Delete key-30'); // In the place of 29.
  await page.evaluate(() => window.store.namespace('sessions').clear());
  await expect(rows).toBeFocused();
});

test('what JSON cannot say is shown and not edited, and nothing is too long for a phone', async ({
  page,
}) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await openPanel(page, 'entries');
  const name = 'a namespace with a long name '.repeat(5);
  await page.evaluate(async (name) => {
    const odd = window.store.namespace(name);
    void odd.set('bytes', new Uint8Array(9));
    void odd.set('no number', Number.NaN);
    void odd.set('below zero', -0);
    void odd.set('שלום/𝒜 👩‍👩‍👧', { שם: 'ערך' });
    await odd.set('k'.repeat(400), 'v'.repeat(5000));
  }, name);
  await page.getByRole('tab', { name }).click();
  const cells = (key: string) => page.getByRole('row', { name: key }).getByRole('cell');
  for (const [key, text] of [
    ['bytes', '9 bytes'],
    ['no number', 'NaN'],
    ['below zero', '-0'],
  ] as const) {
    await expect(cells(key).first()).toHaveText(text);
    await expect(page.getByRole('button', { name: `Edit ${key}` })).toBeHidden();
    await page.getByRole('button', { name: `Delete ${key}` }).click();
    await expect(page.getByTestId('said')).toHaveText(`${key} is deleted.`);
  }
  await page.getByRole('button', { name: 'Edit שלום/𝒜 👩‍👩‍👧' }).click();
  await expect(page.getByLabel('Value of שלום/𝒜 👩‍👩‍👧, as JSON')).toHaveValue('{"שם":"ערך"}');
  await page.keyboard.press('Escape');
  // The value has the width of the table to itself.
  const { width = 0 } = (await cells('kkkk').first().boundingBox()) ?? {};
  expect(width).toBeGreaterThan(250);
  await page.getByRole('button', { name: 'Delete kkkk' }).click();
  await expect(page.getByTestId('said')).toContainText('kkkk is deleted.');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  // When the last one has gone the namespace is still the one that is shown.
  await page.getByRole('button', { name: 'Delete שלום' }).click();
  await expect(page.getByText('No entries here yet.')).toBeVisible();
  await expect(page.getByRole('tab', { name })).toHaveAttribute('aria-selected', 'true');
});

test('entries that expire count down and go', async ({ page }) => {
  await openPanel(page, 'entries');
  await page.getByRole('tab', { name: 'sessions' }).click();
  await page.getByRole('button', { name: 'Add five that expire' }).click();
  await expect(table(page).getByRole('rowheader')).toHaveCount(5);
  await expect(table(page).locator('.ttl').first()).toContainText(/\d+ s/);
  await expect(table(page).getByRole('rowheader')).toHaveCount(4); // The first goes after five seconds.
  await expect(page.getByRole('tab', { name: 'sessions' })).toContainText('4');
});
