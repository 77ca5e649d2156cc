import { equal, eventually } from '../assert.ts';
import { holds, openStore, type StorePart } from './open-store.ts';

/** Stores on one log, as tabs of a browser have them. */
export const sharedStores: StorePart =
  (place) =>
  (test, { capabilities }) => {
    if (!capabilities.shared) return;

    test('what one writes shows in the other', async (stage) => {
      const [a, b] = [await openStore(stage, place), await openStore(stage, place)];
      await a.space.set('a', 1);
      await eventually(
        () => b.space.get('a') === 1,
        stage.patienceMs,
        'the write of the first in the second',
      );
      await b.space.set('b', 2);
      await eventually(
        () => a.space.get('b') === 2,
        stage.patienceMs,
        'the write of the second in the first',
      );
      await a.store.compact();
      await b.space.delete('a');
      await eventually(() => !a.space.has('a'), stage.patienceMs, 'the deletion after a compaction');
      holds(a.space, { b: 2 }, 'the first');
      holds(b.space, { b: 2 }, 'the second');
    });

    test('no increment is lost', async (stage) => {
      const stores = [
        await openStore(stage, place),
        await openStore(stage, place),
        await openStore(stage, place),
      ];
      const increments: Promise<number>[] = [];
      for (let round = 0; round < 10; round++) {
        for (const { space } of stores) increments.push(space.increment('count'));
        if (round === 5) await stores[1]?.store.compact();
        await Promise.all(increments);
      }
      equal(new Set(await Promise.all(increments)).size, 30, 'how many results 30 increments had');
      const fresh = await openStore(stage, place);
      holds(fresh.space, { count: 30 }, 'a fourth store');
    });

    test('a transaction sees what came before it', async (stage) => {
      const [a, b] = [await openStore(stage, place), await openStore(stage, place)];
      const move = ({ store }: typeof a, from: string, to: string): Promise<unknown> =>
        store.transaction((tx) => {
          const accounts = tx.namespace('accounts');
          accounts.set(from, ((accounts.get(from) as number | undefined) ?? 0) - 1);
          accounts.set(to, ((accounts.get(to) as number | undefined) ?? 0) + 1);
        });
      await Promise.all(Array.from({ length: 10 }, () => [move(a, 'x', 'y'), move(b, 'y', 'z')]).flat());
      const { store } = await openStore(stage, place);
      const accounts = store.namespace<number>('accounts');
      equal(JSON.stringify([...accounts.entries()]), '[["x",-10],["y",0],["z",10]]', 'the accounts');
    });
  };
