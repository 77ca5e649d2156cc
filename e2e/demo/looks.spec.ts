/** How every panel looks, in both themes and on a phone: photographed, without a violation of axe or a shift of layout. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import { expect, loadCities, openPanel, PANELS, type Page, test } from './page.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

test.describe.configure({ timeout: 180_000 });

const THEMES = ['light', 'dark'] as const;

const DESKTOP = { width: 1280, height: 860 };
const PHONE = { width: 360, height: 740 };

test('every panel, light and dark and on a phone', async ({ page, browserName }) => {
  // It reads the document and its colours, which are the same in both.
  const hasAxe = browserName === 'chromium';
  await openPanel(page, 'entries');
  for (const theme of THEMES) {
    await choose(page, theme);
    if (hasAxe) await expectAccessible(page, theme); // Before there is anything.
  }
  await loadCities(page);
  for (const panel of PANELS) {
    await page.setViewportSize(PHONE); // Where it can be used, it can be used anywhere.
    await openPanel(page, panel);
    await expect(page.locator('nav [aria-current]')).toBeInViewport({ ratio: 1 });
    await use(page, panel);
    await photograph(page, `${browserName}-phone-${panel}`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, panel).toBeLessThanOrEqual(0);
    if (hasAxe) await expectAccessible(page, 'phone');
    await page.setViewportSize(DESKTOP);
    for (const theme of THEMES) {
      await choose(page, theme);
      if (panel === 'entries') await page.getByRole('rowheader').nth(3).hover();
      await photograph(page, `${browserName}-${theme}-${panel}`);
      if (hasAxe) await expectAccessible(page, theme);
    }
  }
  if (!hasAxe) return;
  await page.getByRole('link', { name: 'Entries' }).click();
  for (const theme of THEMES) {
    await choose(page, theme);
    for (const name of ['Add an entry', 'Remove the cities']) {
      await page.getByRole('button', { name }).click();
      await expectAccessible(page, theme);
      await page.keyboard.press('Escape');
    }
  }
});

test('nothing moves by itself while a panel comes up', async ({ page }) => {
  await page.addInitScript(watchPlaces);
  for (const panel of PANELS) {
    await page.goto('about:blank');
    await openPanel(page, panel);
    // Settled: in some frames in a row nothing has come, and what is said later has been said.
    await expect(page.getByTestId('offline')).not.toHaveText('');
    await page.waitForFunction(() => window.places.calmFrames > 10);
    expect(await page.evaluate(() => window.places.moved), panel).toEqual([]);
  }
});

declare global {
  interface Window {
    places: { moved: string[]; calmFrames: number };
  }
}

/** In the page: after each frame, what is not where it was in the one before. Not all browsers tell that themselves. */
function watchPlaces(): void {
  const places = { moved: [] as string[], calmFrames: 0 };
  window.places = places;
  const known = new WeakMap<Element, string>();
  const look = (): void => {
    places.calmFrames++;
    for (const element of document.querySelectorAll('body *')) {
      const { left, top, width, height } = element.getBoundingClientRect();
      if (width === 0 || height === 0) continue; // Nothing to be seen of it.
      const place = `${Math.round(left)}, ${Math.round(top)}`;
      const before = known.get(element);
      if (before === place) continue;
      known.set(element, place);
      places.calmFrames = 0;
      if (before !== undefined)
        places.moved.push(`<${element.localName} class="${element.className}"> from ${before} to ${place}`);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

test('the skip link and the panels are reached by the keyboard', async ({ page }) => {
  await openPanel(page, 'entries');
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to the panel' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
  await page.getByRole('link', { name: 'Transactions' }).press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Transactions');
  await expect(page.getByRole('link', { name: 'Transactions' })).toHaveAttribute('aria-current', 'page');
  await expect(page).toHaveTitle('Transactions · isokv');
});

async function choose(page: Page, theme: (typeof THEMES)[number]): Promise<void> {
  const html = page.locator('html');
  const other = page.getByRole('button', { name: theme === 'dark' ? 'Dark theme' : 'Light theme' });
  if ((await html.getAttribute('data-theme')) !== theme) await other.click();
  await expect(html).toHaveAttribute('data-theme', theme);
  // Colours on their way from one theme to the other are those of neither.
  await page.evaluate(async () => {
    const transitions = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.allSettled(transitions.map(({ finished }) => finished));
  });
}

/** Gives the panel something to show. */
async function use(page: Page, panel: (typeof PANELS)[number]): Promise<void> {
  if (panel === 'entries') {
    await page.getByRole('searchbox').fill('san ');
    await expect(page.getByTestId('answer')).toContainText('3,134');
  }
  if (panel === 'tabs') {
    for (const column of [3, 4, 5, 6, 7])
      await page.getByRole('button', { name: `Row ${column}, column ${column}` }).click();
    await page.getByRole('button', { name: 'Add one' }).click();
  }
  if (panel === 'transactions') {
    await page.getByRole('button', { name: '120 to grace' }).click();
    await page.getByRole('button', { name: '5,000 to grace' }).click();
    await expect(page.getByText('Rolled back').first()).toBeVisible();
  }
  if (panel === 'data') {
    await page.getByRole('button', { name: 'Try one with a flipped bit' }).click();
    await expect(page.getByText('CORRUPT')).toBeVisible();
  }
  if (panel === 'flash') {
    await page.getByRole('button', { name: 'Write 100', exact: true }).click();
    await page.getByRole('button', { name: 'Cut the power in a write' }).click();
    await expect(page.getByText('as they were')).toBeVisible();
  }
  if (panel === 'health') {
    await page.getByRole('button', { name: 'Drop the connection' }).click();
    await expect(page.getByText('reconnected')).toBeVisible();
  }
  if (panel === 'benchmark') {
    await page.getByRole('button', { name: 'Measure' }).click();
    await expect(page.getByTestId('benchmark')).toContainText('measured');
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect(page.getByTestId('benchmark')).toContainText('Stopped');
  }
}

/** The themes differ by their colours alone, and a phone by where things are. */
const RULES = {
  dark: ['color-contrast'],
  phone: ['color-contrast', 'scrollable-region-focusable', 'target-size'],
};

async function expectAccessible(page: Page, look: (typeof THEMES)[number] | 'phone'): Promise<void> {
  // It is large, and the page is the same all along.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  // axe takes links that are scrolled out of the list of a phone for skip links; the real one has a test of its own.
  const rules = { 'skip-link': { enabled: false } };
  const options = look === 'light' ? { rules } : { runOnly: RULES[look] };
  const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as AxeResults;
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
}

async function photograph(page: Page, name: string): Promise<void> {
  const path = fileURLToPath(new URL(`../screenshots/${name}.png`, import.meta.url));
  // On the whole page what sticks to the foot of the window would be in the middle.
  await page.screenshot({ path, fullPage: true, style: '.entries-said { position: static !important }' });
}
