/**
 * From nothing to the first read, in a process that has just started. The file is in the cache of the
 * operating system: it was written, or read by the round before, a moment ago.
 */
import { join } from 'node:path';
import { processorTime_ms } from '../clock.mjs';
import { fill, key, text } from '../entries.mjs';

/** @import { Engine, EngineOptions, Goal, Scenario } from '../types.mjs' */

/** @type {EngineOptions} */
const options = { values: 'text', durability: 'relaxed' };

export const openStore = [
  scenario('compacted', {
    checksum: { against: 'checksum', of: 'time_ms', atMost: 1.3 },
    json: { against: 'json', of: 'time_ms', atMost: 0.12 },
  }),
  scenario('never compacted', {
    json: { against: 'json', of: 'time_ms', atMost: 0.6 },
  }),
];

/**
 * @param {'compacted' | 'never compacted'} state
 * @param {Record<string, Goal>} goals by engine
 * @returns {Scenario}
 */
function scenario(state, goals) {
  return {
    name: `open-${state.replace(' ', '-')}`,
    what: `open, 1,000,000 entries of 100 B, ${state}`,
    engines: ['isokv', ...Object.keys(goals)],
    entries: 1_000_000,
    rounds: 9,
    warmups: 1,
    fresh: true,
    goals: Object.values(goals).flatMap((goal) => [
      goal,
      { against: goal.against, of: 'processor_ms', note: 'processor time' },
    ]),
    async prepare(engine, context) {
      if (engine.name === 'checksum') return; // reads the file of isokv
      await engine.open(context.folder, options);
      await fill(engine, context.entries, text);
      if (state === 'compacted') await engine.compact();
      await engine.close();
    },
    async measure(engine, context) {
      const folder = engine.name === 'checksum' ? join(context.folder, '..', 'isokv') : context.folder;
      const start = performance.now();
      const processorStart_ms = processorTime_ms();
      await engine.open(folder, options);
      const processor_ms = processorTime_ms() - processorStart_ms;
      const time_ms = performance.now() - start;
      if (engine.name !== 'checksum') verify(engine, context.entries);
      return { values: { time_ms, processor_ms } };
    },
  };
}

/**
 * @param {Engine} engine
 * @param {number} entries
 */
function verify(engine, entries) {
  for (let i = 0; i < entries; i += 997) {
    if (engine.get(key(i)) !== text(i)) throw new Error(`${engine.name} has lost ${key(i)}`);
  }
}
