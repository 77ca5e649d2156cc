import { concat } from '../bytes/concat.ts';
import { IsokvError, logConflict } from '../errors.ts';
import type {
  AppendOptions,
  ByteChunk,
  ByteLog,
  Log,
  LogCapabilities,
  LogOpenOptions,
  Position,
  ReplaceOptions,
  SyncByteLog,
} from './log.ts';
import { syncFrameLog } from './sync-frame-log.ts';

/** What a `memoryLog` writes to. Give the same one to several logs and they share it, as tabs share a database. */
export class MemoryMedium {
  /** What each append added, in order. */
  parts: Uint8Array[] = [];
  /** The position of the first byte. It grows with every replace, so that an old position is never met again. */
  base: Position = 0;
  end: Position = 0;
  /** What was kept of damaged logs, by name. */
  readonly aside: Map<string, Uint8Array> = new Map();
  readonly listeners: Set<(writer: object) => void> = new Set();
}

/** A log in memory: for tests, and for stores that are to be copied elsewhere. */
export function memoryLog(medium: MemoryMedium = new MemoryMedium()): Log {
  return syncFrameLog(memoryBytes(medium));
}

/** The byte log under `memoryLog`. */
export function memoryBytes(medium: MemoryMedium = new MemoryMedium()): ByteLog {
  return new MemoryBytes(medium);
}

const capabilities: LogCapabilities = /* @__PURE__ */ Object.freeze({
  name: 'memory',
  durability: /* @__PURE__ */ Object.freeze(['none'] as const),
  shared: true,
  persistent: false,
  setsAside: true,
  readers: true,
  syncAppend: true,
});

class MemoryBytes implements ByteLog {
  readonly capabilities = capabilities;
  readonly settled = 0;
  readonly sync: SyncByteLog;
  readonly #medium: MemoryMedium;
  /** Where this handle's last append began and ended: its caller may not have heard of it yet. */
  #last = { after: 0, end: -1 };
  /** The end of the new content, once the last replace has happened. */
  #replacedTo: Position | undefined;

  constructor(medium: MemoryMedium) {
    this.#medium = medium;
    this.sync = {
      append: (chunks, { after }) => {
        const { end } = medium;
        return this.#add(chunks, after === this.#last.after && end === this.#last.end ? end : after);
      },
      truncate: (position) => this.#cut(position),
      stopReplace: () => this.#replacedTo, // There is no moment between its question and its end.
    };
  }

  async open({ mode }: LogOpenOptions): Promise<void> {
    const exists = this.#medium.end > 0;
    if (mode === 'mustExist' && !exists) throw new IsokvError('MISSING', 'there is no store in this memory');
    if (mode === 'mustNotExist' && exists)
      throw new IsokvError('EXISTS', 'there is a store in this memory already');
  }

  async *read(after: Position = 0): AsyncGenerator<ByteChunk> {
    const { base, end, parts } = this.#medium;
    const from = after >= base && after <= end ? after : base;
    let position = base;
    for (const part of [...parts]) {
      const next = position + part.length;
      if (next > from) {
        const skipped = Math.max(0, from - position);
        yield { position: position + skipped, bytes: part.subarray(skipped) };
      }
      position = next;
    }
  }

  async append(chunks: readonly Uint8Array[], { after }: AppendOptions): Promise<Position> {
    return this.#add(chunks, after);
  }

  async truncate(position: Position): Promise<void> {
    this.#cut(position);
  }

  async replace(chunks: AsyncIterable<Uint8Array>, { upTo, setAside }: ReplaceOptions): Promise<Position> {
    const medium = this.#medium;
    this.#replacedTo = undefined;
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk.slice());
    if (upTo() !== medium.end) throw logConflict();
    if (setAside) {
      const name = `damaged-${medium.aside.size + 1}`;
      medium.aside.set(name, concat(medium.parts));
      setAside(name);
    }
    medium.parts = parts;
    medium.base = medium.end + 1;
    medium.end = medium.base + parts.reduce((sum, part) => sum + part.length, 0);
    this.#replacedTo = medium.end;
    this.#tellOthers();
    return medium.end;
  }

  watch(onAppend: () => void): () => void {
    const listener = (writer: object): void => {
      if (writer !== this) onAppend();
    };
    this.#medium.listeners.add(listener);
    return () => this.#medium.listeners.delete(listener);
  }

  async close(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#medium.parts = [];
    this.#medium.base = 0;
    this.#medium.end = 0;
  }

  #add(chunks: readonly Uint8Array[], after: Position): Position {
    const medium = this.#medium;
    if (after !== medium.end) throw logConflict();
    const added = concat(chunks);
    medium.parts.push(added);
    medium.end += added.length;
    this.#last = { after, end: medium.end };
    this.#tellOthers();
    return medium.end;
  }

  #cut(position: Position): void {
    const medium = this.#medium;
    medium.parts = [concat(medium.parts).subarray(0, position - medium.base)];
    medium.end = position;
  }

  #tellOthers(): void {
    for (const listener of this.#medium.listeners) listener(this);
  }
}
