/** Runs one scenario: the engines take turns, so that whatever slows the machine down slows all of them. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Child } from './child.mjs';

/** @import { Context, Measurement, Scenario } from './types.mjs' */

/**
 * @typedef {object} Settings
 * @property {string} folder
 * @property {boolean} quick
 * @property {boolean} profile
 * @property {(text: string) => void} progress
 *
 * @typedef {object} Results
 * @property {Record<string, Measurement>[]} rounds each engine's measurement, without the warm-up rounds
 * @property {Record<string, number>[]} selfTimes of isokv, with `profile`
 */

/**
 * @param {Scenario} scenario
 * @param {Settings} settings
 * @returns {Promise<Results>}
 */
export async function runScenario(scenario, settings) {
  const { quick, profile, progress } = settings;
  const warmups = quick ? 0 : (scenario.warmups ?? 0);
  const counted = quick ? Math.min(2, scenario.rounds) : scenario.rounds;
  const context = {
    folder: join(settings.folder, scenario.name),
    entries: quick ? scenario.entries / 100 : scenario.entries,
    quick,
  };
  await mkdir(context.folder);
  const children = new Children(scenario, context);
  /** @type {Results} */
  const results = { rounds: [], selfTimes: [] };
  try {
    for (const engine of scenario.engines) {
      progress(`prepare ${engine}`);
      await children.ask('prepare', engine, 0, false);
    }
    for (let round = 0; round < warmups + counted; round++) {
      progress(round < warmups ? 'warm up' : `round ${round - warmups + 1} of ${counted}`);
      /** @type {Record<string, Measurement>} */
      const measurements = {};
      for (const engine of turnOrder(scenario.engines, round)) {
        const profiled = profile && engine === 'isokv' && round >= warmups;
        const reply = await children.ask('measure', engine, round, profiled);
        measurements[engine] = /** @type {Measurement} */ (reply.measurement);
        if (reply.selfTimes) results.selfTimes.push(reply.selfTimes);
      }
      verify(measurements);
      if (round >= warmups) results.rounds.push(measurements);
    }
  } finally {
    await children.end();
    await rm(context.folder, { recursive: true, force: true });
  }
  return results;
}

/** The worker of each engine: one for all rounds, or a new one for each. */
class Children {
  #scenario;
  #context;
  /** @type {Map<string, Child>} */
  #byEngine = new Map();

  /**
   * @param {Scenario} scenario
   * @param {Omit<Context, 'round'>} context
   */
  constructor(scenario, context) {
    this.#scenario = scenario;
    this.#context = context;
  }

  /**
   * @param {'prepare' | 'measure'} task
   * @param {string} engine
   * @param {number} round
   * @param {boolean} profile
   */
  async ask(task, engine, round, profile) {
    const child = this.#byEngine.get(engine) ?? new Child();
    this.#byEngine.set(engine, child);
    const context = { ...this.#context, round };
    const reply = await child.ask({ task, scenario: this.#scenario.name, engine, context, profile });
    if (this.#scenario.fresh) {
      this.#byEngine.delete(engine);
      await child.end();
    }
    return reply;
  }

  async end() {
    await Promise.all([...this.#byEngine.values()].map((child) => child.end()));
  }
}

/**
 * Every engine comes first as often as last.
 *
 * @param {string[]} engines
 * @param {number} round
 */
function turnOrder(engines, round) {
  return round % 2 === 0 ? engines : [...engines].reverse();
}

/** @param {Record<string, Measurement>} measurements */
function verify(measurements) {
  const [[first, expected] = [], ...others] = Object.entries(measurements);
  for (const [engine, { check }] of others) {
    if (!isDeepStrictEqual(check, expected?.check)) {
      throw new Error(`${engine} read ${check}, and ${first} read ${expected?.check}`);
    }
  }
}
