import type { ByteChunk, ByteLog, LogCapabilities, Position, ReplaceOptions } from '@isokv/core';
import { checkMode } from './errors.ts';

/** Bytes in the memory of this page, which nobody shares: they are gone with it. */
export class OwnBytes implements ByteLog {
  readonly capabilities: LogCapabilities = {
    name: 'memory',
    durability: ['none'],
    shared: false,
    persistent: false,
    atomic: true,
  };
  #chunks: ByteChunk[] = [];
  #end: Position = 0;

  get settled(): Position {
    return this.#end;
  }

  async open({ mode }: Parameters<ByteLog['open']>[0]): Promise<void> {
    checkMode(mode, this.#end > 0, 'this memory');
  }

  async *read(after: Position = 0): AsyncGenerator<ByteChunk> {
    yield* this.#chunks.filter(({ position }) => position >= after);
  }

  async append(chunks: readonly Uint8Array[]): Promise<Position> {
    for (const chunk of chunks) this.#add(chunk);
    return this.#end;
  }

  async replace(chunks: AsyncIterable<Uint8Array>, { upTo }: ReplaceOptions): Promise<Position> {
    const next = new OwnBytes();
    for await (const chunk of chunks) next.#add(chunk);
    upTo();
    this.#chunks = next.#chunks;
    this.#end = next.#end;
    return this.#end;
  }

  async close(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#chunks = [];
    this.#end = 0;
  }

  #add(chunk: Uint8Array): void {
    this.#chunks.push({ position: this.#end, bytes: chunk.slice() });
    this.#end += chunk.length;
  }
}
