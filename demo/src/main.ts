/** Opens the stores and puts the page up. */
import type { Store } from '@isokv/core';
import type { App } from './app.ts';
import { fill, h } from './dom.ts';
import { describeError } from './format.ts';
import { rememberConnections } from './health/connections.ts';
import { openInMemory, openSettings, openStore } from './media.ts';
import { routes } from './routes.ts';
import { mountShell } from './shell.ts';
import { followTheme } from './theme.ts';

declare global {
  interface Window {
    /** The store of the page, to try things out in the console. */
    store?: Store;
  }
}

rememberConnections();
const settings = await openSettings();
followTheme(settings);
const start_ms = performance.now();
const store = await openStore().catch(offerMemory);
const app: App = { store, settings, open_ms: performance.now() - start_ms };
window.store = store;
await mountShell(app, routes);

/** Says why there is no store, and goes on without one that lasts only if the visitor wants that. */
function offerMemory(error: unknown): Promise<Store> {
  const { code, message } = describeError(error);
  return new Promise((resolve) => {
    const go = (): void => resolve(openInMemory());
    fill(
      document.body,
      h(
        'main',
        {},
        h('h1', {}, 'The store could not be opened'),
        h('p', { class: 'notice is-bad' }, h('b', {}, code), ` ${message}`),
        h(
          'p',
          { class: 'row' },
          h('button', { type: 'button', onclick: go }, 'Go on in memory, without keeping anything'),
        ),
      ),
    );
  });
}
