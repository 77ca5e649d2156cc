/** Keeps the page, so that it opens without a network from the second visit on. */
import { h } from './dom.ts';

/** A line that tells how far that has come. */
export function offlineState(): HTMLElement {
  const element = h('p', { role: 'status', 'data-testid': 'offline' });
  void keep().then(
    (state) => element.replaceChildren(state),
    (error: unknown) => element.replaceChildren(`Not kept for offline use: ${String(error)}`),
  );
  return element;
}

async function keep(): Promise<string> {
  if (import.meta.env.DEV) return 'Not kept for offline use: this is the development server';
  if (!('serviceWorker' in navigator)) return 'Not kept for offline use: this browser has no service worker';
  await navigator.serviceWorker.register('./sw.js');
  await navigator.serviceWorker.ready;
  return 'Works offline';
}
