/** Where the time of a measurement goes, by function: `--profile`. */
import { Session } from 'node:inspector';
import { basename } from 'node:path';

/** @import { Profiler } from 'node:inspector' */

/** Starts at once; `stop` gives milliseconds spent in each function itself. */
export function createProfiler() {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 500 });
  session.post('Profiler.start');
  return {
    stop() {
      /** @type {Record<string, number>} */
      let selfTimes = {};
      // Calls back before it returns.
      session.post('Profiler.stop', (error, result) => {
        if (error) throw error;
        selfTimes = summarise(result.profile);
      });
      session.disconnect();
      return selfTimes;
    },
  };
}

/** @param {Profiler.Profile} profile */
function summarise({ nodes, samples = [], timeDeltas = [] }) {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      url === '' ? functionName : `${functionName || '(anonymous)'} ${basename(url)}:${lineNumber + 1}`,
    ]),
  );
  /** @type {Record<string, number>} */
  const selfTimes = {};
  for (const [i, id] of samples.entries()) {
    const name = names.get(id) ?? '';
    if (name === 'dispatch') continue; // the profiler itself
    selfTimes[name] = (selfTimes[name] ?? 0) + (timeDeltas[i] ?? 0) / 1000;
  }
  return selfTimes;
}

/**
 * The functions that took most, with their share of the time.
 *
 * @param {Record<string, number>[]} rounds
 */
export function formatSelfTimes(rounds) {
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const round of rounds) {
    for (const [name, time_ms] of Object.entries(round)) sums.set(name, (sums.get(name) ?? 0) + time_ms);
  }
  const total_ms = [...sums.values()].reduce((sum, time_ms) => sum + time_ms, 0);
  return [...sums]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 15)
    .map(([name, time_ms]) => `  ${((time_ms / total_ms) * 100).toFixed(1).padStart(5)}%  ${name}`)
    .join('\n');
}
