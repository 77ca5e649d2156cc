/**
 * Emits `sw.js`: everything the build made is kept on the first visit and served from there ever after. A new
 * build has another list and so another cache; its worker takes over when no page of the old one is open, so
 * that no page ever finds its files gone.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const PUBLIC_FILES = ['icon.svg', 'manifest.webmanifest'];

export function serviceWorker(): Plugin {
  return {
    name: 'isokv-service-worker',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const files = ['./', ...PUBLIC_FILES, ...Object.keys(bundle).filter((name) => name !== 'index.html')];
        const hash = createHash('sha256').update(JSON.stringify(files));
        const index = bundle['index.html'];
        if (index?.type === 'asset') hash.update(index.source);
        for (const name of PUBLIC_FILES)
          hash.update(readFileSync(new URL(`../public/${name}`, import.meta.url)));
        const source = worker(`isokv-demo-${hash.digest('hex').slice(0, 12)}`, files);
        this.emitFile({ type: 'asset', fileName: 'sw.js', source });
      },
    },
  };
}

function worker(cacheName: string, files: readonly string[]): string {
  return `const CACHE = ${JSON.stringify(cacheName)};
const FILES = ${JSON.stringify(files)};

addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

addEventListener('activate', (event) => {
  event.waitUntil(removeOldCaches().then(() => clients.claim()));
});

addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  event.respondWith(answer(request));
});

async function answer(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request.mode === 'navigate' ? './' : request);
  return kept ?? fetch(request);
}

async function removeOldCaches() {
  const names = (await caches.keys()).filter((name) => name.startsWith('isokv-demo-') && name !== CACHE);
  await Promise.all(names.map((name) => caches.delete(name)));
}
`;
}
