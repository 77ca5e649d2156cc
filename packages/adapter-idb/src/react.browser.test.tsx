/** The README's settings form: rendered as on a server, hydrated, and in step with the store. */
import { Store } from '@isokv/core';
import { act, StrictMode } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import { idbLog } from './index.ts';
import { type Settings, SettingsForm } from './testing/settings-form.tsx';
import { until } from './testing/until.ts';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

function form(store: Store<Settings>) {
  return (
    <StrictMode>
      <SettingsForm store={store} />
    </StrictMode>
  );
}

test('hydrates without a mismatch, though the store holds something else than the server knew', async () => {
  const errors = vi.spyOn(console, 'error');
  const store = await Store.open<Settings>(idbLog('react'));
  await store.set('theme', 'dark');
  await store.set('font', { family: 'serif', size: 14 });
  const page = document.body.appendChild(document.createElement('main'));
  page.innerHTML = renderToString(form(new Store<Settings>()));
  expect(page.textContent).toBe('light12');
  const mismatches: unknown[] = [];
  const root = await act(() =>
    hydrateRoot(page, form(store), { onRecoverableError: (error) => mismatches.push(error) }),
  );
  expect(mismatches).toEqual([]);
  expect(page.textContent).toBe('dark14');
  expect(errors).not.toHaveBeenCalled();
  await act(() => root.unmount());
  await store.destroy();
});

test('shows a write at once, be it this tab’s or another’s, and renders for nothing else', async () => {
  const [store, other] = [
    await Store.open<Settings>(idbLog('react live')),
    await Store.open<Settings>(idbLog('react live')),
  ];
  const page = document.body.appendChild(document.createElement('main'));
  const root = createRoot(page);
  await act(() => root.render(form(store)));
  await act(async () => page.querySelector('button')?.click());
  expect(page.textContent).toBe('dark12');
  await act(async () => {
    await other.set('font', { family: 'serif', size: 20 });
    await until(() => store.get('font')?.size === 20);
  });
  expect(page.textContent).toBe('dark20');
  // A snapshot that is not the same object each time makes React render without end.
  expect(store.get('font')).toBe(store.get('font'));
  await act(() => root.unmount());
  await other.close();
  await store.destroy();
});
