import { equal, rejects } from '../assert.ts';
import { survivesCrash } from '../harness.ts';
import { holds, openStore, type StorePart } from './open-store.ts';

/** Transactions, and what their promises stand for. */
export const committing: StorePart = (place) => (test, harness) => {
  test('a transaction is all there, or nothing of it', async (stage) => {
    const open = await openStore(stage, place);
    await open.space.set('a', 1);
    await open.store.transaction((tx) => {
      tx.namespace('ledger').set('moved', true);
      tx.namespace('users').set('tx', 1);
      tx.set('tx', 1);
    });
    await open.space.delete('tx');
    const failure = new Error('made to fail');
    const failing = (): unknown =>
      open.store.transaction((tx) => {
        tx.clear();
        tx.namespace('users').set('a', 2);
        throw failure;
      });
    equal(await rejects(failing, undefined, 'a transaction that throws'), failure, 'what it throws');
    holds(open.space, { a: 1 }, 'at once');
    const again = await open.reopen();
    holds(again.space, { a: 1 }, 'opened again');
    equal(again.store.namespace('ledger').get('moved'), true, 'the entry in the other namespace');
  });

  test('writes of one turn are one commit, and close waits for what nobody awaited', async (stage) => {
    const open = await openStore(stage, place);
    const { seq } = open.store.stats();
    void open.space.set('a', 1);
    void open.space.increment('a', 2);
    await open.store.flush();
    equal(open.store.stats().seq, seq + 1, 'sequence number');
    void open.space.set('b', 2);
    holds((await open.reopen()).space, { a: 3, b: 2 }, 'opened again');
  });

  test('writes made while it compacts are there', async (stage) => {
    const open = await openStore(stage, place);
    const expected: Record<string, unknown> = {};
    for (let i = 0; i < 300; i++) expected[`key ${i}`] = 'x'.repeat(1000);
    await open.space.setMany(Object.entries(expected));
    const compacted = open.store.compact();
    for (let i = 0; i < 10; i++) {
      expected[`key ${i}`] = i;
      delete expected[`key ${i + 100}`];
      await open.space.set(`key ${i}`, i);
      await open.space.delete(`key ${i + 100}`);
    }
    await compacted;
    await open.space.set('last', true);
    Object.assign(expected, { last: true });
    holds(open.space, expected, 'at once');
    await open.store.verify();
    holds((await open.reopen()).space, expected, 'opened again');
  });

  for (const durability of harness.capabilities.durability) {
    test(`it can be opened with durability ${durability}`, async (stage) => {
      const open = await openStore(stage, place, { durability });
      await open.space.set('a', 1);
      equal(open.store.stats().durability, durability, 'the durability it has');
      holds((await open.reopen()).space, { a: 1 }, 'opened again');
    });

    if (durability === 'none' || !survivesCrash(harness)) continue;
    test(`what has resolved as ${durability} survives a crash`, async (stage) => {
      const { store, space } = await openStore(stage, place, { durability });
      await space.set('a', 1);
      await store.compact();
      await space.set('b', 2);
      const left = await openStore(stage, place, { durability }, await stage.crash());
      holds(left.space, { a: 1, b: 2 }, 'after the crash');
      await left.space.set('c', 3);
      holds((await left.reopen()).space, { a: 1, b: 2, c: 3 }, 'after a write and a reopening');
    });
  }
};
