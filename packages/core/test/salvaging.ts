/** A log with everything in it that can be damaged, and stores that salvage. */
import type { Message } from '../src/format/scanner.ts';
import { type ByteLog, frameLog, MemoryMedium, memoryLog, Store, type StoreOptions } from '../src/index.ts';
import { messagesOf } from './damaged.ts';
import { bytesOf, bytesWith, mediumOf } from './logs.ts';

export const salvage: StoreOptions = { recovery: 'salvage', compaction: 'manual' };

/** A run of three blocks, an entry that expires, and commits of every kind of change. */
export async function write(medium: MemoryMedium, options: StoreOptions = {}): Promise<void> {
  const store = await Store.open(memoryLog(medium), { ...options, compaction: 'manual' });
  void store.setMany([
    ['a', 1],
    ['b', 'two'],
  ]);
  void store.set('c', 3, { expiresAt: 9e12 });
  void store.namespace('x').set('a', { n: 1 });
  void store.namespace('y').set('a', null);
  await store.compact();
  await store.set('a', 2);
  void store.namespace('x').set('b', 'new');
  await store.delete('b');
  await store.set('d', 'last but two');
  await store.namespace('y').clear();
  await store.set('a', 3);
  await store.close();
}

/** Opens a store on bytes all of which are known to have been durable, so that no damage is a torn tail. */
export async function opened(
  bytes: Uint8Array,
  { settled = bytes.length, ...options }: StoreOptions & Partial<ByteLog> = {},
): Promise<{ store: Store; medium: MemoryMedium }> {
  const medium = mediumOf(bytes);
  const log = frameLog(bytesWith(medium, { settled, isOurs: true }));
  return { store: await Store.open(log, { ...salvage, ...options }), medium };
}

/** The bytes of such a log, and the messages in them. */
export async function wholeLog(): Promise<{ whole: Uint8Array; messages: Message[] }> {
  const medium = new MemoryMedium();
  await write(medium);
  const whole = bytesOf(medium);
  return { whole, messages: messagesOf(whole) };
}
