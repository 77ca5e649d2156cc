import { defineConfig } from 'vite';
import { citiesAsset } from './build/cities-asset.ts';
import { serviceWorker } from './build/service-worker.ts';

export default defineConfig({
  // Relative addresses: the built page works from any folder of any server.
  base: './',
  plugins: [citiesAsset(), serviceWorker()],
  build: { target: 'es2022', assetsInlineLimit: 0 },
});
