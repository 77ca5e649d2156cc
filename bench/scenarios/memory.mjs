/** What an open store holds on to: memory after garbage collection, less what it was before opening. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fill, key, text } from '../entries.mjs';

/** @import { EngineOptions, Scenario } from '../types.mjs' */

/** @type {EngineOptions} */
const options = { values: 'text', durability: 'relaxed' };

export const memory = /** @type {Scenario} */ ({
  name: 'memory',
  what: 'memory after open, 1,000,000 entries of 100 B, compacted',
  engines: ['isokv'],
  entries: 1_000_000,
  rounds: 3,
  fresh: true,
  goals: [
    { against: 'bytes of keys and values', of: 'heap', note: 'heap and buffers', atMost: 1.2 },
    { against: 'bytes of keys and values', of: 'resident', note: 'resident set', atMost: 1.2 },
  ],
  async prepare(engine, { folder, entries }) {
    await engine.open(folder, options);
    await fill(engine, entries, text);
    await engine.compact();
    await engine.close();
  },
  async measure(engine, { folder, entries }) {
    const data_bytes = entries * (key(0).length + text(0).length);
    const before = await settledMemory();
    await engine.open(folder, options);
    const after = await settledMemory();
    if (engine.get(key(entries - 1)) !== text(entries - 1)) throw new Error('the last entry was lost');
    await engine.close();
    return {
      values: {
        heap: (after.heapUsed + after.external - before.heapUsed - before.external) / data_bytes,
        resident: (after.rss - before.rss) / data_bytes,
      },
    };
  },
});

/** Buffers are freed a turn after the collector has found them unused. */
async function settledMemory() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await sleep(20);
  }
  return process.memoryUsage();
}
