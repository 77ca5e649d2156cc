/** The README's settings forms, as they stand there: rendered as on a server, hydrated, and in step with the store. */
import { Store } from '@isokv/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { idbLog } from './index.ts';
import { react } from './testing/frameworks/react.tsx';
import { svelte } from './testing/frameworks/svelte.ts';
import { vue } from './testing/frameworks/vue.ts';
import type { Settings } from './testing/readme/settings.ts';
import { until } from './testing/until.ts';

let store: Store<Settings>;
let page: HTMLElement;
/** How many watch the store. */
let watchers = 0;

beforeEach(async () => {
  store = await Store.open<Settings>(idbLog('settings'), { durability: 'relaxed' });
  page = document.body.appendChild(document.createElement('main'));
  const watch = store.watch.bind(store);
  store.watch = (target, listener) => {
    const unwatch = watch(target, listener);
    watchers++;
    return () => {
      watchers--;
      unwatch();
    };
  };
});

afterEach(async () => {
  page.remove();
  await store.destroy();
});

/** What the form shows: the theme, twice, and the size of the font. */
function shown(): string {
  return `${page.querySelector('form')?.className} ${page.querySelector('select')?.value} ${page.querySelector('output')?.textContent}`;
}

describe.each(Object.entries({ react, vue, svelte }))('%s', (_, framework) => {
  test('shows a write of this tab or another, writes what is chosen, and leaves nothing behind', async () => {
    const unmount = framework.mount(page, store);
    await until(() => shown() === 'light light 12');
    await store.set('theme', 'dark');
    await until(() => shown() === 'dark dark 12');
    const other = await Store.open<Settings>(idbLog('settings'), { durability: 'relaxed' });
    await other.set('font', { family: 'serif', size: 20 });
    await until(() => shown() === 'dark dark 20');
    const select = page.querySelector('select') as HTMLSelectElement;
    select.value = 'light';
    select.dispatchEvent(new Event('change', { bubbles: true }));
    await until(() => shown() === 'light light 20');
    await until(() => other.get('theme') === 'light');
    expect(watchers).toBe(2);
    unmount();
    await until(() => watchers === 0);
    await other.close();
  });

  test('is rendered on a server, which watches nothing, and hydrated though the page’s store holds something else', async () => {
    const complaints = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')];
    await store.setMany([
      ['theme', 'dark'],
      ['font', { family: 'serif', size: 14 }],
    ]);
    const server = new Store<Settings>();
    const watched = vi.spyOn(server, 'watch');
    page.innerHTML = await framework.render(server);
    expect(shown()).toBe('light light 12');
    expect(watched).not.toHaveBeenCalled();
    const form = page.querySelector('form');
    const unmount = framework.hydrate(page, store);
    await until(() => shown() === 'dark dark 14');
    expect(page.querySelector('form')).toBe(form); // Taken over, not made anew.
    for (const complaint of complaints) expect(complaint).not.toHaveBeenCalled();
    unmount();
    await until(() => watchers === 0);
  });
});

test('without a framework: shows a write of another tab, and writes what is chosen', async () => {
  const select = page.appendChild(document.createElement('select'));
  select.append(new Option('light'), new Option('dark'));
  await store.set('theme', 'dark');
  await import('./testing/readme/plain.ts');
  expect(select.value).toBe('dark');
  await store.set('theme', 'light');
  await until(() => select.value === 'light');
  select.value = 'dark';
  select.dispatchEvent(new Event('change'));
  await until(() => store.get('theme') === 'dark');
});
