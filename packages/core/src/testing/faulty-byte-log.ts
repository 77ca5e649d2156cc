import { concat } from '../bytes/concat.ts';
import { IsokvError } from '../errors.ts';
import type { ByteChunk, ByteLog, SyncByteLog } from '../log/log.ts';
import { pause } from './assert.ts';

export type ByteOperation = 'open' | 'read' | 'append' | 'truncate' | 'replace' | 'close' | 'destroy';

/** Something that goes wrong with one call, or with every call from one on. */
export interface ByteFault {
  readonly operation: ByteOperation;
  /** Which call of that operation, counted from 1: the first, if not given. */
  readonly call?: number;
  /** From that call on, every one. */
  readonly forever?: boolean;
  /** The call begins this much later, unless it is `sync`. Milliseconds. */
  readonly delayMs?: number;
  /** Only so many bytes of an append, a read or the chunks of a replace pass. A read then just ends. */
  readonly onlyBytes?: number;
  /** Rejects before anything is done, or after all of it (or `onlyBytes` of it) was: a lost answer. */
  readonly fails?: 'before' | 'after';
  /** What it rejects with: an `IsokvError` with code IO, if not given. */
  readonly error?: Error;
}

/**
 * A byte log on which chosen calls go wrong, to test what your own code does then. `faults` is looked at with
 * every call, so you may change it; the first that fits takes effect.
 *
 *     const bytes = faultyByteLog(memoryBytes(), [{ operation: 'append', call: 3, onlyBytes: 10, fails: 'after' }]);
 *     const store = await Store.open(syncFrameLog(bytes));
 */
export function faultyByteLog(bytes: ByteLog, faults: readonly ByteFault[]): ByteLog {
  const counts: Partial<Record<ByteOperation, number>> = {};
  const next = (operation: ByteOperation): ByteFault | undefined => {
    const count = (counts[operation] ?? 0) + 1;
    counts[operation] = count;
    return faults.find(
      ({ operation: of, call = 1, forever }) =>
        of === operation && (forever ? count >= call : count === call),
    );
  };
  const call = async <T>(operation: ByteOperation, run: (onlyBytes: number) => Promise<T>): Promise<T> => {
    const fault = next(operation);
    if (fault?.delayMs !== undefined) await pause(fault.delayMs);
    if (fault?.fails === 'before') throw errorOf(fault);
    const result = await run(fault?.onlyBytes ?? Number.POSITIVE_INFINITY);
    if (fault?.fails === 'after') throw errorOf(fault);
    return result;
  };
  const { sync } = bytes;
  const appendSync: SyncByteLog['append'] = (chunks, options) => {
    const fault = next('append');
    if (fault?.fails === 'before') throw errorOf(fault);
    const part = concat(chunks).subarray(0, fault?.onlyBytes);
    const end = (sync as SyncByteLog).append([part], options);
    if (fault?.fails === 'after') throw errorOf(fault);
    return end;
  };
  return {
    capabilities: bytes.capabilities,
    ...(sync && { sync: { ...sync, append: appendSync } }),
    ...(bytes.onExit && { onExit: (listener) => (bytes.onExit as NonNullable<ByteLog['onExit']>)(listener) }),
    ...(bytes.crc32 && { crc32: bytes.crc32 }),
    ...(bytes.isOurs !== undefined && { isOurs: bytes.isOurs }),
    ...(bytes.check && { check: bytes.check.bind(bytes) }),
    ...(bytes.leave && { leave: bytes.leave.bind(bytes) }),
    ...(bytes.watch && { watch: (onAppend) => (bytes.watch as NonNullable<ByteLog['watch']>)(onAppend) }),
    get instead() {
      return bytes.instead;
    },
    get settled() {
      return bytes.settled;
    },
    get confirmed() {
      return bytes.confirmed ?? 0;
    },
    get mustReplace() {
      return bytes.mustReplace === true;
    },
    open: (options) => call('open', () => bytes.open(options)),
    read: (after) => faultyRead(next('read'), bytes.read(after)),
    append: (chunks, options) =>
      call('append', (onlyBytes) => bytes.append([concat(chunks).subarray(0, onlyBytes)], options)),
    ...(bytes.truncate && {
      truncate: (position) => call('truncate', () => (bytes as Required<ByteLog>).truncate(position)),
    }),
    replace: (chunks, options) =>
      call('replace', (onlyBytes) => bytes.replace(first(onlyBytes, chunks), options)),
    close: (options) => call('close', () => bytes.close(options)),
    destroy: () => call('destroy', () => bytes.destroy()),
  };
}

async function* faultyRead(
  fault: ByteFault | undefined,
  chunks: AsyncIterable<ByteChunk>,
): AsyncGenerator<ByteChunk> {
  if (fault?.delayMs !== undefined) await pause(fault.delayMs);
  if (fault?.fails === 'before') throw errorOf(fault);
  let left = fault?.onlyBytes ?? Number.POSITIVE_INFINITY;
  for await (const { position, bytes } of chunks) {
    yield { position, bytes: bytes.subarray(0, left) };
    left -= bytes.length;
    if (left <= 0) break;
  }
  if (fault?.fails === 'after') throw errorOf(fault);
}

async function* first(count: number, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const chunk of chunks) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) break;
  }
}

function errorOf({ operation, error }: ByteFault): Error {
  return error ?? new IsokvError('IO', `${operation} was made to fail`);
}
