/**
 * How long others wait for their turn while a store is compacted: what a timer of one millisecond is late,
 * in a process that has just opened a million entries that were never compacted, and goes on writing.
 */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { storeFile } from '../engines/store-file.mjs';
import { fill, key, text } from '../entries.mjs';

/** @import { EngineOptions, Scenario } from '../types.mjs' */

/** @type {EngineOptions} */
const options = { values: 'text', durability: 'relaxed' };

export const stall = /** @type {Scenario} */ ({
  name: 'stall',
  what: 'event loop stall while compacting 1,000,000 entries of 100 B',
  engines: ['isokv'],
  entries: 1_000_000,
  rounds: 7,
  fresh: true,
  goals: [
    { against: '–', of: 'p999_ms', note: 'p99.9', atMost: 10, unit: 'ms' },
    { against: '–', of: 'max_ms', note: 'longest', unit: 'ms' },
    { against: '–', of: 'compaction_ms', note: 'whole compaction', unit: 'ms' },
  ],
  async prepare(engine, { folder, entries }) {
    await engine.open(folder, options);
    await fill(engine, entries, text);
    await engine.close();
  },
  async measure(engine, { folder, entries, round }) {
    const copy = join(folder, String(round));
    await mkdir(copy);
    await copyFile(storeFile(folder), storeFile(copy));
    await engine.open(copy, options);
    globalThis.gc?.();

    const delay = monitorEventLoopDelay({ resolution: 1 });
    let written = 0;
    const writer = setInterval(() => engine.set(key(written++), 'written meanwhile'), 5);
    delay.enable();
    await sleep(20); // until the first samples are in, for a sample is the time since the one before
    delay.reset();
    const start = performance.now();
    await engine.compact();
    const compaction_ms = performance.now() - start;
    await sleep(5);
    delay.disable();
    clearInterval(writer);

    for (let i = 0; i < entries; i += 997) {
      const expected = i < written ? 'written meanwhile' : text(i);
      if (engine.get(key(i)) !== expected) throw new Error(`${key(i)} was lost`);
    }
    await engine.close();
    return { values: { p999_ms: delay.percentile(99.9) / 1e6, max_ms: delay.max / 1e6, compaction_ms } };
  },
});
