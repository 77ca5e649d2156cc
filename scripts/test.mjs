/** `npm test`: every check and every test, from a fresh clone on. Ends with a line `N passed, N failed`. */
import { readFileSync, rmSync } from 'node:fs';
import { check } from './check.mjs';
import { install, run } from './setup.mjs';

const reportPath = 'node_modules/.cache/isokv-tests.json';

await install();
const results = [await check(), await test()];
const sum = (/** @type {'passed' | 'failed'} */ key) =>
  results.reduce((total, result) => total + result[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') === 0 ? 0 : 1;

async function test() {
  rmSync(reportPath, { force: true });
  const { code } = await run(
    `vitest run --reporter=default --reporter=json --outputFile.json=${reportPath}`,
    'inherit',
  );
  const { numPassedTests: passed, numFailedTests: failed } = readReport();
  // A file that does not load, an unhandled rejection or no test at all are failures that no test reports.
  const ok = code === 0 && passed > 0;
  return { passed, failed: ok ? failed : Math.max(failed, 1) };
}

/** @returns {{ numPassedTests: number, numFailedTests: number }} */
function readReport() {
  try {
    return JSON.parse(readFileSync(reportPath, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0 };
  }
}
