import { expect, loadCities, openPanel, type Page, test } from './page.ts';

const table = (page: Page) => page.getByRole('grid', { name: 'Entries' });
const search = (page: Page) => page.getByRole('searchbox', { name: 'Keys that begin with' });
const answer = (page: Page) => page.getByTestId('answer');

test('the cities are loaded on request, searched by prefix, still there after a reload, and scrolled through', async ({
  page,
  browserName,
}) => {
  await page.addInitScript(sumShifts);
  await openPanel(page, 'entries');
  await expect(answer(page)).toHaveText('0 entries');
  await loadCities(page);
  await expect(answer(page)).toHaveText('171,075 entries');
  // Firefox does not tell.
  if (browserName === 'chromium') expect(await page.evaluate(() => window.shifts)).toBeLessThan(0.001);

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
  await expect(answer(page)).toHaveText('171,075 entries');
  await expect(page.getByRole('button', { name: 'Load 171,075 cities' })).toBeHidden();

  // Only the rows in sight are in the document, and the last one can be scrolled to.
  await expect(table(page)).toHaveAttribute('aria-rowcount', '171076');
  expect(await table(page).getByRole('rowheader').count()).toBeLessThan(40);
  const last = await page.evaluate(
    () => [...window.store.namespace('cities').keys({ reverse: true, limit: 1 })][0],
  );
  await table(page).getByRole('rowheader').first().focus();
  await page.keyboard.press('Control+End');
  await expect(page.locator(':focus')).toHaveAccessibleName(`Delete ${last}`);

  // There, in the middle of all of them, an entry goes and comes back, and nothing else moves.
  for (let up = 0; up < 20; up++) await page.keyboard.press('PageUp');
  const before = await rowsInSight(page);
  const key = await page.locator('.table-row:focus-within').getByRole('rowheader').textContent();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('said')).toHaveText(`${key} is deleted.`);
  await expect(answer(page)).toHaveText('171,074 entries');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByTestId('said')).toHaveText(`${key} is back.`);
  await expect.poll(() => rowsInSight(page)).toEqual(before);

  // What is pointed at is marked on the chart, as long as it is.
  const reticle = page.locator('.reticle');
  await table(page).getByRole('rowheader').nth(3).hover();
  await expect(reticle).toBeVisible();
  await search(page).hover();
  await expect(reticle).toBeHidden();

  await page.getByRole('button', { name: 'Remove the cities' }).click();
  await page.getByRole('button', { name: 'Keep them' }).click();
  await expect(answer(page)).toHaveText('171,075 entries');
  await page.getByRole('button', { name: 'Remove the cities' }).click();
  await page.getByRole('button', { name: 'Remove them' }).click();
  await expect(answer(page)).toHaveText('0 entries');
  await expect(page.getByRole('button', { name: 'Load 171,075 cities' })).toBeVisible();
});

declare global {
  interface Window {
    /** The cumulative layout shift. */
    shifts: number;
  }
}

/** In the page: adds up what the browser tells of places that have changed. */
function sumShifts(): void {
  window.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shifts += (entry as unknown as { value: number }).value;
  }).observe({ type: 'layout-shift', buffered: true });
}

/** What is in the document of the table, from top to bottom: keys and where they are. */
function rowsInSight(page: Page): Promise<string[]> {
  return table(page)
    .locator('.table-row')
    .evaluateAll((rows) =>
      rows.map((row) => `${row.querySelector('.key')?.textContent} at ${row.ariaRowIndex}`),
    );
}

test('an entry is added, edited in place and deleted by the keyboard', async ({ page }) => {
  await openPanel(page, 'entries');
  await page.getByRole('tab', { name: 'cities' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'sessions' })).toBeFocused();

  await page.getByRole('button', { name: 'Add an entry' }).press('Enter');
  await page.getByLabel('Key', { exact: true }).fill('somebody');
  await page.getByLabel('Value, as JSON').fill('{"visits":1}');
  await page.keyboard.press('Enter');
  await expect(table(page).getByRole('gridcell').first()).toHaveText('{"visits":1}');

  await page.getByRole('button', { name: 'Edit somebody' }).press('Enter');
  const editor = page.getByLabel('Value of somebody, as JSON');
  await editor.fill('{"visits":');
  await editor.press('Enter');
  await expect(page.getByTestId('said')).toContainText('Not saved: the value must be JSON');
  await expect(editor).toHaveValue('{"visits":');
  await editor.fill('{"visits":2}');
  await editor.press('Enter');
  await expect(page.getByTestId('said')).toContainText('somebody is saved');
  await expect(table(page).getByRole('gridcell').first()).toBeFocused();
  expect(await page.evaluate(() => window.store.namespace('sessions').get('somebody'))).toEqual({
    visits: 2,
  });

  await page.keyboard.press('Enter');
  await editor.fill('{"visits":3}');
  await editor.press('Escape');
  await expect(table(page).getByRole('gridcell').first()).toHaveText('{"visits":2}');

  await page.getByRole('button', { name: 'Delete somebody' }).press('Enter');
  await expect(page.getByText('No entries here yet.')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await expect(table(page).getByRole('gridcell').first()).toHaveText('{"visits":2}');
});

