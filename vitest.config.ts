import { readdirSync } from 'node:fs';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { components } from './packages/adapter-idb/components.mjs';
import { launchOptions } from './test/browsers.mjs';

// Tests run on the sources, so they need no build.
const conditions = ['@isokv/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    maxWorkers: '100%', // Tests mostly wait for disks and browsers.
    projects: [
      ...readdirSync('packages').map((name) => ({
        extends: true as const,
        test: {
          name,
          root: `packages/${name}`,
          include: ['src/**/*.test.ts'],
          // A machine may be busy; what hangs is found all the same.
          testTimeout: 60_000,
          expect: { poll: { timeout: 20_000 } },
          exclude: ['**/*.type.test.ts', '**/*.browser.test.*'], // tsc checks the former, browsers run the latter
        },
      })),
      {
        extends: true as const,
        plugins: [components()],
        resolve: { conditions: [...conditions, 'browser', 'module', 'development'] },
        // Named, for what is found only while tests run makes the page load anew.
        optimizeDeps: {
          include: [
            'idb-keyval',
            ...['react', 'react/jsx-dev-runtime', 'react-dom', 'react-dom/client', 'react-dom/server'],
            ...['vue', 'vue/server-renderer'],
            ...[
              'svelte',
              'svelte/reactivity',
              'svelte/server',
              'svelte/internal/client',
              'svelte/internal/server',
            ],
            'svelte/internal/disclose-version',
          ],
        },
        test: {
          name: 'browser',
          root: 'packages',
          include: ['*/src/**/*.browser.test.{ts,tsx}'],
          testTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: (['chromium', 'firefox'] as const).map((browser) => ({
              browser,
              provider: playwright({ launchOptions: launchOptions(browser) }),
            })),
          },
        },
      },
      // These run what is built, as users do: `npm test` builds first.
      ...['bench', 'e2e', 'tour'].map((name) => ({
        extends: true as const,
        test: { name, root: name, include: ['**/*.test.mjs'], testTimeout: 300_000 },
      })),
    ],
    coverage: {
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.d.ts'],
    },
  },
});
