/**
 * `verify()` of a compacted store that is open: all of its file read again, every frame checked, every entry
 * decoded. Beside it the least that this can cost: reading the file, and one checksum over all of it. The file
 * is in the cache of the operating system.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { processorTime_ms } from '../clock.mjs';
import { storeFile } from '../engines/store-file.mjs';
import { fill, text } from '../entries.mjs';

/** @import { EngineOptions, Scenario } from '../types.mjs' */

/** @type {EngineOptions} */
const options = { values: 'text', durability: 'relaxed' };

export const verify = /** @type {Scenario} */ ({
  name: 'verify',
  what: 'verify, 1,000,000 entries of 100 B, compacted',
  engines: ['isokv', 'checksum'],
  entries: 1_000_000,
  rounds: 9,
  warmups: 1,
  goals: [
    { against: 'checksum', of: 'processor_ms', note: 'processor time', atMost: 4 },
    { against: 'checksum', of: 'time_ms' },
    { against: '–', of: 'rate_MBs', note: 'rate', atLeast: 300, unit: 'MB/s' },
    { against: '–', of: 'processor_rate_MBs', note: 'rate by processor time', unit: 'MB/s' },
  ],
  async prepare(engine, { folder, entries }) {
    if (engine.name === 'checksum') return; // reads the file of isokv
    await engine.open(folder, options);
    await fill(engine, entries, text);
    await engine.compact();
  },
  async measure(engine, context) {
    const isRaw = engine.name === 'checksum';
    const folder = isRaw ? join(context.folder, '..', 'isokv') : context.folder;
    const start = performance.now();
    const processorStart_ms = processorTime_ms();
    await (isRaw ? engine.open(folder, options) : engine.verify());
    const processor_ms = processorTime_ms() - processorStart_ms;
    const time_ms = performance.now() - start;
    const { size } = await stat(storeFile(folder));
    const values = {
      time_ms,
      processor_ms,
      rate_MBs: size / 1000 / time_ms,
      processor_rate_MBs: size / 1000 / processor_ms,
    };
    return { values };
  },
});
