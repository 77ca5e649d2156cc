/**
 * Emits `sw.js`: everything the build made is kept on the first visit and served from there ever after. A new
 * build has another list and so another cache; its worker takes over when no page of the old one is open, or when the
 * visitor asks for it and all pages are loaded anew, so that none ever finds its files gone.
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
  event.waitUntil(caches.open(CACHE).then((cache) => Promise.all(FILES.map((file) => keep(cache, file)))));
});

addEventListener('message', ({ data }) => {
  if (data === 'take over') skipWaiting();
});

addEventListener('activate', (event) => {
  event.waitUntil(removeOldCaches().then(() => clients.claim()));
});

addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  event.respondWith(answer(request));
});

/** The name of an asset tells its content: one that an older version has kept is not fetched again. */
async function keep(cache, file) {
  const isAsset = file.startsWith('assets/');
  const kept = isAsset ? await caches.match(file).catch(() => undefined) : undefined;
  if (kept) await cache.put(file, kept);
  // Past what the browser keeps by itself: that may be the page of another version, whose assets are others.
  else await cache.add(new Request(file, { cache: isAsset ? 'default' : 'reload' }));
}

async function answer(request) {
  return (await keptFor(request)) ?? fetch(request);
}

/** Undefined as well where the cache cannot be read, after a crash of the browser: then the network is there. */
async function keptFor(request) {
  try {
    const cache = await caches.open(CACHE);
    return await cache.match(request.mode === 'navigate' ? './' : request);
  } catch {
    return undefined;
  }
}

async function removeOldCaches() {
  const names = (await caches.keys()).filter((name) => name.startsWith('isokv-demo-') && name !== CACHE);
  await Promise.all(names.map((name) => caches.delete(name)));
}
`;
}
