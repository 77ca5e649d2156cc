import { concat } from '../bytes/concat.ts';
import { compareBytes } from '../bytes/order.ts';
import { IsokvError, logConflict } from '../errors.ts';
import { frameLog } from './frame-log.ts';
import type {
  AppendOptions,
  ByteChunk,
  ByteLog,
  Document,
  Log,
  LogCapabilities,
  LogOpenOptions,
  Position,
  ReplaceOptions,
} from './log.ts';

/** What is to be said of a document. Whoever reads it sees all of it as it was written last. */
export type DocumentCapabilities = Omit<LogCapabilities, 'readers' | 'syncAppend'>;

/**
 * A `Log` on a document: the log's bytes, written whole with every append. Costs what the document's size
 * costs; compaction keeps that near the size of the live entries.
 */
export function documentLog(document: Document, capabilities: DocumentCapabilities): Log {
  return frameLog(new DocumentBytes(document, { ...capabilities, readers: true, syncAppend: false }));
}

class DocumentBytes implements ByteLog {
  readonly capabilities: LogCapabilities;
  readonly settled = 0;
  readonly watch?: (onAppend: () => void) => () => void;
  readonly #document: Document;
  /** What the document held when it was last read or written. */
  #bytes: Uint8Array = new Uint8Array(0);
  /** Null when it does not exist; undefined when the medium has no versions. */
  #version: string | null | undefined;
  /** The position of the first byte. It goes past the old end whenever the content is another, not a longer one. */
  #base: Position = 0;

  constructor(document: Document, capabilities: LogCapabilities) {
    this.#document = document;
    this.capabilities = Object.freeze(capabilities);
    if (document.watch)
      this.watch = (onAppend) => (document.watch as NonNullable<Document['watch']>)(onAppend);
  }

  async open({ mode }: LogOpenOptions): Promise<void> {
    const { name } = this.capabilities;
    this.#base = 0;
    const exists = await this.#load();
    if (mode === 'mustExist' && !exists) throw new IsokvError('MISSING', `there is no store in this ${name}`);
    if (mode === 'mustNotExist' && exists)
      throw new IsokvError('EXISTS', `there is a store in this ${name} already`);
  }

  async *read(after?: Position): AsyncGenerator<ByteChunk> {
    const before = this.#bytes;
    await this.#load();
    // After it was removed: what comes then is another log, with a header, not more of this one.
    const begins = before.length === 0 && this.#base > 0 && this.#bytes.length > 0;
    const grown = !begins && this.#bytes.length >= before.length && startsWith(this.#bytes, before);
    if (!grown) this.#base += before.length + 1;
    const skipped = grown && after !== undefined ? Math.max(0, after - this.#base) : 0;
    const bytes = this.#bytes.subarray(skipped);
    // Nothing, too, where there was something: the document has been removed, and the log begins anew.
    if (bytes.length > 0 || !grown) yield { position: this.#base + skipped, bytes };
  }

  append(chunks: readonly Uint8Array[], { after }: AppendOptions): Promise<Position> {
    if (after !== this.#end) return Promise.reject(logConflict());
    return this.#write(concat([this.#bytes, ...chunks]), this.#base);
  }

  async truncate(position: Position): Promise<void> {
    await this.#write(this.#bytes.slice(0, position - this.#base), this.#base);
  }

  async replace(chunks: AsyncIterable<Uint8Array>, { upTo }: ReplaceOptions): Promise<Position> {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk.slice());
    if (upTo() !== this.#end) throw logConflict();
    return this.#write(concat(parts), this.#end + 1);
  }

  async close(): Promise<void> {}

  destroy(): Promise<void> {
    return this.#document.remove();
  }

  get #end(): Position {
    return this.#base + this.#bytes.length;
  }

  async #load(): Promise<boolean> {
    const found = await this.#document.read();
    this.#bytes = found?.bytes ?? new Uint8Array(0);
    this.#version = found ? found.version : null;
    return found !== undefined;
  }

  async #write(bytes: Uint8Array, base: Position): Promise<Position> {
    const { version } = await this.#document.write(bytes, { ifVersion: this.#version });
    this.#bytes = bytes;
    this.#base = base;
    this.#version = version;
    return this.#end;
  }
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return compareBytes(bytes, 0, start.length, start, 0, start.length) === 0;
}
