import { compareKeys } from '../bytes/order.ts';
import { corrupt, IsokvError } from '../errors.ts';
import { Block } from '../format/block.ts';
import { type ChangeReader, NAMESPACE, PUT } from '../format/change.ts';
import { changesOf } from '../format/commit.ts';
import type { Log } from '../log/log.ts';
import { Run } from '../table/run.ts';
import type { Core } from './core.ts';
import { Slices } from './slices.ts';

/** What a full reading of the medium found: all of it whole, or it would have rejected. */
export interface Verification {
  /** Entries of the run. */
  readonly entries: number;
  /** Commits since the run. */
  readonly commits: number;
  readonly changes: number;
}

/** Reads a log from its medium and decodes all it holds. @throws CORRUPT with the offset, UNKNOWN_CODEC */
export async function verifyLog(core: Core, log: Log): Promise<Verification> {
  const slices = new Slices();
  const runs = new Map<string, Run>();
  const counts = { entries: 0, commits: 0, changes: 0 };
  for await (const items of log.read()) {
    for (const item of items) {
      try {
        if (item.type === 'block') counts.entries += checkBlock(core, new Block(item.bytes), runs);
        if (item.type === 'commit') {
          counts.commits++;
          counts.changes += checkChanges(core, changesOf(item.commit));
        }
      } catch (cause) {
        if (cause instanceof IsokvError && cause.code === 'UNKNOWN_CODEC') throw cause;
        throw corrupt(`what ends at ${item.position} does not decode: ${String(cause)}`, item.position);
      }
      if (slices.over) await slices.pause();
    }
  }
  return counts;
}

function checkBlock(core: Core, block: Block, runs: Map<string, Run>): number {
  let run = runs.get(block.namespace);
  if (!run) {
    run = new Run();
    runs.set(block.namespace, run);
  }
  run.add(block);
  let before: string | undefined;
  for (let index = 0; index < block.count; index++) {
    const entry = block.entry(index);
    if (before !== undefined && compareKeys(before, entry.key) >= 0)
      throw corrupt('entries that are out of order');
    before = entry.key;
    checkValue(core, entry);
  }
  return block.count;
}

function checkChanges(core: Core, changes: ChangeReader): number {
  let count = 0;
  while (changes.next()) {
    if (changes.kind !== NAMESPACE) count++; // That one only says where the others are.
    if (changes.kind === PUT) checkValue(core, changes);
  }
  return count;
}

function checkValue(core: Core, { tag, reader, valueStart, valueEnd }: ChangeReader): void {
  core.codecs.read(tag, reader.bytes, valueStart, valueEnd);
}
