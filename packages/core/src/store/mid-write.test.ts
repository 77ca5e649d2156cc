/** Code of the user's that runs in the middle of a write, and listeners that are told of typed keys. */
import { describe, expect, test } from 'vitest';
import { integerKeys, MemoryMedium, memoryLog, Store } from '../index.ts';

describe('user code in the middle of a write', () => {
  test('a getter that writes is refused, and nothing changes', async () => {
    const medium = new MemoryMedium();
    const store = await Store.open(memoryLog(medium));
    const value = {
      get field() {
        store.set('other', 1);
        return 2;
      },
    };
    expect(() => store.set('key', value)).toThrow(expect.objectContaining({ code: 'NESTED_TRANSACTION' }));
    expect([...store.keys()]).toEqual([]);
    await store.set('after', { plain: true });
    await store.close();
    const again = await Store.open(memoryLog(medium));
    expect([...again.entries()]).toEqual([['after', { plain: true }]]);
  });

  test('closing in a getter stays closed', () => {
    const store = new Store();
    const value = {
      get field() {
        void store.close();
        return 1;
      },
    };
    store.set('key', value);
    expect(() => store.set('key', 2)).toThrow(expect.objectContaining({ code: 'CLOSED' }));
  });
});

test('watchers of a namespace with a key codec are told its keys', async () => {
  const store = new Store();
  const readings = store.namespace<number, number>('readings', { keys: integerKeys });
  const seen: unknown[] = [];
  readings.watch({ gte: 0 }, (changes) => seen.push(...changes.map(({ type, key }) => [type, key])));
  readings.set(-1, 1);
  await readings.set(42, 2);
  expect(seen).toEqual([['put', 42]]);
  await readings.clear();
  expect(seen).toEqual([
    ['put', 42],
    ['clear', ''],
  ]);
});

test('an option of set that there is not is refused', () => {
  const store = new Store();
  const options: object = { tll: 5 };
  expect(() => store.set('a', 1, options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  expect(store.has('a')).toBe(false);
});
