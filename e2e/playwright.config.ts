/** The demo, as it is built, in real browsers: `npm test` runs this after everything else. */
import { createServer } from 'node:net';
import { defineConfig } from '@playwright/test';
import { launchOptions } from '../test/browsers.mjs';

/** One that is free, and the same in all processes of a run: those that come later find it here. */
const port = process.env['ISOKV_DEMO_PORT'] ?? String(await freePort());
process.env['ISOKV_DEMO_PORT'] = port;
const url = `http://localhost:${port}/`;
const KILL = 'kill.spec.ts';
const BROWSERS = ['chromium', 'firefox'] as const;

export default defineConfig({
  testDir: 'demo',
  outputDir: '../node_modules/.cache/isokv-e2e',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  workers: 2,
  fullyParallel: true, // No worker waits while another has a long file to itself.
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list'], ['json', { outputFile: '../node_modules/.cache/isokv-e2e.json' }]],
  use: {
    baseURL: url,
    viewport: { width: 1280, height: 860 },
    serviceWorkers: 'allow',
  },
  projects: [
    // First, for it takes longest. It starts both browsers by itself, one after the other.
    { name: 'kill', testMatch: KILL },
    // A file that has the name of a browser in its own is for that one alone.
    ...BROWSERS.map((name) => ({
      name,
      testIgnore: [KILL, ...BROWSERS.filter((other) => other !== name).map((other) => `*.${other}.spec.ts`)],
      use: { browserName: name, launchOptions: launchOptions(name) },
    })),
  ],
  webServer: {
    command: `npx vite preview --port ${port} --strictPort`,
    cwd: '../demo',
    url,
  },
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, 'localhost', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
