/**
 * The browsers that tests run in: the system's Chromium and Firefox where Debian has put them (`.ci/run` installs
 * them), Playwright's own elsewhere (`npx playwright install chromium firefox`).
 */
import { existsSync } from 'node:fs';

const system = { chromium: '/usr/bin/chromium', firefox: '/usr/bin/firefox-esr' };

/** What Chromium is to leave alone: the sandbox, which root cannot have, and all that uses the network by itself. */
const chromiumArgs = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Options for Playwright's `launch`.
 *
 * @param {'chromium' | 'firefox'} name
 * @returns {import('playwright').LaunchOptions}
 */
export function launchOptions(name) {
  const executablePath = system[name];
  const ours = existsSync(executablePath) ? { executablePath } : {};
  if (name === 'chromium') return { ...ours, args: chromiumArgs };
  // Playwright's protocol needs a patched Firefox; one from a distribution speaks WebDriver BiDi.
  return 'executablePath' in ours ? { ...ours, channel: 'moz-firefox' } : {};
}
