/**
 * A `Log` on a raw flash, over the same engine as the device face, and so the same bytes. It keeps commits, not
 * their bytes: collection moves the entries that count. What was collected comes back as the run, the rest as the
 * commits that were given.
 */
import {
  type AppendOptions,
  type Commit,
  IsokvError,
  type Log,
  type LogCapabilities,
  type LogItem,
  type LogOpenOptions,
  logConflict,
  type Position,
  type ReplaceOptions,
} from '@isokv/core';
import { changesOf, changesTo } from './changeset.ts';
import { retire } from './device/append.ts';
import { MARK, nextChange, RUN } from './device/change.ts';
import { collectOldest } from './device/collect.ts';
import { commit } from './device/commit.ts';
import { changesOfBlock } from './device/data.ts';
import type { FlashDevice } from './device/flash-device.ts';
import { mount } from './device/mount.ts';
import { type Ring, use } from './device/ring.ts';
import { walkFrom } from './device/walk.ts';
import { checkGeometry } from './devices/check-geometry.ts';
import { Entries, LogReader } from './log-reader.ts';
import { MapIndex } from './map-index.ts';
import { translated } from './translated.ts';
import { addAll } from './whole-engine.ts';

export interface FlashLogOptions {
  /** @returns epoch milliseconds; the store's clock if not given. Collection drops what has expired by it */
  readonly now?: () => number;
  /** Takes a flash that holds something else for blank. A damaged store is refused all the same. */
  readonly format?: boolean;
}

const capabilities: LogCapabilities = Object.freeze({
  name: 'flash',
  durability: Object.freeze(['strict'] as const),
  shared: false,
  persistent: true,
});

/**
 * A log on a flash. Keys and namespaces together may have an eighth of a page. It cannot be sealed. A flash has one
 * writer: a second one on the same device is refused with LOCKED, but one on a device of its own for the same bytes is not seen.
 * @throws INVALID_OPTION for pages that no flash has; from its methods ENOSPC when there is no room: nothing is lost then. What was refused stays in the store's
 * memory and goes along with its next write: take it back, by deleting it, and deletions go on
 */
export function flashLog(device: FlashDevice, options: FlashLogOptions = {}): Log {
  return new FlashLog(device, options);
}

/** Who writes to a device: two that do not know of each other would erase each other's pages. */
const WRITERS: WeakMap<FlashDevice, FlashLog> = new WeakMap();

