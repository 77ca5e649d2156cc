/** Brings a log's items into memory: at open, and when other writers have added some. */
import { corrupt, hasCode } from '../errors.ts';
import { Block } from '../format/block.ts';
import { type ChangeReader, CLEAR, DELETE, NAMESPACE, TAG } from '../format/change.ts';
import { type Commit, changesOf } from '../format/commit.ts';
import type { RunSummary } from '../format/run-end.ts';
import { ItemCheck } from '../log/item-check.ts';
import type { LogItem, Salvage } from '../log/log.ts';
import { Run } from '../table/run.ts';
import { cellOf, type Slot } from '../table/slot.ts';
import type { Core } from './core.ts';
import type { ChangeEvent } from './events.ts';
import type { LiveSpace } from './live-space.ts';

/** What reading a log brought to light. */
export interface TornTail {
  /** Where on the medium the dropped bytes begin. */
  readonly offset: number;
  readonly bytes: number;
}

export class Recovery {
  readonly #core: Core;
  readonly #runs: Map<string, Run> = new Map();
  torn: TornTail | undefined;
  salvaged: Salvage | undefined;
  /** For listeners, when they want to know what other writers did. */
  readonly changes: ChangeEvent[] = [];

  constructor(core: Core) {
    this.#core = core;
  }

  /** @throws CORRUPT with the position for what does not fit */
  take(item: LogItem): void {
    try {
      this.#take(item);
    } catch (error) {
      throw hasCode(error, 'CORRUPT')
        ? corrupt(`${error.message}, in what ends at ${item.position}`, item.position)
        : error;
    }
  }

  #take(item: LogItem): void {
    const core = this.#core;
    switch (item.type) {
      case 'start':
        for (const space of core.spaces.values()) {
          space.empty();
          // What was there may come again with the run, or not: nobody looks.
          core.note(this.changes, 'clear', space.name, '', 'remote');
        }
        this.#runs.clear();
        core.seq = 0;
        core.logBytes = 0;
        core.runBytes = 0;
        break;
      case 'block':
        this.addBlock(new Block(item.bytes));
        break;
      case 'run':
        this.#endRun(item.summary);
        break;
      case 'commit':
        applyCommit(core, item.commit, this.changes);
        break;
      case 'torn':
        this.torn = { offset: item.position, bytes: item.bytes };
        break;
      case 'salvaged':
        this.salvaged = item.salvage;
    }
  }

  addBlock(block: Block): void {
    const run = this.#runs.get(block.namespace) ?? new Run();
    this.#runs.set(block.namespace, run);
    run.add(block);
  }

  #endRun({ seq, entries }: RunSummary): void {
    const sum = this.install();
    if (sum !== entries) throw corrupt(`a run of ${sum} entries that should have ${entries}`);
    this.#core.seq = seq;
  }

  /** Makes the blocks the content of the store, which is empty. @returns how many entries they have */
  install(): number {
    const core = this.#core;
    let entries = 0;
    for (const [name, run] of this.#runs) {
      const space = core.space(name);
      space.table.setRun(run);
      core.logBytes += run.bytes;
      core.runBytes += run.bytes;
      entries += run.entries;
      for (const { key, expiresAt } of run.expiring()) core.expirations.add(space, key, expiresAt);
      core.limits?.addAll(space);
    }
    return entries;
  }
}

/**
 * Checks what another writer has added, before anything in memory makes way for it.
 * @throws CORRUPT when `Recovery` would not take all of it; `seq`: the last commit that it follows
 */
export function checkItems(items: readonly LogItem[], seq: number): void {
  let check = new ItemCheck(seq);
  for (const item of items) {
    if (item.type === 'start') check = new ItemCheck();
    check.take(item);
  }
}

/** Makes the changes of a commit that is in the log. @throws CORRUPT when it is not the next one */
function applyCommit(core: Core, commit: Commit, events: ChangeEvent[]): void {
  if (commit.seq !== core.seq + 1) throw corrupt(`commit ${commit.seq} where ${core.seq + 1} should be`);
  let space: LiveSpace | undefined;
  const changes = changesOf(commit);
  while (changes.next()) {
    const { kind, key } = changes;
    if (kind === NAMESPACE) {
      space = core.space(key);
      continue;
    }
    space ??= core.space('');
    if (kind === CLEAR) space.empty();
    else if (kind === DELETE) space.erase(key);
    else space.store(key, slotOf(core, changes));
    const type = TYPES[kind] as ChangeEvent['type'];
    core.note(events, type, space.name, kind === CLEAR ? '' : key, 'remote');
  }
  core.seq = commit.seq;
  core.logBytes += commit.payload.length;
}

const TYPES = ['', 'put', 'delete', '', 'clear'] as const;

/** Small figures as they are, all else as bytes until it is read. */
function slotOf(core: Core, change: ChangeReader): Slot {
  const isFigure = change.tag === TAG.int || change.tag === TAG.true || change.tag === TAG.false;
  if (!isFigure || change.expiresAt !== 0 || core.limits) return cellOf(change);
  return core.slots.codecs.read(change.tag, change.reader.bytes, change.valueStart, change.valueEnd) as Slot;
}
