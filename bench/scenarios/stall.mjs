/**
 * How long others wait for their turn while a store is compacted, in a process that has just opened a million
 * entries that were never compacted, and goes on writing. A timer of one millisecond fires all the while. Of
 * each time between two of its calls, what counts is at most the processor time the process used in it: when
 * it was late for longer, another process was running.
 */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { processorTime_ms } from '../clock.mjs';
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
    { against: '–', of: 'all_p999_ms', note: 'p99.9, other processes included', unit: 'ms' },
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
    globalThis.gc?.(); // what opening has left behind is not to be collected on the compaction's account

    let written = 0;
    const writer = setInterval(() => engine.set(key(written++), 'written meanwhile'), 5);
    const probe = startProbe();
    const start = performance.now();
    await engine.compact();
    const compaction_ms = performance.now() - start;
    const { own, all } = probe.stop();
    clearInterval(writer);

    for (let i = 0; i < entries; i += 997) {
      const expected = i < written ? 'written meanwhile' : text(i);
      if (engine.get(key(i)) !== expected) throw new Error(`${key(i)} was lost`);
    }
    await engine.close();
    return { values: { p999_ms: at(0.999, own), all_p999_ms: at(0.999, all), compaction_ms } };
  },
});

function startProbe() {
  /** @type {number[]} */
  const own = [];
  /** @type {number[]} */
  const all = [];
  let last = { time: performance.now(), processor: processorTime_ms() };
  const sample = () => {
    const now = { time: performance.now(), processor: processorTime_ms() };
    all.push(now.time - last.time);
    own.push(Math.min(now.time - last.time, now.processor - last.processor));
    last = now;
    timer = setTimeout(sample, 1);
  };
  let timer = setTimeout(sample, 1);
  return {
    stop() {
      clearTimeout(timer);
      sample(); // what has gone on since the last call
      clearTimeout(timer);
      return { own, all };
    },
  };
}

/**
 * @param {number} share
 * @param {number[]} times
 */
function at(share, times) {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length * share)] ?? 0;
}