class FlashLog implements Log {
  readonly capabilities = capabilities;
  readonly #device: FlashDevice;
  readonly #options: FlashLogOptions;
  /** Undefined when it is not open. */
  #ring: Ring | undefined;
  #isReadOnly = false;
  #now: () => number = Date.now;
  /** Whether it was read to the end: then its end is known, and it can grow. */
  #isRead = false;
  /** After a write that failed: the last commit of it that may have reached the flash all the same. */
  #lastTried: Position | undefined;
  #report: (error: unknown) => void = () => undefined;
  /** The end of the last call: they go one at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(device: FlashDevice, options: FlashLogOptions) {
    checkGeometry(device);
    addAll();
    this.#device = device;
    this.#options = options;
  }

  open({ readOnly, mode, cipher, recovery, now, report }: LogOpenOptions): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#ring) throw new IsokvError('IO', 'this log is open already: close it, or make another');
      if (recovery === 'salvage') throw new IsokvError('UNSUPPORTED', 'a flash log cannot be salvaged');
      this.#now = this.#options.now ?? now ?? Date.now;
      if (cipher)
        throw new IsokvError('UNSUPPORTED', 'a flash log cannot be sealed: collection must see its entries');
      this.#release();
      if (!readOnly && WRITERS.has(this.#device))
        throw new IsokvError(
          'LOCKED',
          'a store is open on this flash already: close it, or open with readOnly',
        );
      const ring = this.#mount();
      const exists = holdsPages(ring);
      if (mode === 'mustExist' && !exists) throw new IsokvError('MISSING', 'there is no store on this flash');
      if (mode === 'mustNotExist' && exists)
        throw new IsokvError('EXISTS', 'there is a store on this flash already');
      this.#ring = ring;
      this.#isReadOnly = readOnly;
      if (!readOnly) WRITERS.set(this.#device, this);
      this.#isRead = false;
      this.#lastTried = undefined;
      if (report) this.#report = report;
    });
  }

  async *read(after?: Position): AsyncGenerator<readonly LogItem[]> {
    const { items, end } = await this.#exclusively(() => this.#readAll());
    if (after !== undefined && after === end) return;
    if (after) yield [{ type: 'start', position: 0 }];
    if (items.length > 0) yield items;
    else if (end > 0) yield [{ type: 'start', position: end }];
    if (this.#ring) this.#isRead = true;
  }

  append(commits: readonly Commit[], { after }: AppendOptions): Promise<Position> {
    return this.#exclusively(async () => {
      const ring = this.#writable();
      if (!this.#isRead || this.#lastTried !== undefined) {
        throw new IsokvError(
          'IO',
          'this log must be read, or rewritten after a failed append, before it can grow',
        );
      }
      if (after !== ring._commit) throw logConflict();
      try {
        for (const { seq, payload } of commits) {
          const page = ring._head;
          translated(() => {
            use(ring);
            commit(changesOf(payload, seq), seq === ring._commit + 1 ? undefined : MARK, seq);
          });
          if (ring._head !== page) await turn();
        }
      } catch (error) {
        this.#lastTried = commits.at(-1)?.seq ?? after;
        throw error;
      }
      return ring._commit;
    });
  }

  async replace(items: AsyncIterable<readonly LogItem[]>, { upTo }: ReplaceOptions): Promise<Position> {
    this.#writable();
    const run = new Entries();
    const commits: Commit[] = [];
    let runSeq = 0;
    for await (const batch of items) {
      for (const item of batch) {
        if (item.type === 'block') takeBlock(run, item.bytes);
        else if (item.type === 'run') runSeq = item.summary.seq;
        else if (item.type === 'commit') {
          commits.push({ seq: item.commit.seq, payload: item.commit.payload.slice() });
        }
      }
    }
    return this.#exclusively(async () => {
      let ring = this.#writable();
      if (this.#lastTried !== undefined) ring = this.#mount();
      const known = upTo();
      const end = ring._commit;
      // What came after the end that the caller knows is of the write that failed, or somebody else's.
      if (end < known || end > Math.max(known, this.#lastTried ?? 0)) throw logConflict();
      this.#ring = ring;
      const first = ring._head;
      try {
        translated(() => {
          use(ring);
          commit(changesTo(run, commits), RUN, runSeq);
        });
      } catch (error) {
        this.#lastTried = Math.max(this.#lastTried ?? 0, commits.at(-1)?.seq ?? runSeq);
        throw error;
      }
      this.#lastTried = undefined;
      this.#isRead = true;
      // The new content is there, whether the pages of the old one can be freed or not.
      await this.#collect(ring, first, run).catch(this.#report);
      return ring._commit;
    });
  }

  close(): Promise<void> {
    return this.#exclusively(async () => this.#release());
  }

  destroy(): Promise<void> {
    return this.#exclusively(async () => {
      const ring = mounted(() => this.#mount());
      const { pageCount } = this.#device;
      const head = ring && holdsPages(ring) ? ring : undefined;
      // From here on nothing counts, wherever the power goes; the mark that says so goes last.
      if (head) {
        translated(() => {
          use(head);
          while (head._oldest <= head._head) retire(head._head);
        });
      }
      const last = head ? head._slot : pageCount - 1;
      for (let page = 0; page < pageCount; page++) {
        if (page === last) continue;
        translated(() => this.#device.erase(page));
        await turn();
      }
      translated(() => this.#device.erase(last));
    });
  }

  /** Reads what counts, a page a turn. */
  async #readAll(): Promise<{ items: LogItem[]; end: Position }> {
    const ring = this.#open();
    const reader = translated(() => new LogReader(ring));
    for (let page = ring._oldest; page <= ring._head; page++) {
      translated(() => reader.readPage(page));
      await turn();
    }
    return { items: translated(() => reader.items()), end: ring._commit };
  }

  /** Frees the pages that a compaction has left with garbage, while there is much of it. */
  async #collect(ring: Ring, last: number, run: Entries): Promise<void> {
    let live = 0;
    for (const entries of run.spaces.values()) for (const put of entries.values()) live += put.length + 24;
    const needed = (live / ring._device.pageSize) * 1.25 + 2;
    while (ring._oldest < last && ring._head - ring._oldest > needed) {
      translated(() => {
        use(ring);
        collectOldest();
      });
      await turn();
    }
  }

  #mount(): Ring {
    const { format = false } = this.#options;
    return translated(() => {
      const ring = mount(this.#device, this.#now, format);
      const index = new MapIndex();
      ring._index = index;
      walkFrom(ring._oldest, index._note);
      return ring;
    });
  }

  #release(): void {
    if (WRITERS.get(this.#device) === this) WRITERS.delete(this.#device);
    this.#ring = undefined;
    this.#isRead = false;
  }

  #open(): Ring {
    if (!this.#ring) throw new IsokvError('CLOSED', 'this log is not open');
    return this.#ring;
  }

  #writable(): Ring {
    const ring = this.#open();
    if (this.#isReadOnly) throw new IsokvError('READ_ONLY', 'this log was opened with readOnly');
    return ring;
  }

  #exclusively<R>(task: () => Promise<R>): Promise<R> {
    const result = this.#last.then(task, task);
    this.#last = result.catch(() => undefined); // The caller of the task is told.
    return result;
  }
}

function holdsPages(ring: Ring): boolean {
  return ring._head >= ring._oldest;
}

function takeBlock(run: Entries, block: Uint8Array): void {
  const changes = changesOfBlock(block.slice());
  while (nextChange(changes)) {
    run.put(changes._space, changes._key, changes._bytes.subarray(changes._start, changes._at));
  }
}

/** A damaged store can be destroyed all the same. */
function mounted(task: () => Ring): Ring | undefined {
  try {
    return task();
  } catch (error) {
    if (error instanceof IsokvError && (error.code === 'CORRUPT' || error.code === 'NOT_ISOKV'))
      return undefined;
    throw error;
  }
}

let lastTurn = 0;

/** Lets others have their turn, when they have not had one for four milliseconds. */
async function turn(): Promise<void> {
  if (Date.now() - lastTurn < 4) return;
  await new Promise((resolve) => setTimeout(resolve));
  lastTurn = Date.now();
}
