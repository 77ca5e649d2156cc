/** A byte log in IndexedDB or, where that cannot be had and the user has agreed to it, in memory. */
import type { ByteLog, IsokvError } from '@isokv/core';
import { OwnBytes } from './own-bytes.ts';

/** With these the browser says that it has no IndexedDB for us; with all others that something is wrong with the store. */
const ABSENT = ['UNSUPPORTED', 'TIMEOUT'];

/** Has `bytes` open memory instead where they are absent, and tells why. */
export function withFallback<Bytes extends ByteLog>(
  bytes: Bytes,
  onFallback: (error: IsokvError) => void,
): Bytes {
  const memory = new OwnBytes();
  const open = bytes.open.bind(bytes);
  const either = Object.assign(bytes, {
    instead: undefined as ByteLog | undefined,
    open(options: Parameters<ByteLog['open']>[0]): Promise<void> {
      either.instead = undefined;
      return open(options).catch(async (error: IsokvError) => {
        if (!ABSENT.includes(error.code)) throw error;
        await memory.open(options);
        either.instead = memory;
        onFallback(error);
      });
    },
  });
  return either;
}
