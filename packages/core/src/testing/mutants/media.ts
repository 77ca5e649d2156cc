/** Media in memory that promise what a disk does, for the tests of the suites. Not part of the public entry. */
import { IsokvError, logConflict } from '../../errors.ts';
import type { ByteLog, Document, LogCapabilities } from '../../log/log.ts';
import { MemoryMedium, memoryBytes } from '../../log/memory-log.ts';
import type { ByteLogHarness, DocumentHarness, Medium } from '../harness.ts';

export function declare(changes: Partial<LogCapabilities> = {}): LogCapabilities {
  const durability = Object.freeze(['strict', 'relaxed', 'none'] as const);
  return Object.freeze({
    name: 'test',
    durability,
    shared: true,
    persistent: true,
    readers: true,
    syncAppend: true,
    setsAside: true,
    ...changes,
  });
}

export interface BytesMedium extends Medium<ByteLog> {
  readonly memory: MemoryMedium;
}

/** Memory whose handles come and go; a crash leaves a copy of it. `mutate` may break each handle. */
export function bytesHarness(
  mutate: (bytes: ByteLog, memory: MemoryMedium) => ByteLog = (bytes) => bytes,
  capabilities: LogCapabilities = declare(),
): ByteLogHarness<BytesMedium> {
  const on = (memory: MemoryMedium): BytesMedium => ({
    memory,
    handle: () => mutate(tiring(declaring(memoryBytes(memory), capabilities), 'append'), memory),
  });
  return {
    capabilities,
    patienceMs: 50,
    create: () => on(new MemoryMedium()),
    crash: ({ memory }) => on(copyOf(memory)),
    aside: ({ memory }, name) => on(keptIn(memory, name)),
  };
}

/** The same byte log, of which other things are said. */
export function declaring(bytes: ByteLog, capabilities: LogCapabilities): ByteLog {
  return changed(bytes, { capabilities });
}

/** An object with some of its members replaced. The rest are called on the original. */
export function changed<T extends object>(original: T, changes: Partial<T>): T {
  return new Proxy(original, {
    get(target, name) {
      const source = Object.hasOwn(changes, name) ? changes : target;
      const member: unknown = Reflect.get(source, name, source);
      return typeof member === 'function' && source === target ? member.bind(target) : member;
    },
  });
}

/** Fails in the end: a store on something broken may try for ever, and then no timer would ever fire. */
function tiring<T extends object>(original: T, method: keyof T): T {
  let calls = 0;
  const run = original[method] as (...args: unknown[]) => unknown;
  const tired = async (...args: unknown[]): Promise<unknown> => {
    if (++calls > 1000) throw new Error('called too often');
    return run.apply(original, args);
  };
  return changed(original, { [method]: tired } as Partial<T>);
}

/** A medium that only one handle may have open, as a locked file. */
export function exclusiveHarness(): ByteLogHarness<BytesMedium> {
  const holders = new WeakMap<MemoryMedium, object>();
  const lock = (bytes: ByteLog, memory: MemoryMedium): ByteLog => {
    const self = {};
    return changed(bytes, {
      async open(options) {
        if (holders.has(memory)) throw new IsokvError('IO', 'another handle has this medium open');
        await bytes.open(options);
        holders.set(memory, self);
      },
      async close() {
        if (holders.get(memory) === self) holders.delete(memory);
        await bytes.close();
      },
    });
  };
  return bytesHarness(
    lock,
    declare({ shared: false, readers: false, durability: Object.freeze(['relaxed', 'none'] as const) }),
  );
}

/** What a medium keeps under a name. */
export function keptIn(memory: MemoryMedium, name: string): MemoryMedium {
  const kept = new MemoryMedium();
  const bytes = memory.aside.get(name);
  if (!bytes) throw new Error(`nothing is kept as ${name}`);
  kept.parts = [bytes];
  kept.end = bytes.length;
  return kept;
}

export function copyOf(memory: MemoryMedium): MemoryMedium {
  const copy = new MemoryMedium();
  copy.parts = memory.parts.map((part) => part.slice());
  copy.base = memory.base;
  copy.end = memory.end;
  return copy;
}

/** What a document is kept in. */
export class Cell {
  bytes: Uint8Array | undefined;
  version = 0;
  readonly listeners: Set<Set<() => void>> = new Set();
}

export interface CellMedium extends Medium<Document> {
  readonly cell: Cell;
}

export interface CellOptions {
  readonly versions: boolean;
  readonly mutate?: (document: Document, cell: Cell) => Document;
  readonly capabilities?: LogCapabilities;
}

/** Documents in memory. */
export function documentHarness(options: CellOptions): DocumentHarness<CellMedium> {
  const { versions, mutate = (document) => document, capabilities = declare({ shared: versions }) } = options;
  const on = (cell: Cell): CellMedium => ({
    cell,
    handle: () => mutate(tiring(cellDocument(cell, versions), 'write'), cell),
  });
  return {
    capabilities,
    versions,
    patienceMs: 50,
    create: () => on(new Cell()),
    crash: ({ cell }) => on(Object.assign(new Cell(), { bytes: cell.bytes?.slice(), version: cell.version })),
  };
}

function cellDocument(cell: Cell, versions: boolean): Document {
  const self = new Set<() => void>();
  cell.listeners.add(self);
  const current = (): { version?: string } => (versions ? { version: String(cell.version) } : {});
  return {
    async read() {
      return cell.bytes && { bytes: cell.bytes.slice(), ...current() };
    },
    async write(bytes, { ifVersion }) {
      const version = cell.bytes ? String(cell.version) : null;
      if (versions && ifVersion !== undefined && ifVersion !== version) throw logConflict();
      cell.bytes = bytes.slice();
      cell.version++;
      for (const listeners of cell.listeners) {
        if (listeners !== self) for (const listener of listeners) listener();
      }
      return current();
    },
    async remove() {
      cell.bytes = undefined;
      cell.version++;
    },
    watch(onWrite) {
      self.add(onWrite);
      return () => self.delete(onWrite);
    },
  };
}
