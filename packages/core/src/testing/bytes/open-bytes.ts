import { concat } from '../../bytes/concat.ts';
import type { ByteChunk, ByteLog, Durability, LogOpenOptions, Position } from '../../log/log.ts';
import { equal, sameBytes } from '../assert.ts';
import type { Medium } from '../harness.ts';
import type { Stage } from '../stage.ts';

/** A byte log used as `frameLog` uses it: opened, read, and its end known. */
export class OpenBytes {
  readonly log: ByteLog;
  end: Position = 0;
  isOpen = true;

  constructor(log: ByteLog) {
    this.log = log;
  }

  async append(...chunks: Uint8Array[]): Promise<Position> {
    const durability = this.log.capabilities.durability[0] as Durability;
    this.end = await this.log.append(chunks, { durability, after: this.end });
    return this.end;
  }

  async replace(...chunks: Uint8Array[]): Promise<Position> {
    this.end = await this.log.replace(each(chunks), { upTo: () => this.end });
    return this.end;
  }

  async truncate(position: Position): Promise<void> {
    await this.log.truncate?.(position);
    this.end = position;
  }

  /** Passes when the log holds these bytes (and maybe zeros after them), from its start or after a position. */
  async holds(expected: Uint8Array, what: string, after?: Position): Promise<void> {
    sameContent((await collectBytes(this.log.read(after))).bytes, expected, what);
  }

  async close(): Promise<void> {
    this.isOpen = false;
    await this.log.close({ end: this.end });
  }
}

export interface OpenBytesOptions extends Partial<Omit<LogOpenOptions, 'cipher'>> {
  readonly medium?: Medium<ByteLog>;
  readonly handle?: ByteLog;
}

/**
 * Opens and reads, and checks that it finds `expected`, for only its reader knows where the bytes end and
 * preallocated zeros begin. Closed when the test ends, if it is still open.
 */
export async function openBytes(
  stage: Stage<ByteLog>,
  expected: Uint8Array,
  options: OpenBytesOptions = {},
): Promise<OpenBytes> {
  const { medium = stage.medium, handle = medium.handle(), ...rest } = options;
  const opened = new OpenBytes(handle);
  await handle.open({ readOnly: false, mode: 'create', ...rest });
  stage.atEnd(() => opened.isOpen && opened.close());
  const { start, bytes } = await collectBytes(handle.read());
  sameContent(bytes, expected, 'what was opened');
  opened.end = start + expected.length;
  return opened;
}

/** All bytes of a reading; its chunks must follow one another. They are kept as they came until its end. */
export async function collectBytes(
  chunks: AsyncIterable<ByteChunk>,
): Promise<{ start: Position; bytes: Uint8Array; chunks: number }> {
  const parts: Uint8Array[] = [];
  let start: Position | undefined;
  let next = 0;
  for await (const { position, bytes } of chunks) {
    if (start !== undefined) equal(position, next, 'position of the next chunk');
    start ??= position;
    next = position + bytes.length;
    parts.push(bytes);
  }
  return { start: start ?? 0, bytes: concat(parts), chunks: parts.length };
}

export async function* each(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

function sameContent(actual: Uint8Array, expected: Uint8Array, what: string): void {
  sameBytes(actual.subarray(0, expected.length), expected, what);
  const blank = actual.subarray(expected.length);
  sameBytes(blank, new Uint8Array(blank.length), `${what}: after its end, where only zeros may be`);
}
