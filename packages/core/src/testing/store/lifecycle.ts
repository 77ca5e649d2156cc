import { Store } from '../../store/store.ts';
import { equal, rejects } from '../assert.ts';
import { holds, openStore, type StorePart } from './open-store.ts';

/** Opening, closing, destroying, and carrying elsewhere. */
export const lifecycle: StorePart = (place) => (test) => {
  test('mustExist, mustNotExist and readOnly', async (stage) => {
    const open = (options: object): Promise<Store> => Store.open(stage.medium.handle(), options);
    await rejects(() => open({ mustExist: true }), 'MISSING', 'mustExist where there is none');
    await rejects(() => open({ readOnly: true }), 'MISSING', 'readOnly where there is none');
    const made = await openStore(stage, place, { mustNotExist: true });
    await made.space.set('a', 1);
    const reader = await made.reopen({ readOnly: true });
    holds(reader.space, { a: 1 }, 'readOnly');
    await rejects(() => reader.space.set('a', 2), 'READ_ONLY', 'a write to it');
    await reader.store.close();
    await rejects(() => open({ mustNotExist: true }), 'EXISTS', 'mustNotExist where there is one');
    holds((await openStore(stage, place, { mustExist: true })).space, { a: 1 }, 'mustExist');
  });

  test('closed, it throws CLOSED and changes nothing', async (stage) => {
    const { store, space } = await openStore(stage, place);
    await space.set('a', 1);
    await store.close();
    await store.close();
    await rejects(() => space.get('a'), 'CLOSED', 'get');
    await rejects(() => space.set('a', 2), 'CLOSED', 'set');
    await rejects(() => store.compact(), 'CLOSED', 'compact');
    holds((await openStore(stage, place)).space, { a: 1 }, 'opened again');
  });

  test('destroyed, it is gone, and a new one can be made', async (stage) => {
    const { store, space } = await openStore(stage, place);
    await space.set('a', 1);
    await store.compact();
    await store.destroy();
    await rejects(() => Store.open(stage.medium.handle(), { mustExist: true }), 'MISSING', 'mustExist');
    const again = await openStore(stage, place);
    holds(again.space, {}, 'the new one');
    await again.space.set('b', 2);
    holds((await again.reopen()).space, { b: 2 }, 'opened again');
  });

  test('a backup and data hold what the store holds', async (stage) => {
    const medium = await stage.create();
    const open = await openStore(stage, place);
    await open.space.setMany([
      ['a', 1],
      ['b', Uint8Array.of(0, 255)],
    ]);
    await open.store.backup(medium.handle());
    await rejects(() => open.store.backup(medium.handle()), 'EXISTS', 'a backup over another');
    await open.space.set('c', 3);
    const expected = { a: 1, b: Uint8Array.of(0, 255) };
    const copy = await openStore(stage, place, {}, medium);
    holds(copy.space, expected, 'the backup');
    await copy.space.set('d', 4);
    holds((await copy.reopen()).space, { ...expected, d: 4 }, 'the backup, written to');
    holds(place.of(Store.fromData(open.store.toData())), { ...expected, c: 3 }, 'the data');
    equal(open.space.has('d'), false, 'whether the store has what was written to the backup');
  });
};
