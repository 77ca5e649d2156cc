/** Compactions of logs that have no garbage, and have only grown. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { stored, turns } from '../../test/durable-stores.ts';
import { RecordingLog } from '../../test/recording-log.ts';
import { IsokvError, logConflict, memoryLog, Store, type StoreOptions } from '../index.ts';
import { Run } from '../table/run.ts';

const MIB = 1024 * 1024;
const TEXT = 'x'.repeat(MIB);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Growing {
  readonly log: RecordingLog;
  readonly store: Store;
  /** Adds entries of 1 MiB. */
  grow(count: number): Promise<void>;
}

async function opened(options: StoreOptions = {}, log = replaying()): Promise<Growing> {
  const store = await Store.open(log, options);
  const grow = async (count: number): Promise<void> => {
    for (let left = count; left > 0; left--) await store.set(`key${store.size}`, TEXT);
  };
  return { log, store, grow };
}

function replaying(): RecordingLog {
  return new RecordingLog(undefined, false, true);
}

function rewrites(log: RecordingLog): number {
  return log.calls.filter((call) => call === 'replace').length;
}

/** Lets time go by, and whatever then begins come to its end: its pauses are timers, too. */
async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  for (let round = 0; round < 50; round++) {
    await turns();
    await vi.advanceTimersByTimeAsync(1);
  }
}

describe('a log that has only grown', () => {
  test('is compacted ten seconds after there was more to replay than 4 MiB, and once', async () => {
    const { log, store, grow } = await opened();
    await grow(3);
    await pass(60_000);
    expect(rewrites(log)).toBe(0);
    await grow(1);
    await pass(5000);
    await grow(1);
    await pass(4800);
    expect(rewrites(log)).toBe(0);
    await pass(200);
    expect(rewrites(log)).toBe(1);
    await pass(60_000);
    expect(rewrites(log)).toBe(1);
    expect(Object.keys(await stored(log.medium))).toHaveLength(5);
    await store.close();
  });

  test('is compacted again when there is more to replay than in the run', async () => {
    const { log, store, grow } = await opened();
    const sizes: number[] = [];
    for (let size = 1; size <= 20; size++) {
      const before = rewrites(log);
      await grow(1);
      await pass(10_000);
      if (rewrites(log) > before) sizes.push(size);
    }
    expect(sizes).toEqual([4, 9, 19]);
    await store.close();
  });

  test('is not, where that is not to be, or would not help', async () => {
    for (const growing of [await opened({ compaction: 'manual' }), await opened({}, new RecordingLog())]) {
      await growing.grow(6);
      await pass(60_000);
      expect(rewrites(growing.log)).toBe(0);
    }
  });

  test('is not, once it has been compacted meanwhile', async () => {
    const { log, store, grow } = await opened();
    await grow(5);
    const compacted = store.compact();
    await pass(0);
    await compacted;
    await pass(60_000);
    expect(rewrites(log)).toBe(1);
  });

  test('and is opened again is compacted after the next write', async () => {
    const first = await opened();
    await first.grow(5);
    await first.store.close();
    const log = new RecordingLog(first.log.medium, false, true);
    const { store } = await opened({}, log);
    await pass(60_000);
    expect(rewrites(log)).toBe(0); // Opening writes nothing.
    await store.set('small', 1);
    await pass(10_000);
    expect(rewrites(log)).toBe(1);
  });
});

describe('a compaction that nobody asked for, and that fails', () => {
  async function failing(
    error: Error,
  ): Promise<Growing & { errors: unknown[]; tries: () => Promise<number[]> }> {
    const log = Object.assign(replaying(), { error });
    const growing = await opened({}, log);
    const errors: unknown[] = [];
    growing.store.on('error', (told) => errors.push(told));
    await growing.grow(4);
    /** At which of the next 200 seconds it is tried, in steps of ten. */
    const tries = async (): Promise<number[]> => {
      const tried: number[] = [];
      for (let second = 10; second <= 200; second += 10) {
        const before = rewrites(log);
        await growing.store.set('small', second);
        await pass(10_000);
        if (rewrites(log) > before) tried.push(second);
      }
      return tried;
    };
    return { ...growing, errors, tries };
  }

  test('is tried again ever less often, and told once', async () => {
    const error = new IsokvError('TIMEOUT', 'another tab hangs');
    const { log, store, errors, tries } = await failing(error);
    log.failing.replace = 4;
    expect(await tries()).toEqual([10, 30, 70, 150]);
    expect(errors).toEqual([error]);
    await store.close();
  });

  test('rejects all the same when it is asked for', async () => {
    const error = new IsokvError('TIMEOUT', 'another tab hangs');
    const { log, store, tries } = await failing(error);
    log.failing.replace = 99;
    await tries();
    await expect(store.compact()).rejects.toBe(error);
    await store.close();
  });

  test('for others write all the time is no error', async () => {
    const { log, store, errors, tries } = await failing(logConflict());
    log.failing.replace = 5;
    expect(await tries()).toEqual([10, 20]);
    expect(errors).toEqual([]);
    await store.close();
  });
});

