/**
 * Writes the whole store as one run: compaction, healing after a failed append, backup. Overlays are frozen
 * first, so what is written is the state at one moment; what is committed meanwhile follows it. All of it
 * goes in slices, so that the event loop is never held up for long.
 */
import { compareKeys } from '../bytes/order.ts';
import { logConflict } from '../errors.ts';
import { Block } from '../format/block.ts';
import type { Commit } from '../format/commit.ts';
import type { Log, LogItem } from '../log/log.ts';
import { blocksOf } from '../table/blocks.ts';
import { Run } from '../table/run.ts';
import { Slices } from '../table/slices.ts';
import { Cell, type Slot, TOMBSTONE, UNREAD } from '../table/slot.ts';
import type { Table } from '../table/table.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { Core } from './core.ts';
import type { LiveSpace } from './live-space.ts';
import type { PendingCommit } from './pending-commit.ts';

/** A namespace as it was at the moment of freezing. */
interface Frozen {
  readonly space: LiveSpace;
  readonly table: Table;
  /** What is to take its place in memory. */
  readonly run: Run | undefined;
}

/**
 * Compacts the log. Resolves when the new content is durable and in use. `adopts`: memory, too, gets rid of garbage, and
 * keeps the run. Where there is hardly any, it rather stays what it is: what is in a map is found sooner than in a run.
 */
export async function rewriteLog(
  core: Core,
  log: Log,
  queue: CommitQueue,
  slices: Slices,
  adopts: boolean,
): Promise<void> {
  const seq = core.seq;
  const frozen = freeze(core, adopts);
  let runBytes = 0;
  let covered: ReadonlySet<PendingCommit> = new Set();
  let end = queue.position;
  let held = false;
  let tail: readonly Commit[] = [];
  queue.collect();
  async function* items(): AsyncGenerator<readonly LogItem[]> {
    runBytes = yield* runItems(core, frozen, seq, slices);
    held = true;
    await queue.hold();
    covered = new Set(queue.waiting);
    end = queue.position; // Not as it is when it is asked for: flushSync may have written since.
    tail = queue.commitsAfter(seq);
    yield tail.map((commit) => ({ type: 'commit', commit, position: 0 }));
  }
  try {
    const position = await log.replace(items(), { upTo: () => end });
    // A namespace that was cleared meanwhile has nothing of the run.
    for (const { space, table, run } of frozen)
      if (run && space.table.frozen?.map === table.fresh.map) space.table.setRun(run, table);
    core.runBytes = runBytes;
    core.logBytes = runBytes + tail.reduce((sum, { payload }) => sum + payload.length, 0);
    queue.rewritten(position, covered);
  } catch (error) {
    if (log.mustReplace) queue.degrade(error);
    throw error;
  } finally {
    queue.stopCollecting();
    if (held) queue.release();
    await thaw(core, frozen, slices);
  }
}

/** Writes the store as it is now to another log, which must be empty. */
export async function writeBackup(core: Core, target: Log): Promise<void> {
  const slices = new Slices();
  const seq = core.seq;
  const frozen = freeze(core, false);
  try {
    await target.open({ readOnly: false, mode: 'mustNotExist', cipher: core.options.cipher });
    try {
      for await (const items of target.read()) if (items.length > 0) throw logConflict();
      await target.replace(runItems(core, frozen, seq, slices), { upTo: () => 0 });
    } finally {
      await target.close();
    }
  } finally {
    await thaw(core, frozen, slices);
  }
}

function freeze(core: Core, adopts: boolean): Frozen[] {
  core.expireDue();
  const frozen: Frozen[] = [];
  for (const space of core.spaces.values()) {
    frozen.push({ space, table: space.table.freeze(), run: adopts ? new Run() : undefined });
  }
  core.guardReads();
  return frozen.sort((a, b) => compareKeys(a.space.name, b.space.name));
}

/** @returns how many bytes the blocks have */
async function* runItems(
  core: Core,
  frozen: readonly Frozen[],
  seq: number,
  slices: Slices,
): AsyncGenerator<readonly LogItem[], number> {
  let sum = 0;
  let blocks = 0;
  let entries = 0;
  for (const { table, run } of frozen) {
    for (const _ of table.fresh.buildOrder()) if (slices.over) await slices.pause();
    for (const bytes of blocksOf(table, core.slots.codecs)) {
      if (slices.over) await slices.pause();
      if (!bytes) continue;
      const block = new Block(bytes);
      run?.add(block);
      sum += bytes.length;
      blocks++;
      entries += block.count;
      yield [{ type: 'block', bytes, position: 0 }];
    }
  }
  yield [{ type: 'run', summary: { seq, blocks, entries }, position: 0 }];
  return sum;
}

async function thaw(core: Core, frozen: readonly Frozen[], slices: Slices): Promise<void> {
  // The run in use says the same: what is decoded is kept, since users rely on its identity, and cells in the order of use.
  const keeps = (slot: Slot): boolean =>
    slot !== TOMBSTONE && (!!core.limits || (slot instanceof Cell && slot.value !== UNREAD));
  for (const { space, run } of frozen) {
    const { table } = space;
    const steps = table.run === run ? table.thaw(keeps) : table.sink();
    for (const _ of steps) if (slices.over) await slices.pause();
  }
  core.guardReads();
}