test('the table is a grid: one stop of the tab key, gone through by all the keys of one, and the focus stays when its row goes', async ({
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
  await page.getByRole('button', { name: 'Add an entry' }).focus();
  await page.keyboard.press('Tab');
  /** Where the focus is: the row, counted from 1, and what is in the cell. */
  const place = () =>
    page.evaluate(() => {
      const { activeElement: cell } = document;
      const row = Number(cell?.closest('[role=row]')?.ariaRowIndex) - 2;
      return `${row} ${cell?.textContent}`;
    });
  const rowsOnPage = await page.locator('.table-rows').evaluate(({ clientHeight }) => {
    const [row] = document.querySelectorAll('.table-row');
    return Math.floor(clientHeight / (row?.clientHeight ?? 1)) - 1;
  });
  expect(await place()).toBe('0 key-00');
  for (const [key, at] of [
    ['ArrowUp', '0 key-00'],
    ['ArrowRight', '0 0'],
    ['ArrowDown', '1 1'],
    ['End', '1 Delete'],
    ['ArrowLeft', '1 Edit'],
    ['ArrowDown', '2 Edit'],
    ['Home', '2 key-02'],
    ['PageDown', `${2 + rowsOnPage} key-${String(2 + rowsOnPage).padStart(2, '0')}`],
    ['PageUp', '2 key-02'],
    ['Control+End', '99 Delete'],
    ['ArrowDown', '99 Delete'],
    ['Home', '99 key-99'],
    ['ArrowUp', '98 key-98'],
    ['Control+Home', '0 key-00'],
  ] as const) {
    await page.keyboard.press(key);
    expect(await place(), key).toBe(at);
    await expect(page.locator(':focus')).toBeInViewport();
  }
  // It is left by one press, and come back to where it was.
  await page.keyboard.press('PageDown');
  const left = await place();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'GeoNames' })).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  expect(await place()).toBe(left);
  // Out of sight it keeps the focus, and the next key brings it back.
  await page.locator('.table-rows').evaluate((rows) => rows.scrollTo(0, rows.scrollHeight));
  await expect(table(page).getByRole('rowheader', { name: 'key-99' })).toBeVisible();
  expect(await place()).toBe(left);
  await page.keyboard.press('ArrowUp');
  await expect(page.locator(':focus')).toBeInViewport();

  await page.keyboard.press('Control+Home');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page.locator(':focus')).toHaveAccessibleName('Delete key-01'); // In the place of 00.
  expect(await place()).toBe('0 Delete');
  await page.evaluate(() => window.store.namespace('sessions').clear());
  await expect(page.locator('.table-rows')).toBeFocused();
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
  const cells = (key: string) => page.getByRole('row', { name: key }).getByRole('gridcell');
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

test('entries that expire count down and go, and nothing else is drawn anew', async ({ page }) => {
  await page.clock.install();
  await openPanel(page, 'entries');
  await page.getByRole('tab', { name: 'sessions' }).click();
  await page.getByRole('button', { name: 'Add five that expire' }).click();
  await expect(table(page).getByRole('rowheader')).toHaveCount(5);
  const first = table(page).locator('.ttl').first();
  await expect(first).toContainText(/\d+ s/);
  await page.evaluate(() => {
    const touched: string[] = [];
    const watch = (records: MutationRecord[]): void => {
      for (const { target } of records) {
        const element = target instanceof Element ? target : target.parentElement;
        if (!element?.closest('.ttl')) touched.push(element?.outerHTML ?? '');
      }
    };
    new MutationObserver(watch).observe(document.querySelector('.table')!, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    });
    Object.assign(window, { touched });
  });
  const before = await first.textContent();
  await page.clock.runFor(1500);
  await expect(first).not.toHaveText(before ?? '');
  expect(await page.evaluate(() => (window as unknown as { touched: string[] }).touched)).toEqual([]);
  await page.clock.runFor(5000);
  await expect(table(page).getByRole('rowheader')).toHaveCount(4); // The first goes after five seconds.
  await expect(page.getByRole('tab', { name: 'sessions' })).toContainText('4');
});
