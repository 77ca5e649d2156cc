import { concat } from '../bytes/concat.ts';
import { IsokvError, logConflict } from '../errors.ts';
import { frameLog } from './frame-log.ts';
import type {
  AppendOptions,
  ByteChunk,
  ByteLog,
  Log,
  LogCapabilities,
  LogOpenOptions,
  Position,
  ReplaceOptions,
} from './log.ts';

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
  return frameLog(memoryBytes(medium));
}

/** The byte log under `memoryLog`. */
export function memoryBytes(medium: MemoryMedium = new MemoryMedium()): ByteLog {
  return new MemoryBytes(medium);
}

const capabilities: LogCapabilities = Object.freeze({
  name: 'memory',
  durability: Object.freeze(['none'] as const),
  shared: true,
  persistent: false,
  setsAside: true,
});

class MemoryBytes implements ByteLog {
  readonly capabilities = capabilities;
  readonly settled = 0;
  readonly #medium: MemoryMedium;

  constructor(medium: MemoryMedium) {
    this.#medium = medium;
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
    const medium = this.#medium;
    if (after !== medium.end) throw logConflict();
    const added = concat(chunks);
    medium.parts.push(added);
    medium.end += added.length;
    this.#tellOthers();
    return medium.end;
  }

  async truncate(position: Position): Promise<void> {
    const medium = this.#medium;
    medium.parts = [concat(medium.parts).subarray(0, position - medium.base)];
    medium.end = position;
  }

  async replace(chunks: AsyncIterable<Uint8Array>, { upTo, setAside }: ReplaceOptions): Promise<Position> {
    const medium = this.#medium;
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

  #tellOthers(): void {
    for (const listener of this.#medium.listeners) listener(this);
  }
}
