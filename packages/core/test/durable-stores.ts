/** Helpers of the tests of stores on a medium: turns of the event loop, and what a store and its medium hold. */
import { type MemoryMedium, memoryLog, Store, type StoreOptions } from '../src/index.ts';

/** Lets the event loop turn: every microtask that is due has run then. */
export async function turns(count = 1): Promise<void> {
  for (let left = count; left > 0; left--) await new Promise((resolve) => setImmediate(resolve));
}

/** All entries of the default namespace. */
export function content(store: Store): Record<string, unknown> {
  return Object.fromEntries(store.entries());
}

/** All entries that the medium holds, as a store that opens it finds them. */
export async function stored(
  medium: MemoryMedium,
  options: StoreOptions = {},
): Promise<Record<string, unknown>> {
  const store = await Store.open(memoryLog(medium), { readOnly: true, ...options });
  try {
    return content(store);
  } finally {
    await store.close();
  }
}

/** The rejections nobody handled while `task` ran. */
export async function unhandled(task: () => Promise<void>): Promise<unknown[]> {
  const found: unknown[] = [];
  const listeners = process.listeners('unhandledRejection');
  const listener = (error: unknown): void => void found.push(error);
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', listener);
  try {
    await task();
    await turns(3);
  } finally {
    process.off('unhandledRejection', listener);
    for (const each of listeners) process.on('unhandledRejection', each);
  }
  return found;
}

/** Notes the events of a store, in order: `error`, `degraded`, `ok`. */
export function eventsOf(store: Store): string[] {
  const events: string[] = [];
  store.on('error', () => events.push('error'));
  store.on('health', ({ status }) => events.push(status));
  return events;
}

/** Lets the event loop turn until it is so. */
export async function until(condition: () => boolean): Promise<void> {
  for (let left = 100_000; !condition(); left--) {
    if (left === 0) throw new Error(`never came: ${condition.toString()}`);
    await turns();
  }
}
