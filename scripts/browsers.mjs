/** The browsers that tests run in. */
import { existsSync } from 'node:fs';
import { step } from './setup.mjs';

/** Where Debian has them, and test/browsers.mjs finds them: .ci/run installs them there. */
const DEBIAN = ['/usr/bin/chromium', '/usr/bin/firefox-esr'];

/** Where they are not there, Playwright fetches its own, once. */
export async function installBrowsers() {
  if (DEBIAN.every((path) => existsSync(path))) return;
  if (!(await step('install browsers', 'playwright install chromium firefox'))) process.exit(1);
}
