import { describe, expect, test } from 'vitest';
import { codeOf, rejectionOf } from '../../test/stores.ts';
import { MemoryMedium, memoryLog } from '../log/memory-log.ts';
import { Store } from './store.ts';

const WRITES: [string, (store: Store) => unknown][] = [
  ['set', (store) => store.set('a', 1)],
  ['setMany', (store) => store.setMany([['a', 1]])],
  ['setMany of nothing', (store) => store.setMany([])],
  ['delete', (store) => store.delete('a')],
  ['delete of what is absent', (store) => store.delete('absent')],
  ['deleteRange', (store) => store.deleteRange({})],
  ['clear', (store) => store.clear()],
  ['clear of an empty namespace', (store) => store.namespace('empty').clear()],
  ['update', (store) => store.update('a', () => 1)],
  ['getOrSet', (store) => store.getOrSet('a', () => 1)],
  ['increment', (store) => store.increment('n')],
  ['decrement', (store) => store.decrement('n')],
  ['compareAndSwap', (store) => store.compareAndSwap('a', 5, 1)],
  ['expire', (store) => store.expire('a', 5)],
  ['persist', (store) => store.persist('a')],
  ['transaction', (store) => store.transaction(() => 1)],
  ['begin', (store) => store.begin()],
  ['load', (store) => store.load(new Store().toData())],
  ['set through a namespace', (store) => store.namespace('n').set('a', 1)],
];

const READS: [string, (store: Store) => unknown][] = [
  ['get', (store) => store.get('a')],
  ['get of an object', (store) => store.get('object')],
  ['get of what is absent', (store) => store.get('absent')],
  ['require', (store) => store.require('a')],
  ['getMany', (store) => store.getMany(['a'])],
  ['has', (store) => store.has('a')],
  ['size', (store) => store.size],
  ['expiresAt', (store) => store.expiresAt('a')],
  ['ttl', (store) => store.ttl('a')],
  ['keys', (store) => store.keys()],
  ['values', (store) => store.values()],
  ['entries', (store) => store.entries()],
  ['watch', (store) => store.watch('a', () => undefined)],
  ['namespaces', (store) => store.namespaces()],
  ['stats', (store) => store.stats()],
  ['sweep', (store) => store.sweep()],
  ['toData', (store) => store.toData()],
  ['toData as JSON', (store) => store.toData({ format: 'json' })],
  ['get through a namespace', (store) => store.namespace('n').get('a')],
];

const MAINTENANCE: [string, (store: Store) => unknown][] = [
  ['compact', (store) => store.compact()],
  ['backup', (store) => store.backup(memoryLog())],
  ['verify', (store) => store.verify()],
  ['destroy', (store) => store.destroy()],
];

async function filled(kind: string): Promise<Store> {
  const store = kind === 'in memory' ? new Store() : await Store.open(memoryLog());
  store.set('a', 1);
  store.set('object', { x: 1 });
  store.namespace('n').set('a', 1);
  return store;
}

describe.each(['in memory', 'over a log'])('a closed store %s', (kind) => {
  test.each([...READS, ...WRITES, ...MAINTENANCE])('%s throws CLOSED', async (_, use) => {
    const store = await filled(kind);
    await store.close();
    expect(codeOf(() => use(store))).toBe('CLOSED');
  });

  test('may be closed again, and by await using', async () => {
    const store = await filled(kind);
    await store[Symbol.asyncDispose]();
    await store.close();
    expect(codeOf(() => store.get('a'))).toBe('CLOSED');
    expect(codeOf(() => store.namespace('new').get('a'))).toBe('CLOSED');
  });

  test('from the call of close() on there are no writes', async () => {
    const store = await filled(kind);
    const closing = store.close();
    expect(codeOf(() => store.set('a', 2))).toBe('CLOSED');
    await closing;
  });
});

describe('a store that is open for reading only', () => {
  const open = async (): Promise<Store> => {
    const medium = new MemoryMedium();
    const store = await Store.open(memoryLog(medium));
    store.set('a', 1);
    store.set('n', { x: 1 }, { ttl: 1e6 });
    await store.close();
    return Store.open(memoryLog(medium), { readOnly: true });
  };

  test.each(WRITES)('%s throws READ_ONLY', async (_, use) => {
    const store = await open();
    expect(codeOf(() => use(store))).toBe('READ_ONLY');
    expect([...store.entries()]).toEqual([
      ['a', 1],
      ['n', { x: 1 }],
    ]);
  });

  test('may be read, and closed; neither compacted nor destroyed', async () => {
    const store = await open();
    expect(await rejectionOf(store.compact())).toBe('READ_ONLY');
    expect(await rejectionOf(store.destroy())).toBe('READ_ONLY');
    expect(await store.verify()).toMatchObject({ changes: 2 });
    expect(Store.fromData(store.toData()).get('a')).toBe(1);
    await store.flush();
    await store.close();
    expect(codeOf(() => store.get('a'))).toBe('CLOSED');
  });

  test('is not created when there is none', async () => {
    const medium = new MemoryMedium();
    expect(await rejectionOf(Store.open(memoryLog(medium), { readOnly: true }))).toBe('MISSING');
    expect(medium.end).toBe(0);
  });
});

test('what only a log can do is UNSUPPORTED in memory', () => {
  const store = new Store();
  for (const [name, use] of MAINTENANCE)
    expect(
      codeOf(() => use(store)),
      name,
    ).toBe('UNSUPPORTED');
});

test.each<[string, object]>([
  ['an unknown name', { maxEntry: 1 }],
  ['maxEntries 0', { maxEntries: 0 }],
  ['maxBytes NaN', { maxBytes: Number.NaN }],
  ['a negative sweepInterval', { sweepInterval: -1 }],
  ['an unknown eviction', { eviction: 'fifo' }],
  ['an unknown compaction', { compaction: 'never' }],
  ['both mustExist and mustNotExist', { mustExist: true, mustNotExist: true }],
])('%s is an INVALID_OPTION', async (_, options) => {
  expect(codeOf(() => new Store(options))).toBe('INVALID_OPTION');
  expect(await rejectionOf(Store.open(memoryLog(), options))).toBe('INVALID_OPTION');
});

test('a level of durability that the log lacks is UNSUPPORTED; mustExist and mustNotExist mean it', async () => {
  const medium = new MemoryMedium();
  expect(await rejectionOf(Store.open(memoryLog(medium), { durability: 'strict' }))).toBe('UNSUPPORTED');
  expect(await rejectionOf(Store.open(memoryLog(medium), { mustExist: true }))).toBe('MISSING');
  const store = await Store.open(memoryLog(medium), { mustNotExist: true });
  await store.set('a', 1);
  expect(await rejectionOf(Store.open(memoryLog(medium), { mustNotExist: true }))).toBe('EXISTS');
  expect((await Store.open(memoryLog(medium), { mustExist: true })).get('a')).toBe(1);
});
