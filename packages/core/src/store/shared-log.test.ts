import { describe, expect, test } from 'vitest';
import { content, eventsOf, stored, turns, unhandled, until } from '../../test/durable-stores.ts';
import { RandomDelays } from '../../test/random-delays.ts';
import { RecordingLog } from '../../test/recording-log.ts';
import { frameLog, IsokvError, MemoryMedium, memoryBytes, memoryLog, Store } from '../index.ts';
import { type ByteFault, faultyByteLog } from '../testing/index.ts';

async function tabs(
  count: number,
  seed = 1,
): Promise<{ medium: MemoryMedium; stores: Store[]; delays: RandomDelays }> {
  const medium = new MemoryMedium();
  const delays = new RandomDelays(seed);
  const stores: Store[] = [];
  for (let i = 0; i < count; i++) stores.push(await Store.open(delays.log(memoryLog(medium))));
  return { medium, stores, delays };
}

/** Waits until every store has taken in what the others wrote, and compares them with what the medium holds. */
async function converged(medium: MemoryMedium, stores: readonly Store[]): Promise<Store> {
  for (const store of stores) await store.flush();
  const copy = await Store.open(memoryLog(medium));
  const data = Buffer.from(copy.toData());
  const wanted = { health: 'ok', pendingCommits: 0, seq: copy.stats().seq };
  await until(() => stores.every((store) => store.stats().seq === wanted.seq && data.equals(store.toData())));
  for (const store of stores) expect(store.stats()).toMatchObject(wanted);
  return copy;
}

describe.each([1, 2, 3, 4])('four stores of one log, delays of seed %i', (seed) => {
  test('increments are exact, and each resolves to its own figure', async () => {
    const { medium, stores, delays } = await tabs(4, seed);
    const results: Promise<number>[] = [];
    for (let i = 0; i < 25; i++) {
      for (const store of stores) if (delays.chance(0.8)) results.push(store.increment('n'));
      await turns(delays.below(3));
    }
    const figures = await Promise.all(results);
    expect(figures.sort((a, b) => a - b)).toEqual(figures.map((_, i) => i + 1));
    const copy = await converged(medium, stores);
    expect(content(copy)).toEqual({ n: figures.length });
  });

  test('transfers keep the sum, in every store at every moment', async () => {
    const { medium, stores, delays } = await tabs(4, seed);
    const names = ['a', 'b', 'c', 'd'];
    const [first] = stores;
    await first?.setMany(names.map((name) => [name, 100]));
    await converged(medium, stores);
    const transfers: Promise<unknown>[] = [];
    for (let i = 0; i < 30; i++) {
      for (const store of stores) {
        const from = names[delays.below(4)] as string;
        const to = names[delays.below(4)] as string;
        const amount = delays.below(50);
        const transfer = store.transaction((tx) => {
          if ((tx.require(from) as number) < amount) return false;
          tx.decrement(from, amount);
          tx.increment(to, amount);
          return true;
        });
        transfers.push(transfer);
        const balances = [...store.values()] as number[];
        expect(balances.reduce((sum, each) => sum + each)).toBe(400);
        expect(Math.min(...balances)).toBeGreaterThanOrEqual(0);
      }
      await turns(delays.below(3));
    }
    await Promise.all(transfers);
    const copy = await converged(medium, stores);
    expect(([...copy.values()] as number[]).reduce((sum, each) => sum + each)).toBe(400);
  });

  test('everything at once, and compactions by all of them, converges', async () => {
    const { medium, stores, delays } = await tabs(4, seed);
    const promises: Promise<unknown>[] = [];
    let increments = 0;
    for (let i = 0; i < 40; i++) {
      for (const [nth, store] of stores.entries()) {
        const space = store.namespace(delays.chance(0.5) ? '' : 'x');
        const key = `key${delays.below(6)}`;
        promises.push(space.set(key, { by: nth, i }));
        if (delays.chance(0.3)) promises.push(space.delete(`key${delays.below(6)}`));
        if (delays.chance(0.05)) promises.push(store.namespace('x').clear());
        if (delays.chance(0.5)) promises.push(store.increment('n').then(() => increments++));
        if (delays.chance(0.1)) promises.push(space.set(key, i, { ttl: 1e9 }));
        if (delays.chance(0.04)) promises.push(compacted(store));
      }
      await turns(delays.below(3));
    }
    await Promise.all(promises);
    const copy = await converged(medium, stores);
    expect(copy.get('n')).toBe(increments);
    await copy.verify();
  });
});

