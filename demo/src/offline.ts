/** Keeps the page, so that it opens without a network from the second visit on, and brings in a new version of it. */
import { fill, h } from './dom.ts';
import { describeError } from './format.ts';

/** A line that tells how far that has come. */
export function offlineState(): HTMLElement {
  const element = h('p', { role: 'status', 'data-testid': 'offline' });
  const say = (...children: (HTMLElement | string)[]): void => fill(element, ...children);
  void keep(say).catch((error: unknown) => say(`Not kept for offline use: ${describeError(error).message}`));
  return element;
}

async function keep(say: (...children: (HTMLElement | string)[]) => void): Promise<void> {
  if (import.meta.env.DEV) return say('Not kept for offline use: this is the development server');
  if (!('serviceWorker' in navigator))
    return say('Not kept for offline use: this browser has no service worker');
  say('Being kept for offline use …');
  const { serviceWorker } = navigator;
  let isServed = serviceWorker.controller !== null;
  serviceWorker.addEventListener('controllerchange', () => {
    // Every tab at once: none is left with a page whose files are gone.
    if (isServed) location.reload();
    isServed = true;
  });

  /** Where a worker is on its way to serving the page. */
  const follow = (worker: ServiceWorker | null): void => {
    if (worker?.state === 'activated') say('Works offline');
    if (worker?.state === 'redundant' && !serviceWorker.controller)
      say('Not kept for offline use: not all of it could be fetched and kept');
    if (worker?.state === 'installed' && serviceWorker.controller) {
      const use = (): void => worker.postMessage('take over');
      say(
        'There is a new version. ',
        h('button', { type: 'button', class: 'quiet', onclick: use }, 'Use it'),
      );
    }
    worker?.addEventListener('statechange', () => follow(worker), { once: true });
  };
  const registration = await serviceWorker.register('./sw.js');
  follow(registration.active);
  follow(registration.waiting);
  follow(registration.installing);
  registration.addEventListener('updatefound', () => follow(registration.installing));
}
