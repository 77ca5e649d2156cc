/**
 * A file that `fileLog` of @isokv/adapter-node wrote, opened where there are no files: its bytes, after the
 * superblock, are the log. It is read only, and nothing of it is checked less than Node would.
 */
import {
  type ByteChunk,
  type ByteLog,
  frameLog,
  IsokvError,
  type Log,
  type LogCapabilities,
  type Position,
} from '@isokv/core';

/** docs/FORMAT.md: the superblock comes first, and the log follows. */
const LOG_START = 4096;
const MAGIC = [0x89, 0x69, 0x73, 0x6f, 0x6b, 0x76, 0x66];

export function isFileImage(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, at) => bytes[at] === byte);
}

export function fileImage(bytes: Uint8Array): Log {
  return frameLog(new FileImage(bytes));
}

const capabilities: LogCapabilities = Object.freeze({
  name: 'file image',
  durability: Object.freeze(['none'] as const),
  shared: false,
  persistent: false,
});

class FileImage implements ByteLog {
  readonly capabilities = capabilities;
  readonly settled = 0;
  readonly isOurs = true;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  async open(): Promise<void> {
    if (this.#bytes.length < LOG_START) {
      throw new IsokvError('CORRUPT', `the file is cut short after ${this.#bytes.length} bytes`, {
        offset: this.#bytes.length,
      });
    }
  }

  async *read(after: Position = LOG_START): AsyncGenerator<ByteChunk> {
    yield { position: after, bytes: this.#bytes.subarray(after) };
  }

  append(): Promise<Position> {
    return readOnly();
  }

  truncate(): Promise<void> {
    return readOnly();
  }

  replace(): Promise<Position> {
    return readOnly();
  }

  async close(): Promise<void> {}

  destroy(): Promise<void> {
    return readOnly();
  }
}

async function readOnly(): Promise<never> {
  throw new IsokvError('READ_ONLY', 'a file that was dropped is only read');
}
