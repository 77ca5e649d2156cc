/** Several stores write to one log, at once: all of them come to hold the same, and nothing is lost. */
import { describe, expect, test } from 'vitest';
import { content, stored, turns, until } from '../../test/durable-stores.ts';
import { compacted, converged, pair, tabs } from '../../test/tabs.ts';
import { MemoryMedium, memoryLog, Store } from '../index.ts';

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

describe('two stores of one log', () => {
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

  test('a compaction of a store that is empty puts nothing in the place of what another writes and compacts meanwhile', async () => {
    const medium = new MemoryMedium();
    const a = await Store.open(memoryLog(medium));
    const log = memoryLog(medium);
    const replace = log.replace.bind(log);
    let isFirst = true;
    let tell = (): void => undefined;
    log.watch = (onAppend) => {
      tell = onAppend;
      return () => undefined;
    };
    log.replace = async (items, options) => {
      if (isFirst) {
        isFirst = false;
        await a.set('k', 1);
        await a.compact();
        tell();
        await until(() => b.get('k') === 1);
      }
      return replace(items, options);
    };
    const b = await Store.open(log);
    await b.compact();
    expect(await stored(medium)).toEqual({ k: 1 });
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

  test('callbacks run once when nobody comes between', async () => {
    const { a } = await pair();
    let runs = 0;
    await a.transaction((tx) => {
      runs++;
      tx.set('k', 1);
    });
    expect(runs).toBe(1);
  });
});
