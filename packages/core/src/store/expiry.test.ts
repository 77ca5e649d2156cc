import { afterEach, describe, expect, test, vi } from 'vitest';
import { clock, codeOf, LIVES, reopened, turn } from '../../test/stores.ts';
import { MemoryMedium, memoryLog } from '../log/memory-log.ts';
import { Store } from './store.ts';
import type { SetOptions } from './types.ts';

afterEach(() => void vi.useRealTimers());

describe.each(LIVES)('expiry $name', ({ begin }) => {
  test('a TTL of 1 ms, to the millisecond, and what it survives', async () => {
    const time = clock();
    const space = await begin(
      (at) => {
        for (const key of ['plain', 'updated', 'swapped', 'counted', 'kept', 'set', 'persisted'])
          at.set(key, 1, { ttl: 1 });
      },
      { now: time.now },
    );
    space.update('updated', () => ({ x: 1 }));
    space.compareAndSwap('swapped', 1, 'x');
    space.increment('counted');
    space.set('kept', { x: 2 }, { keepTtl: true });
    space.set('set', 2);
    space.persist('persisted');
    space.set('absent', 1, { keepTtl: true });
    expect([...space.keys()].map((key) => [key, space.ttl(key)])).toEqual([
      ['absent', undefined],
      ['counted', 1],
      ['kept', 1],
      ['persisted', undefined],
      ['plain', 1],
      ['set', undefined],
      ['swapped', 1],
      ['updated', 1],
    ]);
    expect(space.size).toBe(8);
    time.at += 1;
    expect([space.get('plain'), space.get('counted'), space.has('kept')]).toEqual([
      undefined,
      undefined,
      false,
    ]);
    expect([...space.keys()]).toEqual(['absent', 'persisted', 'set']);
    expect(space.size).toBe(3);
  });

  test('what has expired counts as absent for every write', async () => {
    const time = clock();
    const space = await begin(
      (at) => {
        for (const key of ['u', 'n', 'g', 'c', 'k', 'p', 'e']) at.set(key, 5, { ttl: 3 });
      },
      { now: time.now },
    );
    time.at += 3;
    space.update('u', (value) => String(value));
    space.increment('n');
    space.getOrSet('g', () => 'made');
    space.compareAndSwap('c', undefined, 'created');
    space.set('k', 1, { keepTtl: true });
    space.persist('p');
    space.expire('e', 10);
    expect(Object.fromEntries(space.entries())).toEqual({
      u: 'undefined',
      n: 1,
      g: 'made',
      c: 'created',
      k: 1,
    });
    expect([...space.keys()].map((key) => space.ttl(key))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

test('wrong times are refused and change nothing', () => {
  const store = new Store();
  store.set('a', 1);
  const wrong: unknown[] = [
    { ttl: 0 },
    { ttl: -1 },
    { ttl: Number.NaN },
    { ttl: Number.POSITIVE_INFINITY },
    { ttl: '5' },
    { ttl: null },
    { expiresAt: 0 },
    { expiresAt: -5 },
    { expiresAt: 2 ** 60 },
    { expiresAt: new Date(5) },
    { ttl: 5, expiresAt: 5 },
    { ttl: 5, keepTtl: true },
  ];
  for (const options of wrong as SetOptions[]) {
    expect(
      codeOf(() => store.set('a', 2, options)),
      JSON.stringify(options),
    ).toBe('INVALID_TTL');
    expect(codeOf(() => store.getOrSet('b', () => 2, options))).toBe('INVALID_TTL');
  }
  expect(codeOf(() => store.expire('a', -1))).toBe('INVALID_TTL');
  expect([...store.entries()]).toEqual([['a', 1]]);
  expect(store.ttl('a')).toBe(undefined);
});

test('seconds in the place of milliseconds are refused, unless the clock itself is before 1973', () => {
  const store = new Store();
  const seconds = Math.ceil(Date.now() / 1000) + 60;
  expect(() => store.set('a', 1, { expiresAt: seconds })).toThrow(
    `expiresAt must be a number of milliseconds above 100000000000, not ${seconds}`,
  );
  expect(store.size).toBe(0);
  store.set('a', 1, { expiresAt: seconds * 1000 });
  expect(store.get('a')).toBe(1);
  const young = new Store({ now: () => 1000 });
  young.set('a', 1, { expiresAt: 2000 });
  expect(young.ttl('a')).toBe(1000);
});

test('a fraction of a millisecond counts as a whole one; a time that has passed removes the entry', () => {
  const time = clock();
  const store = new Store({ now: time.now });
  store.set('a', 1, { ttl: 0.1 });
  expect(store.ttl('a')).toBe(1);
  store.set('b', 1, { expiresAt: time.at });
  store.set('c', { x: 1 }, { expiresAt: 2e11 });
  expect([store.get('b'), store.has('c'), store.size]).toEqual([undefined, false, 1]);
});

test('an entry that expires while the store is closed is gone when it opens, from commits and from a run', async () => {
  for (const compacts of [false, true]) {
    const time = clock();
    const medium = new MemoryMedium();
    const store = await Store.open(memoryLog(medium), { now: time.now });
    store.set('a', 1, { ttl: 10 });
    store.set('b', { x: 1 }, { ttl: 20 });
    store.namespace('n').set('a', 1, { ttl: 10 });
    if (compacts) await store.compact();
    time.at += 10;
    const again = await reopened(store, medium, { now: time.now });
    expect([again.get('a'), again.get('b'), again.size, again.namespaces()]).toEqual([
      undefined,
      { x: 1 },
      1,
      [''],
    ]);
    expect(again.expiresAt('b')).toBe(time.at + 10);
    expect(again.toData({ format: 'jsonl' })).not.toContain('"a"');
    time.at += 10;
    expect([again.sweep(), again.sweep(), again.stats().entries]).toEqual([1, 0, 0]);
  }
});

test('the sweeper takes turns with others when much is due at once', async () => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const store = new Store({ sweepInterval: 100 });
  let expired = 0;
  store.on('expire', () => expired++);
  for (let i = 0; i < 2500; i++) store.set(`key${i}`, i, { ttl: 30 });
  await turn();
  await vi.advanceTimersByTimeAsync(100);
  const turns: number[] = [];
  for (; expired < 2500; await vi.advanceTimersToNextTimerAsync()) turns.push(expired);
  expect(turns).toEqual([1000, 2000]);
  expect(vi.getTimerCount()).toBe(0);
  await store.close();
});

test('the sweeper removes what is due without being asked, and tells', async () => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const store = new Store({ sweepInterval: 100 });
  const expired: string[] = [];
  const watched: unknown[] = [];
  store.on('expire', ({ namespace, key }) => expired.push(`${namespace}/${key}`));
  store.watch('a', (changes) => watched.push(changes));
  store.set('a', 1, { ttl: 30 });
  store.namespace('n').set('b', 1, { ttl: 150 });
  store.set('far', 1, { ttl: 40 * 24 * 3600 * 1000 });
  await turn();
  watched.length = 0;
  await vi.advanceTimersByTimeAsync(99);
  expect(expired).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(expired).toEqual(['/a']);
  expect(watched).toEqual([[{ type: 'expire', namespace: '', key: 'a' }]]);
  await vi.advanceTimersByTimeAsync(100);
  expect(expired).toEqual(['/a', 'n/b']);
  // Further off than a timer can count.
  await vi.advanceTimersByTimeAsync(40 * 24 * 3600 * 1000 - 201);
  expect(expired.length).toBe(2);
  await vi.advanceTimersByTimeAsync(101);
  expect(expired).toEqual(['/a', 'n/b', '/far']);
  expect(vi.getTimerCount()).toBe(0);
  store.set('x', 1, { ttl: 5 });
  expect(vi.getTimerCount()).toBe(1);
  await store.close();
  expect(vi.getTimerCount()).toBe(0);
});

test('an entry that was written anew, persisted or deleted in time does not expire, nor tells', async () => {
  const time = clock();
  const store = new Store({ now: time.now });
  const expired: string[] = [];
  store.on('expire', ({ key }) => expired.push(key));
  for (const key of ['rewritten', 'persisted', 'deleted', 'longer', 'same']) store.set(key, 1, { ttl: 5 });
  store.set('rewritten', 2);
  store.persist('persisted');
  store.delete('deleted');
  store.expire('longer', 10);
  for (let i = 0; i < 3000; i++) store.increment('same');
  time.at += 5;
  expect(store.sweep()).toBe(1);
  await turn();
  expect(expired).toEqual(['same']);
  expect([...store.keys()]).toEqual(['longer', 'persisted', 'rewritten']);
  time.at += 5;
  expect([store.size, store.sweep()]).toEqual([2, 0]);
  await turn();
  expect(expired).toEqual(['same', 'longer']);
});

test.each<[string, (store: Store) => Promise<unknown>]>([
  ['increment', async (store) => expect(await store.increment('n')).toBeTypeOf('number')],
  ['update', (store) => store.update('n', (n) => (n === undefined ? 1 : (n as number) + 1))],
  ['compareAndSwap', (store) => store.compareAndSwap('n', 10, 11)],
])('what %s makes of a value that expires meanwhile expires with it', async (_name, change) => {
  for (let ttl = 1; ttl < 20; ttl++) {
    let at = 1_000_000;
    const store = new Store({ now: () => at++ });
    store.set('n', 10, { ttl });
    await change(store);
    at = 2_000_000;
    expect([undefined, 1]).toContain(store.get('n'));
  }
});

test('what expires in the middle of a write still is its result', async () => {
  let at = 1_000_000;
  const later = <T>(value: T): T => {
    at += 10;
    return value;
  };
  const schema = {
    '~standard': { version: 1, vendor: 'test', validate: (value: number) => later({ value }) },
  };
  const store = new Store({ now: () => at });
  const space = store.namespace<number>('n', { schema: schema as never });
  store.set('a', 1, { ttl: 5 });
  expect(await store.update('a', () => later({ x: 1 }))).toEqual({ x: 1 });
  expect(await store.getOrSet('b', () => null, { expiresAt: at })).toBe(null);
  expect(await store.getOrSet('c', () => ({ x: 2 }), { expiresAt: at })).toEqual({ x: 2 });
  space.set('d', 1, { ttl: 15 });
  expect(await space.increment('d')).toBe(2);
  expect(await store.transaction((tx) => tx.getOrSet('e', () => 'x', { expiresAt: at }))).toBe('x');
  expect([store.size, space.size]).toEqual([0, 0]);
});
