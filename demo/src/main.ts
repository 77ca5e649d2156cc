/** Opens the stores and puts the page up. */
import type { Store } from '@isokv/core';
import type { App } from './app.ts';
import { rememberConnections } from './health/connections.ts';
import { openSettings } from './media.ts';
import { openInSight } from './opening.ts';
import { fetchPanel } from './router.ts';
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
fetchPanel(routes); // It comes while the store is opened.
const settings = await openSettings();
followTheme(settings);
const start_ms = performance.now();
const store = await openInSight();
const app: App = { store, settings, open_ms: performance.now() - start_ms };
window.store = store;
await mountShell(app, routes);
