/** The first and the last words of the tour. */
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { formatCount, formatDuration } from './figures.mjs';

/** @import { Checks } from './checks.mjs' */
/** @import { Terminal } from './terminal.mjs' */
/** @import { Duration } from './types.mjs' */

const TITLE_COLUMNS = 44;

/** Where to read on; those that are there. */
const DOCUMENTS = [
  ['README.md', 'what isokv is and how to use it'],
  ['docs/FORMAT.md', 'every byte of the file that was just written'],
  ['docs/ERRORS.md', 'every error code, and what to do about it'],
  ['packages/core/src/index.ts', 'all that can be imported, by name'],
  ['tour/steps/', 'the source of this tour, a file a step'],
];

/**
 * @param {Terminal} terminal
 * @param {number} count
 * @param {readonly string[]} credit
 */
export function printIntroduction(terminal, count, credit) {
  terminal.title('isokv: a real store keeps real data through a real crash');
  terminal.line();
  terminal.line(`${formatCount(count)} cities of the world, in one file in a temporary folder.`);
  for (const line of credit) terminal.line(line);
  terminal.line(
    `Node ${process.versions.node} on ${process.platform} ${process.arch}, ${cpus().length} processors. ` +
      'Every figure is measured now.',
  );
}

/**
 * @param {Terminal} terminal
 * @param {Checks} checks
 * @param {readonly Duration[]} durations
 */
export function printSummary(terminal, checks, durations) {
  terminal.line();
  terminal.title(`    ${row('Summary', 'checks', 'failed', 'time')}`);
  let total_ms = 0;
  for (const [index, { title, passed, failed, duration_ms }] of durations.entries()) {
    total_ms += duration_ms;
    const figures = [String(passed + failed), String(failed), formatDuration(duration_ms)];
    terminal.line(`${String(index + 1).padStart(2)}  ${row(title, ...figures)}`);
  }
  const { passed, failed } = checks;
  terminal.line(`    ${row('', String(passed + failed), String(failed), formatDuration(total_ms))}`);
  terminal.line();
  terminal.line('Read on:');
  for (const [path = '', what = ''] of DOCUMENTS) {
    if (existsSync(new URL(`../${path}`, import.meta.url))) terminal.line(`  ${path.padEnd(28)} ${what}`);
  }
  terminal.line();
  terminal.line('The same store in a browser, with these cities on a chart: npm run demo');
  terminal.line();
  terminal.line(`${passed + failed} checks, ${failed} failed.`);
}

/**
 * @param {string} title
 * @param {string[]} figures
 */
function row(title, ...figures) {
  return `${title.padEnd(TITLE_COLUMNS)}${figures.map((figure) => figure.padStart(10)).join('')}`;
}
