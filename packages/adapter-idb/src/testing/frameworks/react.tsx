import type { Store } from '@isokv/core';
import { StrictMode } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import type { Settings } from '../readme/settings.ts';
import { SettingsForm } from '../readme/settings-form.tsx';
import type { Framework } from './framework.ts';

function form(store: Store<Settings>) {
  return (
    <StrictMode>
      <SettingsForm store={store} />
    </StrictMode>
  );
}

export const react: Framework = {
  render: (store) => renderToString(form(store)),
  mount(page, store) {
    const root = createRoot(page);
    root.render(form(store));
    return () => root.unmount();
  },
  hydrate(page, store) {
    const root = hydrateRoot(page, form(store));
    return () => root.unmount();
  },
};
