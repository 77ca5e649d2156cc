/** Helpers of the tests of log/: logs in memory whose bytes a test can reach. */
import { concat } from '../src/bytes/concat.ts';
import { Writer } from '../src/bytes/writer.ts';
import type { Cipher, CipherSession } from '../src/cipher.ts';
import { writeDelete } from '../src/format/change.ts';
import type { Commit } from '../src/format/commit.ts';
import { FLIGHT, KIND } from '../src/format/frame.ts';
import { writeHeader } from '../src/format/header.ts';
import { writeRunEnd } from '../src/format/run-end.ts';
import { frameLog } from '../src/log/frame-log.ts';
import type { ByteLog, Log, LogItem, Position } from '../src/log/log.ts';
import { MemoryMedium, memoryBytes } from '../src/log/memory-log.ts';
import { framed, type Plain } from './framing.ts';

export function commit(seq: number, key = `key${seq}`): Commit {
  const writer = new Writer(64);
  writer.varint(seq);
  writeDelete(writer, key);
  return { seq, payload: writer.take() };
}

export const header: Plain = {
  kind: KIND.header,
  payload: writeHeader({
    storeId: Uint8Array.from({ length: 16 }, (_, i) => i + 1),
    cipherName: '',
    cipherHeader: new Uint8Array(0),
  }),
  flags: FLIGHT,
};

/** The bytes of a log that was appended to once for each of `flights`, and where each flight begins. */
export function logBytes(
  flights: readonly (readonly Commit[])[],
  session?: CipherSession,
  cipherName = '',
): { bytes: Uint8Array; flights: number[] } {
  const cipherHeader = session?.header ?? new Uint8Array(0);
  const first = writeHeader({ storeId: header.payload.slice(11, 27), cipherName, cipherHeader });
  const messages: Plain[] = [{ ...header, payload: first }];
  const begins = [0];
  for (const [index, commits] of flights.entries()) {
    if (index > 0) begins.push(messages.length);
    for (const [i, { payload }] of commits.entries()) {
      messages.push({ kind: KIND.commit, payload, flags: index > 0 && i === 0 ? FLIGHT : 0 });
    }
  }
  const { bytes, starts } = framed(messages, session);
  return { bytes, flights: begins.map((index) => starts[index] as number) };
}

/** The bytes of a log that was replaced by a run of `blocks`, with `commits` appended since. */
export function runBytes(
  blocks: readonly Uint8Array[],
  commits: readonly Commit[],
): { bytes: Uint8Array; starts: number[] } {
  const summary = { seq: 9, blocks: blocks.length, entries: blocks.length };
  return framed([
    { ...header, flags: 0 },
    ...blocks.map((payload) => ({ kind: KIND.block, payload })),
    { kind: KIND.runEnd, payload: writeRunEnd(summary) },
    ...commits.map(({ payload }) => ({ kind: KIND.commit, payload, flags: FLIGHT })),
  ]);
}

export function mediumOf(bytes: Uint8Array): MemoryMedium {
  const medium = new MemoryMedium();
  if (bytes.length > 0) medium.parts = [bytes];
  medium.end = bytes.length;
  return medium;
}

export function bytesOf(medium: MemoryMedium): Uint8Array {
  return concat(medium.parts);
}

/** The byte log of `medium`, with some of its answers changed. */
export function bytesWith(medium: MemoryMedium, changes: Partial<ByteLog>): ByteLog {
  const inner = memoryBytes(medium);
  return {
    capabilities: inner.capabilities,
    settled: inner.settled,
    open: (options) => inner.open(options),
    read: (after) => inner.read(after),
    append: (chunks, options) => inner.append(chunks, options),
    truncate: async (position) => inner.truncate?.(position),
    replace: (chunks, options) => inner.replace(chunks, options),
    close: () => inner.close(),
    destroy: () => inner.destroy(),
    ...changes,
  };
}

export async function itemsOf(log: Log, after?: Position): Promise<LogItem[]> {
  const items: LogItem[] = [];
  for await (const batch of log.read(after)) items.push(...batch);
  return items;
}

export interface Opened {
  log: Log;
  items: LogItem[];
  /** Where the next append goes. */
  end: Position;
}

/** Opens and reads the log. */
export async function opened(log: Log, cipher?: Cipher): Promise<Opened> {
  await log.open({ readOnly: false, mode: 'create', cipher });
  const items = await itemsOf(log);
  return { log, items, end: items.at(-1)?.position ?? 0 };
}

export function openedBytes(
  bytes: Uint8Array,
  changes: Partial<ByteLog> = {},
  cipher?: Cipher,
): Promise<Opened> {
  return opened(frameLog(bytesWith(mediumOf(bytes), changes)), cipher);
}

/** What the items are, in short: `commit 3`, `torn 17`. */
export function told(items: readonly LogItem[]): string[] {
  return items.map((item) => {
    if (item.type === 'commit') return `commit ${item.commit.seq}`;
    if (item.type === 'torn') return `torn ${item.bytes}`;
    if (item.type === 'block') return `block ${Buffer.from(item.bytes).toString()}`;
    return item.type;
  });
}

export async function* once<T>(...all: T[]): AsyncGenerator<T> {
  yield* all;
}
