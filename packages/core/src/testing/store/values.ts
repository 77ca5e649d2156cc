import { equal } from '../assert.ts';
import { pattern } from '../fixtures.ts';
import { holds, openStore, type StorePart } from './open-store.ts';

/** Values of every kind, and what is no longer there. */
export const values: StorePart =
  (place) =>
  (test, { maxKeyBytes = 65_536 }) => {
    test('every kind of value comes back', async (stage) => {
      const given = {
        bytes: Uint8Array.of(0x00, 0xff, 0x00),
        digits: '123',
        empty: '',
        emptyBytes: new Uint8Array(0),
        false: false,
        float: -0.1,
        int: Number.MAX_SAFE_INTEGER,
        list: [1, 'two', null, [true]],
        null: null,
        object: { a: { b: ['\u0000', 'é\u{10ffff}'] } },
        text: '\uFEFFline\r\n',
        true: true,
        zero: 0,
      };
      const first = await openStore(stage, place);
      for (const [key, value] of Object.entries(given)) void first.space.set(key, value);
      await first.space.set('gone', 1);
      await first.space.delete('gone');
      holds(first.space, given, 'at once');
      const second = await first.reopen();
      holds(second.space, given, 'opened again');
      await second.store.compact();
      holds(second.space, given, 'compacted');
      holds((await second.reopen()).space, given, 'compacted and opened again');
    });

    test('keys of every kind come back, in the order of their bytes', async (stage) => {
      const long = 'x'.repeat(Math.min(60_000, maxKeyBytes));
      const keys = ['', '\u0000', 'a', 'a\u0000', 'aa', 'b', 'é', '\uFF5E', '\u{10000}', long];
      const order = ['', '\u0000', 'a', 'a\u0000', 'aa', 'b', long, 'é', '\uFF5E', '\u{10000}'];
      let open = await openStore(stage, place);
      await open.space.setMany(keys.map((key) => [key, key.length] as const));
      for (const when of ['at once', 'opened again', 'compacted']) {
        equal(JSON.stringify([...open.space.keys()]), JSON.stringify(order), `keys ${when}`);
        for (const key of keys) equal(open.space.get(key), key.length, `the value of a key ${when}`);
        if (when === 'opened again') await open.store.compact();
        open = await open.reopen();
      }
    });

    test('the last value wins, and what was deleted stays away', async (stage) => {
      let open = await openStore(stage, place);
      for (const when of ['at once', 'opened again', 'compacted', 'opened again after that']) {
        if (when === 'compacted') await open.store.compact();
        await open.space.set('a', `old ${when}`);
        await open.space.set('b', 'old');
        await open.space.set('c', 'old');
        await open.space.set('a', when);
        await open.space.delete('b');
        await open.space.deleteRange({ gte: 'c' });
        holds(open.space, { a: when }, when);
        open = await open.reopen();
        holds(open.space, { a: when }, `${when}, opened again`);
      }
    });

    test('large values and many entries', async (stage) => {
      const open = await openStore(stage, place);
      const large = pattern(1_200_000);
      void open.space.set('large', large);
      for (let i = 0; i < 500; i++) void open.space.set(`key ${i}`, `value ${i}`);
      await open.store.flush();
      const again = await open.reopen();
      equal(again.space.size, 501, 'number of entries');
      for (let i = 0; i < 500; i++) equal(again.space.get(`key ${i}`), `value ${i}`, `key ${i}`);
      await again.space.deleteRange({ prefix: 'key' });
      await again.store.compact();
      holds((await again.reopen()).space, { large }, 'compacted and opened again');
    });

    test('an entry that has expired does not come back', async (stage) => {
      let time = 1_800_000_000_000;
      const now = (): number => time;
      const open = await openStore(stage, place, { now });
      await open.space.set('short', 1, { ttl: 1000 });
      await open.space.set('long', 2, { expiresAt: 1_800_000_005_000 });
      await open.space.set('kept', 3);
      time = 1_800_000_000_999;
      const second = await open.reopen();
      holds(second.space, { kept: 3, long: 2, short: 1 }, 'one millisecond before');
      time = 1_800_000_001_000;
      holds(second.space, { kept: 3, long: 2 }, 'when it expires');
      await second.store.compact();
      const third = await second.reopen();
      holds(third.space, { kept: 3, long: 2 }, 'opened again');
      equal(third.space.expiresAt('long'), 1_800_000_005_000, 'when the other one expires');
      time = 1_800_000_010_000;
      holds((await third.reopen()).space, { kept: 3 }, 'opened again, later');
    });

    test('clear empties this namespace and no other', async (stage) => {
      const open = await openStore(stage, place);
      const others = ['users2', 'user', 'x'];
      for (const name of others) void open.store.namespace(name).set('theirs', name);
      await open.space.set('ours', 1);
      await open.space.clear();
      await open.space.set('new', 2);
      for (const { store, space } of [open, await open.reopen()]) {
        if (store === open.store) continue;
        holds(space, { new: 2 }, 'opened again');
        for (const name of others) equal(store.namespace(name).get('theirs'), name, `the entry in ${name}`);
        equal(store.namespaces().length, 4, 'number of namespaces');
      }
    });
  };
