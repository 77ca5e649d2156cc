/** `npm test`: every check and every test, from a fresh clone on. Ends with a line `N passed, N failed`. */
import { readFileSync, rmSync } from 'node:fs';
import { installBrowsers } from './browsers.mjs';
import { check } from './check.mjs';
import { build, install, run } from './setup.mjs';

const cache = 'node_modules/.cache';

await install();
await installBrowsers();
// The browsers last, and alone: what they test is what a visitor sees, with a machine to itself.
const results = [await check(), await test(), await testInBrowsers()];
const sum = (/** @type {'passed' | 'failed'} */ key) =>
  results.reduce((total, result) => total + result[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') === 0 ? 0 : 1;

async function test() {
  const reportPath = `${cache}/isokv-tests.json`;
  rmSync(reportPath, { force: true });
  const { code } = await run(
    `vitest run --reporter=default --reporter=json --outputFile.json=${reportPath}`,
    'inherit',
  );
  const { numPassedTests: passed = 0, numFailedTests: failed = 0 } = readReport(reportPath);
  return checked({ passed, failed }, code);
}

/** The demo as it is built, in Chromium and Firefox. */
async function testInBrowsers() {
  const reportPath = `${cache}/isokv-e2e.json`; // As e2e/playwright.config.ts says.
  rmSync(reportPath, { force: true });
  if (!(await build('@isokv/demo'))) return { passed: 0, failed: 1 };
  const { code } = await run('playwright test -c e2e', 'inherit');
  const { expected = 0, unexpected = 0, flaky = 0 } = readReport(reportPath).stats ?? {};
  return checked({ passed: expected, failed: unexpected + flaky }, code);
}

/**
 * A file that does not load, an unhandled rejection or no test at all are failures that no test reports.
 *
 * @param {{ passed: number, failed: number }} result
 * @param {number | null} code
 */
function checked({ passed, failed }, code) {
  const ok = code === 0 && passed > 0;
  return { passed, failed: ok ? failed : Math.max(failed, 1) };
}

/**
 * @param {string} path
 * @returns {Record<string, any>} empty when there is none
 */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}
