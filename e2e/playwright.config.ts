/** The demo, as it is built, in real browsers: `npm test` runs this after everything else. */
import { defineConfig } from '@playwright/test';
import { launchOptions } from '../test/browsers.mjs';

const PORT = 4179;
const KILL = 'kill.spec.ts';

export default defineConfig({
  testDir: 'demo',
  outputDir: '../node_modules/.cache/isokv-e2e',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  workers: 2,
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list'], ['json', { outputFile: '../node_modules/.cache/isokv-e2e.json' }]],
  use: {
    baseURL: `http://localhost:${PORT}/`,
    viewport: { width: 1280, height: 860 },
    serviceWorkers: 'allow',
  },
  projects: [
    // First, for it takes longest. It starts both browsers by itself, one after the other.
    { name: 'kill', testMatch: KILL },
    ...(['chromium', 'firefox'] as const).map((name) => ({
      name,
      testIgnore: KILL,
      use: { browserName: name, launchOptions: launchOptions(name) },
    })),
  ],
  webServer: {
    command: `npx vite preview --port ${PORT} --strictPort`,
    cwd: '../demo',
    url: `http://localhost:${PORT}/`,
    reuseExistingServer: !process.env['CI'],
  },
});
