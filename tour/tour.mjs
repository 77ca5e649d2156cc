/** The order of the tour, and what surrounds it: the temporary folder, the summary, errors. */
import { join } from 'node:path';
import { fileLog, Store } from 'isokv';
import { Checks } from './checks.mjs';
import { readCities } from './cities.mjs';
import { steps } from './steps/index.mjs';
import { printIntroduction, printSummary } from './summary.mjs';
import { TemporaryFolder } from './temporary.mjs';
import { Terminal } from './terminal.mjs';

/** @import { Tour } from './types.mjs' */

/** A sweep of expired entries may come this soon after another: the tour is too short to wait for the default. */
const SWEEP_INTERVAL_MS = 50;

/**
 * @param {{ small: boolean }} options
 * @returns {Promise<number>} the exit code
 */
export async function takeTour({ small }) {
  const terminal = new Terminal(process.stdout);
  const checks = new Checks(terminal);
  /** @type {TemporaryFolder | undefined} */
  let folder;
  try {
    folder = new TemporaryFolder();
    const { cities, credit } = readCities(small ? 20 : 1);
    printIntroduction(terminal, cities.length, credit);
    const durations = await takeSteps(await begin({ small, cities, terminal, checks, folder }));
    printSummary(terminal, checks, durations);
  } catch (error) {
    terminal.fail(error);
    checks.fail();
  }
  if (checks.failed > 0) {
    folder?.keep();
  } else if (folder) {
    folder.remove();
    terminal.line('The temporary folder was removed.');
  }
  return checks.exitCode;
}

/**
 * @param {Pick<Tour, 'small' | 'cities' | 'terminal' | 'checks'> & { folder: TemporaryFolder }} parts
 * @returns {Promise<Tour>}
 */
async function begin({ folder, ...parts }) {
  const open = () =>
    Store.open(fileLog(join(folder.path, 'tour.isokv')), { sweepInterval: SWEEP_INTERVAL_MS });
  /** @type {Tour} */
  const tour = {
    ...parts,
    pathOf: (name) => join(folder.path, name),
    endWithTour: (child) => folder.watch(child),
    store: await open(),
    reopen: async () => {
      await tour.store.close();
      tour.store = await open();
    },
  };
  return tour;
}

/** @param {Tour} tour */
async function takeSteps(tour) {
  const durations = [];
  try {
    for (const [index, { title, run }] of steps.entries()) {
      tour.terminal.heading(index + 1, title);
      const { passed, failed } = tour.checks;
      const start_ms = performance.now();
      await run(tour);
      durations.push({
        title,
        duration_ms: performance.now() - start_ms,
        passed: tour.checks.passed - passed,
        failed: tour.checks.failed - failed,
      });
    }
  } finally {
    await tour.store.close();
  }
  return durations;
}
