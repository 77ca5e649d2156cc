/** The demo, as it is built, in real browsers: `npm test` runs this after everything else. */
import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const CHROMIUM = '/usr/bin/chromium';
const FIREFOX = '/usr/bin/firefox-esr';
const PORT = 4179;

/** For machines without a display, a sound card or much shared memory; and nothing that talks to the network. */
const chromiumArguments = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export default defineConfig({
  testDir: 'demo',
  outputDir: '../node_modules/.cache/isokv-e2e',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  workers: 1,
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list'], ['json', { outputFile: '../node_modules/.cache/isokv-e2e.json' }]],
  use: {
    baseURL: `http://localhost:${PORT}/`,
    viewport: { width: 1280, height: 860 },
    serviceWorkers: 'allow',
  },
  // The browsers of Debian where they are installed, as .ci/run does; elsewhere Playwright's own.
  projects: [
    {
      name: 'chromium',
      use: {
        browserName: 'chromium',
        launchOptions: {
          args: chromiumArguments,
          ...(existsSync(CHROMIUM) && { executablePath: CHROMIUM }),
        },
      },
    },
    {
      name: 'firefox',
      use: {
        browserName: 'firefox',
        ...(existsSync(FIREFOX) && {
          channel: 'moz-firefox',
          launchOptions: { executablePath: FIREFOX },
        }),
      },
    },
  ],
  webServer: {
    command: `npx vite preview --port ${PORT} --strictPort`,
    cwd: '../demo',
    url: `http://localhost:${PORT}/`,
    reuseExistingServer: !process.env['CI'],
  },
});
