/** A byte log in IndexedDB or, where that cannot be had and the user has agreed to it, in memory. */
import {
  type AppendOptions,
  type ByteChunk,
  type ByteLog,
  type Damage,
  IsokvError,
  type LogCapabilities,
  type Position,
  type ReplaceOptions,
} from '@isokv/core';
import { OwnBytes } from './own-bytes.ts';

/** With these the browser says that it has no IndexedDB for us; with all others that something is wrong with the store. */
const ABSENT = ['UNSUPPORTED', 'TIMEOUT'];

export class FallbackBytes implements ByteLog {
  readonly isOurs = true;
  readonly #first: ByteLog;
  readonly #memory: ByteLog = new OwnBytes();
  readonly #onFallback: (error: IsokvError) => void;
  #current: ByteLog;

  constructor(first: ByteLog, onFallback: (error: IsokvError) => void) {
    this.#first = first;
    this.#current = first;
    this.#onFallback = onFallback;
  }

  get capabilities(): LogCapabilities {
    return this.#current.capabilities;
  }

  get settled(): Position {
    return this.#current.settled;
  }

  get confirmed(): number {
    return this.#current.confirmed ?? 0;
  }

  async open(options: Parameters<ByteLog['open']>[0]): Promise<void> {
    this.#current = this.#first;
    try {
      await this.#first.open(options);
    } catch (error) {
      if (!(error instanceof IsokvError) || !ABSENT.includes(error.code)) throw error;
      this.#current = this.#memory;
      await this.#memory.open(options);
      this.#onFallback(error);
    }
  }

  async check(): Promise<readonly Damage[]> {
    return (await this.#current.check?.()) ?? [];
  }

  read(after?: Position): AsyncIterable<ByteChunk> {
    return this.#current.read(after);
  }

  append(chunks: readonly Uint8Array[], options: AppendOptions): Promise<Position> {
    return this.#current.append(chunks, options);
  }

  truncate(position: Position): Promise<void> {
    return this.#current.truncate(position);
  }

  replace(chunks: AsyncIterable<Uint8Array>, options: ReplaceOptions): Promise<Position> {
    return this.#current.replace(chunks, options);
  }

  leave(bytes: Uint8Array, after: Position, next: Uint8Array | undefined): void {
    this.#current.leave?.(bytes, after, next);
  }

  onExit(listener: () => void): () => void {
    return this.#current.onExit?.(listener) ?? (() => undefined);
  }

  watch(onAppend: () => void): () => void {
    return this.#current.watch?.(onAppend) ?? (() => undefined);
  }

  close(): Promise<void> {
    return this.#current.close();
  }

  destroy(): Promise<void> {
    return this.#current.destroy();
  }
}
