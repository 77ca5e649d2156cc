/** One engine in a process of its own: does what the parent asks (see child.mjs), one request at a time. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { engines } from './engines/index.mjs';
import { createProfiler } from './profile.mjs';
import { scenarios } from './scenarios/index.mjs';

/** @import { Context, Measurement } from './types.mjs' */

/**
 * @typedef {{ task: 'prepare' | 'measure', scenario: string, engine: string, context: Context, profile: boolean }} Request
 * @typedef {{ error?: string, measurement?: Measurement, selfTimes?: Record<string, number> }} Reply
 */

// Ctrl-C reaches the whole group of processes; the parent decides, and a worker ends with it.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());

process.on('message', async (/** @type {Request} */ request) => {
  /** @type {Reply} */
  let reply;
  try {
    reply = await handle(request);
  } catch (error) {
    reply = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  process.send?.(reply);
});

/**
 * @param {Request} request
 * @returns {Promise<Reply>}
 */
async function handle({ task, scenario: name, engine: engineName, context, profile }) {
  const scenario = scenarios.find((candidate) => candidate.name === name);
  const load = engines[engineName];
  if (!scenario || !load) throw new Error(`no scenario ${name} or no engine ${engineName}`);
  const { engine } = await load();
  const ownContext = { ...context, folder: join(context.folder, engineName) };
  if (task === 'prepare') {
    await mkdir(ownContext.folder, { recursive: true });
    await scenario.prepare(engine, ownContext);
    return {};
  }
  if (!profile) return { measurement: await scenario.measure(engine, ownContext) };
  const profiler = createProfiler();
  const measurement = await scenario.measure(engine, ownContext);
  return { measurement, selfTimes: profiler.stop() };
}
