/** What is done before it returns, and what a store learns of another's writes. */
import { describe, expect, test, vi } from 'vitest';
import { RecordingLog } from '../../test/recording-log.ts';
import { type Log, MemoryMedium, memoryLog, Store } from '../index.ts';

async function reopened(medium: MemoryMedium): Promise<Record<string, unknown>> {
  const store = await Store.open(memoryLog(medium), { readOnly: true });
  return Object.fromEntries(store.entries());
}

describe('flushSync', () => {
  test('resolves what it has written, and the append that was under way', async () => {
    const medium = new MemoryMedium();
    const store = await Store.open(memoryLog(medium));
    const promises = [store.set('a', 1)];
    await undefined;
    promises.push(store.set('b', 2));
    store.flushSync();
    await Promise.all(promises);
    await store.set('c', 3);
    expect(await reopened(medium)).toEqual({ a: 1, b: 2, c: 3 });
  });

  test('of a store in memory, or one that has nothing to write, does nothing', async () => {
    const store = new Store();
    store.set('a', 1);
    store.flushSync();
    const medium = new MemoryMedium();
    await (await Store.open(memoryLog(medium))).set('a', 1);
    (await Store.open(memoryLog(medium), { readOnly: true })).flushSync();
  });

  test('is UNSUPPORTED where the log cannot', async () => {
    const log = new RecordingLog();
    const store = await Store.open(log);
    const written = store.set('a', 1);
    expect(() => store.flushSync()).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
    await written;
    store.flushSync();
  });

  test('in the middle of a write is refused, and leaves the commit whole', async () => {
    const medium = new MemoryMedium();
    const store = await Store.open(memoryLog(medium));
    store.set('before', 1);
    const errors: unknown[] = [];
    const value = {
      get field() {
        void store.flush();
        try {
          store.flushSync();
        } catch (error) {
          errors.push(error);
        }
        return 2;
      },
    };
    await store.set('a', value);
    expect(errors[0]).toMatchObject({ code: 'NESTED_TRANSACTION' });
    expect(await reopened(medium)).toEqual({ before: 1, a: { field: 2 } });
  });

  test('throws what made the log fail', async () => {
    const log = new RecordingLog();
    const store = await Store.open(log);
    store.on('error', () => undefined);
    log.failing.append = 1;
    await expect(store.set('a', 1)).rejects.toBe(log.error);
    expect(() => store.flushSync()).toThrow(log.error);
    await store.flush();
    store.flushSync();
  });
});

describe('at the end of a process', () => {
  /** A log whose process can end. */
  function mortal(medium: MemoryMedium): { log: Log; end: () => void; listeners: Set<() => void> } {
    const listeners = new Set<() => void>();
    const log = Object.assign(memoryLog(medium), {
      onExit(listener: () => void) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    });
    return { log, listeners, end: () => listeners.forEach((listener) => void listener()) };
  }

  test('what was written last is written, also in the middle of a write', async () => {
    const medium = new MemoryMedium();
    const { log, end } = mortal(medium);
    const store = await Store.open(log);
    const first = store.set('a', 1);
    await undefined;
    const value = {
      get field() {
        end();
        return 2;
      },
    };
    store.set('b', value);
    expect(await reopened(medium)).toEqual({ a: 1 });
    end();
    expect(await reopened(medium)).toEqual({ a: 1, b: { field: 2 } });
    await first;
  });

  test('nobody is called any more once the store is closed, and no one who only reads', async () => {
    const medium = new MemoryMedium();
    const { log, listeners } = mortal(medium);
    const store = await Store.open(log);
    await store.set('a', 1);
    expect(listeners.size).toBe(1);
    await store.close();
    expect(listeners.size).toBe(0);
    await Store.open(log, { readOnly: true });
    expect(listeners.size).toBe(0);
  });
});

describe('refresh', () => {
  test('of who writes alone changes nothing', async () => {
    const log = new RecordingLog();
    const store = await Store.open(log);
    const written = store.set('a', 1);
    const read = vi.spyOn(log, 'read');
    await store.refresh();
    expect(read).not.toHaveBeenCalled();
    await written;
  });

  test('of a store in memory is UNSUPPORTED', async () => {
    await expect(new Store().refresh()).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });

  test('that fails leaves the store as it was, and the next one makes up for it', async () => {
    const medium = new MemoryMedium();
    const writer = await Store.open(new RecordingLog(medium));
    await writer.set('a', 1);
    const log = new RecordingLog(medium);
    const reader = await Store.open(log, { readOnly: true });
    await writer.set('b', 2);
    log.failing.read = 1;
    await expect(reader.refresh()).rejects.toBe(log.error);
    expect([...reader.keys()]).toEqual(['a']);
    await reader.refresh();
    expect([...reader.keys()]).toEqual(['a', 'b']);
  });
});
