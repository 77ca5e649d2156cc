/** What is read and written while a rewrite of the log goes on must be the same after it, however it ends. */
import { describe, expect, test } from 'vitest';
import { gatedLog, rejectionOf, reopened, turn } from '../../test/stores.ts';
import type { LogItem } from '../log/log.ts';
import { MemoryMedium, memoryLog } from '../log/memory-log.ts';
import { Store } from './store.ts';

const NOTHING = (): void => undefined;

/** What may be done between the beginning and the end of a rewrite. */
const MEANWHILE: [string, (store: Store) => void][] = [
  ['nothing', NOTHING],
  ['a range is read', (store) => void [...store.entries()]],
  [
    'a range, then keys, are read',
    (store) => void [[...store.keys()], store.get('a'), store.get('b'), store.has('c')],
  ],
  ['keys, then a range, are read', (store) => void [store.get('a'), store.get('n'), [...store.values()]]],
  [
    'entries are written',
    (store) => void [store.set('a', { x: 9 }), store.set('new', 1), store.increment('n')],
  ],
  [
    'entries are deleted',
    (store) => void [[...store.keys()], store.delete('a'), store.delete('n'), store.delete('b')],
  ],
  ['it is cleared', (store) => void store.clear()],
  ['it is cleared and written', (store) => void [store.clear(), store.set('a', 1), [...store.keys()]]],
  ['deleted and set again', (store) => void [store.delete('a'), store.set('a', { x: 1 }), store.get('a')]],
];

describe.each(['a compaction', 'a second compaction', 'a compaction that fails', 'a backup'])(
  'during %s',
  (kind) => {
    test.each(MEANWHILE)('%s', async (_, act) => {
      const gate = gatedLog();
      const log = kind === 'a backup' ? memoryLog() : gate.log;
      const store = await Store.open(log, { compaction: 'manual' });
      const model = new Store();
      for (const at of [store, model]) {
        for (const key of ['a', 'b', 'c', 'd']) at.set(key, { key });
        at.set('n', 1);
        at.set('text', 'x');
        at.delete('d');
        at.namespace('other').set('a', 1);
      }
      await store.flush();
      const task = kind === 'a backup' ? store.backup(gate.log) : store.compact();
      await gate.reached;
      act(store);
      act(model);
      const check = (): void => {
        expect([...store.entries()]).toEqual([...model.entries()]);
        expect(store.size).toBe(model.size);
        for (const key of ['a', 'b', 'c', 'd', 'n', 'text', 'new'])
          expect(store.get(key), key).toEqual(model.get(key));
        expect(store.toData()).toEqual(model.toData());
      };
      check();
      if (kind === 'a compaction that fails') gate.fail();
      else gate.open();
      expect(await rejectionOf(task)).toBe(kind === 'a compaction that fails' ? 'IO' : undefined);
      check();
      await store.flush();
      if (kind !== 'a second compaction') return;
      await store.compact();
      check();
    });

    test('an object that was read stays the same object, in every order of reads', async () => {
      const acts: ((at: Store) => unknown)[] = [
        NOTHING,
        (at) => [...at.keys()],
        (at) => [...at.values()],
        (at) => [[...at.keys()], at.get('a')],
        (at) => at.get('a'),
      ];
      for (const act of acts) for (const fromRun of [false, true]) await checkIdentity(kind, act, fromRun);
    });
  },
);

async function checkIdentity(kind: string, act: (at: Store) => unknown, fromRun: boolean): Promise<void> {
  const medium = new MemoryMedium();
  const first = await Store.open(memoryLog(medium));
  first.set('a', { x: 1 });
  await first.compact();
  await first.close();
  const gate = gatedLog(kind === 'a backup' ? new MemoryMedium() : medium);
  const log = kind === 'a backup' ? memoryLog(medium) : gate.log;
  const store = await Store.open(log, { compaction: 'manual' });
  if (fromRun) act(store);
  else await store.set('a', { x: 2 });
  const value = store.get('a');
  const check = (): void => {
    const [inRange] = store.values();
    expect(inRange === value).toBe(true);
    expect(store.get('a') === value).toBe(true);
    expect([...store.entries()][0]?.[1] === value).toBe(true);
  };
  const task = kind === 'a backup' ? store.backup(gate.log) : store.compact();
  await gate.reached;
  act(store);
  check();
  if (kind === 'a compaction that fails') gate.fail();
  else gate.open();
  await rejectionOf(task);
  check();
  if (kind === 'a second compaction') await store.compact();
  check();
}

test('an object stays the same object at every moment of a long compaction', async () => {
  const store = await Store.open(memoryLog(), { compaction: 'manual' });
  const keys = Array.from({ length: 20_000 }, (_, i) => `k${String(i).padStart(5, '0')}`);
  for (const key of keys) store.set(key, { key });
  await store.compact();
  void [...store.keys({ limit: 1 })];
  const values = keys.map((key) => store.get(key));
  let goesOn = true;
  const task = store.compact().finally(() => {
    goesOn = false;
  });
  for (let moments = 0; goesOn; moments++) {
    // Few at a time, and other ones at every moment: what is looked at here is kept by it.
    for (const at of [keys.length - 1 - moments, moments]) {
      const [inRange] = store.values({ gte: keys[at] as string, limit: 1 });
      expect(inRange === values[at], `${keys[at]}`).toBe(true);
    }
    await turn();
  }
  await task;
  let index = 0;
  for (const value of store.values()) if (value !== values[index++]) throw new Error(`another ${index}`);
  expect(index).toBe(keys.length);
});

test('a clear that is taken back after a rewrite gave way to another writer brings everything back', async () => {
  const medium = new MemoryMedium();
  const log = memoryLog(medium);
  const other = await Store.open(memoryLog(medium));
  const replace = log.replace.bind(log);
  let during: (() => Promise<void>) | undefined;
  log.replace = (items, options) => {
    async function* andThen(): AsyncGenerator<readonly LogItem[]> {
      yield* items;
      const act = during;
      during = undefined;
      await act?.();
    }
    return replace(andThen(), options);
  };
  const store = await Store.open(log);
  for (const key of ['a', 'b', 'c']) await store.set(key, { key });
  during = async () => {
    // Appends are held by now, so this one waits until the other writer has come first.
    void store.transaction((tx) => {
      if (!tx.has('theirs')) tx.clear();
    });
    expect(store.size).toBe(0);
    await Promise.resolve();
    await other.set('theirs', 1);
  };
  await store.compact();
  await store.flush();
  expect(during).toBe(undefined);
  expect([...store.keys()]).toEqual(['a', 'b', 'c', 'theirs']);
  const again = await reopened(store, medium);
  expect([...again.keys()]).toEqual(['a', 'b', 'c', 'theirs']);
});