/** A compaction may give up when others write all the time; that is not an error here. */
async function compacted(store: Store): Promise<void> {
  await store.compact().catch((error: { code?: string }) => expect(error.code).toBe('LOG_CONFLICT'));
}

describe('two stores of one log', () => {
  async function pair(): Promise<{ medium: MemoryMedium; a: Store; b: Store }> {
    const { medium, stores } = await tabs(2);
    return { medium, a: stores[0] as Store, b: stores[1] as Store };
  }

  test('a clear and a deletion that arrive second are made again, and take what came first along', async () => {
    const { medium, a, b } = await pair();
    await Promise.all([a.set('kept', 1), a.namespace('n').set('first', 1)]);
    await converged(medium, [a, b]);
    await Promise.all([
      ...[a.set('kept', 2), a.namespace('n').set('second', 2)],
      ...[b.delete('kept'), b.namespace('n').clear()],
    ]);
    const copy = await converged(medium, [a, b]);
    expect([copy.size, copy.namespace('n').size]).toEqual([0, 0]);
  });

  test('what a set evicts that arrives second is found anew, and nothing more goes', async () => {
    const medium = new MemoryMedium();
    const options = { maxEntries: 2, eviction: 'lru' } as const;
    const stores = [
      await Store.open(memoryLog(medium), options),
      await Store.open(memoryLog(medium), options),
    ];
    const [one, two] = stores as [Store, Store];
    await one.setMany(['a', 'b'].map((key) => [key, 1]));
    await converged(medium, stores);
    await Promise.all([one.set('a', 2), two.set('c', 1)]);
    const copy = await converged(medium, stores);
    expect(content(copy)).toEqual({ a: 2, c: 1 });
  });

  test('of two plain sets the last to arrive wins, for both', async () => {
    const { medium, a, b } = await pair();
    await Promise.all([a.set('k', 'a'), b.set('k', 'b'), a.set('l', 'a'), b.delete('l')]);
    const copy = await converged(medium, [a, b]);
    expect(['a', 'b']).toContain(copy.get('k'));
  });

  test('an explicit transaction is in CONFLICT with a commit of another', async () => {
    const { a, b } = await pair();
    await a.set('k', 1);
    await until(() => b.get('k') === 1);
    const read = b.begin();
    const other = b.begin();
    read.set('l', (read.get('k') as number) + 1);
    other.set('m', 1);
    await a.set('k', 2);
    await until(() => b.get('k') === 2);
    await expect(read.commit()).rejects.toMatchObject({ code: 'CONFLICT' });
    await other.commit();
    expect(content(b)).toEqual({ k: 2, m: 1 });
  });

  test('an explicit transaction is in CONFLICT with a change that a rewrite by another has swallowed', async () => {
    const medium = new MemoryMedium();
    const a = await Store.open(memoryLog(medium));
    const log = new RecordingLog(medium, true);
    const b = await Store.open(log);
    await a.set('k', 1);
    await until(() => b.get('k') === 1);
    const read = b.begin();
    read.set('l', (read.get('k') as number) + 1);
    const go = log.hold();
    const busy = b.set('n', 1); // It takes in nothing before this is over.
    await turns();
    await a.set('k', 2);
    await a.compact();
    go();
    await busy;
    await expect(read.commit()).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(content(b)).toEqual({ k: 2, n: 1 });
  });

  test('an explicit transaction that was committed here, and turns out to come second, is in CONFLICT', async () => {
    const { medium, a, b } = await pair();
    await a.set('k', 1);
    await until(() => b.get('k') === 1);
    const tx = b.begin();
    tx.set('l', (tx.get('k') as number) + 1);
    const first = a.set('k', 2);
    const second = tx.commit();
    expect(b.get('l')).toBe(2);
    await expect(second).rejects.toMatchObject({ code: 'CONFLICT' });
    await first;
    await converged(medium, [a, b]);
    expect(content(b)).toEqual({ k: 2 });
  });

  test('a transaction that throws when it runs again rejects, and leaves nothing', async () => {
    const { medium, a, b } = await pair();
    const take = (store: Store): Promise<void> =>
      store.transaction((tx) => {
        if (tx.has('seat')) throw new Error('taken');
        tx.set('seat', store === a ? 'a' : 'b');
        tx.namespace('log').set(store === a ? 'a' : 'b', 1);
      });
    const outcomes = await Promise.allSettled([take(a), take(b)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const copy = await converged(medium, [a, b]);
    expect([...copy.namespace('log').keys()]).toEqual([copy.get('seat')]);
  });

  test('a clear that is taken back restores all, even in the middle of a compaction', async () => {
    const { medium, a, b } = await pair();
    for (let i = 0; i < 20; i++) void a.set(`key${i}`, { i });
    await a.compact();
    void a.set('more', 1);
    await converged(medium, [a, b]);
    const compaction = compacted(b);
    await turns();
    const stop = a.set('stop', 1);
    const cleared = b.transaction((tx) => {
      if (tx.has('stop')) throw new Error('stopped');
      tx.clear();
    });
    await Promise.allSettled([stop, cleared, compaction]);
    await b.compact();
    const copy = await converged(medium, [a, b]);
    const outcome = await cleared.then(
      () => 'cleared',
      () => 'stopped',
    );
    expect(copy.size).toBe(outcome === 'cleared' ? copy.size : 22);
  });

  test('watchers and listeners are told of what the other wrote', async () => {
    const { a, b } = await pair();
    const seen: string[] = [];
    b.on('change', ({ origin, changes }) => {
      for (const { type, namespace, key } of changes) seen.push(`${origin} ${type} ${namespace}/${key}`);
    });
    let calls = 0;
    b.watch('k', () => calls++);
    b.watch({ prefix: 'z' }, () => calls++);
    void a.set('k', 1);
    await a.namespace('x').set('y', 2);
    await until(() => b.get('k') === 1);
    expect(seen).toEqual(['remote put /k', 'remote put x/y']);
    expect(calls).toBe(1);
    await a.delete('k');
    await until(() => !b.has('k'));
    expect(seen.at(-1)).toBe('remote delete /k');
    expect(calls).toBe(2);
    await b.set('k', 3);
    expect(seen.at(-1)).toBe('local put /k');
  });

  test('two compactions at once both end, and lose nothing', async () => {
    const { medium, a, b } = await pair();
    for (let i = 0; i < 50; i++) void (i % 2 ? a : b).set(`key${i}`, { i });
    await Promise.all([a.compact(), b.compact(), a.set('x', 1), b.set('y', 2)]);
    await converged(medium, [a, b]);
    expect(Object.keys(await stored(medium))).toHaveLength(52);
  });

  test('the rewrite of one is taken in by the other, with its own writes on top', async () => {
    const { medium, a, b } = await pair();
    for (let i = 0; i < 50; i++) await a.set(`key${i % 5}`, i);
    const compaction = a.compact();
    for (let i = 0; i < 20; i++) {
      void b.increment('n');
      await turns();
    }
    await compaction;
    await converged(medium, [a, b]);
    expect(await stored(medium)).toMatchObject({ n: 20 });
  });

  test('a write of a store that opens while the other writes goes on top', async () => {
    const { medium, a } = await pair();
    const opening = Store.open(memoryLog(medium));
    for (let i = 0; i < 5; i++) await a.increment('n');
    const late = await opening;
    expect(await late.increment('n')).toBe(6);
    await converged(medium, [a, late]);
  });

  test('a failed rerun that nobody awaits is one unhandled rejection', async () => {
    const medium = new MemoryMedium();
    const a = await Store.open(memoryLog(medium));
    const b = await Store.open(memoryLog(medium));
    await Promise.all([a.flush(), b.flush(), turns()]);
    const errors = await unhandled(async () => {
      void a.set('seat', 'a');
      void b.transaction((tx) => {
        if (tx.has('seat')) throw new Error('taken');
        tx.set('seat', 'b');
      });
      await until(() => b.get('seat') === 'a' && b.stats().pendingCommits === 0);
    });
    expect(errors).toHaveLength(1);
  });

  test('callbacks run once when nobody comes between', async () => {
    const { a } = await pair();
    let runs = 0;
    await a.transaction((tx) => {
      runs++;
      tx.set('k', 1);
    });
    expect(runs).toBe(1);
  });

  test('what another writer damaged takes nothing from memory, and is not written over', async () => {
    const { medium, a } = await pair();
    await a.set('kept', 1);
    const other = memoryLog(medium);
    await other.open({ readOnly: false, mode: 'mustExist' });
    for await (const _ of other.read());
    // A commit that leaves a gap, and ends in the middle of a change.
    const position = await other.append([{ seq: 70, payload: Uint8Array.of(70, 2, 1) }], {
      durability: 'none',
      after: medium.end,
    });
    await expect(a.set('mine', 2)).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(content(a)).toEqual({ kept: 1, mine: 2 });
    await expect(a.set('more', 3)).rejects.toMatchObject({
      code: expect.stringMatching(/CORRUPT|LOG_CONFLICT/),
    });
    expect(medium.end).toBe(position);
  });

  test('a store whose log has failed is not kept busy by news of others', async () => {
    const medium = new MemoryMedium();
    const always = { forever: true, fails: 'before' } as const;
    const faults = [
      { operation: 'append', ...always },
      { operation: 'replace', ...always },
    ] as const;
    const a = await Store.open(frameLog(faultyByteLog(memoryBytes(medium), faults)));
    const b = await Store.open(memoryLog(medium));
    await expect(a.set('a', 1)).rejects.toMatchObject({ code: 'IO' });
    await b.set('b', 1);
    await turns(5);
    expect(a.stats()).toMatchObject({ health: 'degraded', pendingCommits: 0 });
    await expect(a.set('a', 2)).rejects.toMatchObject({ code: 'IO' });
  });

  test('what one could not write goes on top of what the other has written since', async () => {
    const medium = new MemoryMedium();
    const faults = [
      { operation: 'append', call: 2, fails: 'before' },
      { operation: 'replace', fails: 'before' },
    ] as const;
    const a = await Store.open(frameLog(faultyByteLog(memoryBytes(medium), faults)));
    const b = await Store.open(memoryLog(medium));
    await a.increment('n');
    await expect(a.increment('n')).rejects.toMatchObject({ code: 'IO' });
    await b.set('b', 1);
    await b.increment('n');
    await expect(a.increment('n', 10)).rejects.toMatchObject({ code: 'IO' });
    expect(content(a)).toEqual({ n: 12 });
    await a.flush();
    const copy = await converged(medium, [a, b]);
    expect(content(copy)).toEqual({ b: 1, n: 13 });
  });

  test('any amount of news that brings nothing is no failure', async () => {
    const { medium, a } = await pair();
    for (let i = 0; i < 150; i++) {
      for (const listener of medium.listeners) listener({});
      await turns();
    }
    expect(a.stats().health).toBe('ok');
  });

  test('a log that turns out to have vanished is written anew', async () => {
    const medium = new MemoryMedium();
    const error = new IsokvError('EVICTED', 'it has vanished');
    const faults: ByteFault[] = [];
    const a = await Store.open(frameLog(faultyByteLog(memoryBytes(medium), faults)));
    const b = await Store.open(memoryLog(medium));
    const events = eventsOf(a);
    await a.set('a', 1);
    await converged(medium, [a, b]);
    a.on('health', () => faults.splice(0));
    faults.push({ operation: 'read', forever: true, fails: 'before', error });
    await b.set('more', 2);
    await until(() => events.length > 1);
    expect(events).toEqual(['degraded', 'ok']);
    await converged(medium, [a, b]);
    expect(await stored(medium)).toEqual({ a: 1, more: 2 });
  });

  test('a log that only ever conflicts is given up', async () => {
    const medium = new MemoryMedium();
    const error = new IsokvError('LOG_CONFLICT', 'so it says');
    const faults = [{ operation: 'append', forever: true, fails: 'before', error }] as const;
    const store = await Store.open(frameLog(faultyByteLog(memoryBytes(medium), faults)));
    await expect(store.set('a', 1)).rejects.toMatchObject({ code: 'LOG_CONFLICT' });
    expect(store.get('a')).toBe(1);
  });
});

test('entries that come back when a clear is taken back still expire', async () => {
  const medium = new MemoryMedium();
  let now = 1;
  const options = { now: () => now };
  const [a, b] = [await Store.open(memoryLog(medium), options), await Store.open(memoryLog(medium), options)];
  const entries = Array.from({ length: 1500 }, (_, i) => [`k${i}`, i] as const);
  await a.setMany(entries, { expiresAt: 1000 });
  await until(() => b.size === 1500);
  const other = a.set('stop', true); // Comes first: then there is nothing to clear.
  const cleared = b.transaction((tx) => {
    if (tx.has('stop')) return false;
    tx.clear();
    tx.setMany(entries, { expiresAt: 2000 }); // So many that what was to expire before is forgotten.
    return true;
  });
  await other;
  expect(await cleared).toBe(false);
  expect(b.size).toBe(1501);
  now = 1000;
  expect([b.size, b.sweep()]).toEqual([1, 0]);
});