describe('such a compaction', () => {
  test('leaves in memory what was there: no read searches the run that it has made', async () => {
    const { log, store, grow } = await opened();
    await store.set('object', { a: [1] });
    const object = store.get('object');
    await grow(5);
    await pass(10_000);
    expect(rewrites(log)).toBe(1);
    const searches = vi.spyOn(Run.prototype, 'find');
    const reads = vi.spyOn(Run.prototype, 'read');
    for (const [key, value] of store.entries()) {
      expect(value).toBe(key === 'object' ? object : TEXT);
      expect(store.get(key)).toBe(value);
    }
    expect([searches.mock.calls, reads.mock.calls]).toEqual([[], []]);
    const { entries, logBytes, liveBytes } = store.stats();
    expect(entries).toBe(6);
    expect(logBytes).toBeGreaterThan(5 * MIB);
    expect(logBytes).toBeLessThan(liveBytes + 1000);
    // One that was asked for gets rid of it all the same.
    const compacted = store.compact();
    await pass(0);
    await compacted;
    expect(store.get('key1')).toBe(TEXT);
    expect(searches.mock.calls).toEqual([['key1']]);
    await store.close();
  });

  test.each([false, true])(
    'and what is written in the middle of it is there after it. It fails: %s',
    async (fails) => {
      let now = 0;
      const clock = vi.spyOn(Date, 'now').mockImplementation(() => now++); // Every slice is soon over.
      const { log, store, grow } = await opened({ now: () => 1000, sweepInterval: 60_000 });
      const errors: unknown[] = [];
      store.on('error', (error) => errors.push(error));
      const model = new Map<string, unknown>();
      const set = (key: string, value: unknown): void => {
        void store.set(key, value);
        model.set(key, value);
      };
      try {
        for (let i = 0; i < 3000; i++) set(`small${i}`, i);
        store.namespace('cleared').set('a', 1);
        store.set('expiring', 1, { ttl: 1 });
        for (let i = 0; i < 4; i++) model.set(`key${store.size + i}`, TEXT);
        await grow(4);
        log.failing.replace = Number(fails);
        const compacted = vi.advanceTimersByTimeAsync(10_000);
        await turns();
        expect(rewrites(log)).toBe(1);
        expect(log.medium.base).toBe(0); // It has paused.
        for (let i = 0; i < 3000; i += 2) set(`small${i}`, -i);
        const done = store.transaction((tx) => {
          tx.deleteRange({ prefix: 'small29' });
          tx.set('new', { x: 1 });
        });
        for (const key of [...model.keys()]) if (key.startsWith('small29')) model.delete(key);
        model.set('new', { x: 1 });
        store.namespace('cleared').clear();
        expect([...store.keys({ prefix: 'small1' })]).toHaveLength(1111);
        await Promise.all([compacted, done, pass(500)]);
        expect(log.medium.base > 0).toBe(!fails);
        expect(errors).toHaveLength(Number(fails));
        expect(Object.fromEntries(store.entries())).toEqual({ ...Object.fromEntries(model), expiring: 1 });
        expect(await stored(log.medium, { now: () => 1002 })).toEqual(Object.fromEntries(model));
        expect(store.namespaces()).toEqual(['']);
      } finally {
        clock.mockRestore();
        await store.close();
      }
    },
  );
});

describe('closing', () => {
  test('begins no compaction that was to come', async () => {
    const { log, store, grow } = await opened();
    await grow(5);
    await store.close();
    await pass(60_000);
    expect(log.calls.at(-1)).toBe('close');
    expect(rewrites(log)).toBe(0);
  });

  test('gives up a compaction that began by itself, not one that was asked for', async () => {
    let now = 0;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now++); // Every slice is soon over.
    try {
      for (const asked of [false, true]) {
        const { log, store, grow } = await opened();
        for (let i = 0; i < 5000; i++) void store.set(`small${i}`, i);
        await grow(4);
        const compacted = asked ? store.compact() : vi.advanceTimersByTimeAsync(10_000);
        await turns();
        expect(rewrites(log)).toBe(1);
        expect(log.medium.base).toBe(0); // It has paused.
        const closed = store.close();
        await pass(100);
        await Promise.all([compacted, closed]);
        expect(log.medium.base > 0).toBe(asked);
        const copy = await Store.open(memoryLog(log.medium), { readOnly: true });
        expect(copy.size).toBe(5004);
      }
    } finally {
      clock.mockRestore();
    }
  });
});
