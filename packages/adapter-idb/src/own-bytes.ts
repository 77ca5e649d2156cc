import type { ByteChunk, ByteLog, LogCapabilities, Position, ReplaceOptions } from '@isokv/core';
import { checkMode } from './errors.ts';

/** Bytes in the memory of this page, which nobody shares: they are gone with it. */
export class OwnBytes implements ByteLog {
  readonly capabilities: LogCapabilities = {
    name: 'memory',
    durability: ['none'],
    shared: false,
    persistent: false,
  };
  readonly settled = 0;
  #chunks: ByteChunk[] = [];
  #end: Position = 0;

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

  async truncate(end: Position): Promise<void> {
    const left = this.#chunks.filter(({ position }) => position < end);
    this.#chunks = [];
    this.#end = 0;
    for (const { position, bytes } of left) this.#add(bytes.subarray(0, end - position));
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
