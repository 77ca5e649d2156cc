import { describe, expect, test, vi } from 'vitest';
import { RecordingLog } from '../../test/recording-log.ts';
import { codeOf, reopened, turn } from '../../test/stores.ts';
import { defineCodec } from '../codec/codec.ts';
import { bytesKeys, integerKeys, type Tuple, tupleKeys } from '../codec/keys.ts';
import { MemoryMedium, memoryLog } from '../log/memory-log.ts';
import { Core } from './core.ts';
import { Persistence } from './persistence.ts';
import type { StandardSchema } from './schema.ts';
import { Store } from './store.ts';
import { transact } from './transaction.ts';
import { put } from './write.ts';

test('namespaces do not see each other, whatever their names', async () => {
  const medium = new MemoryMedium();
  const store = await Store.open(memoryLog(medium));
  const names = [
    '',
    'users',
    'users2',
    'user',
    'users\u0000',
    '__proto__',
    'constructor',
    '😀',
    '～',
    'x'.repeat(300),
  ];
  for (const name of names) store.namespace(name).set('a', name);
  for (const name of names) store.namespace(name).set('b', { name });
  store.namespace('users').clear();
  store.namespace('user').deleteRange({ prefix: '' });
  store.namespace('empty').get('a');
  const left = ['', '__proto__', 'constructor', 'users\u0000', 'users2', 'x'.repeat(300), '～', '😀'];
  await store.flush();
  for (const at of [store, await Store.open(memoryLog(medium))]) {
    expect(at.namespaces()).toEqual(left);
    for (const name of left)
      expect([...at.namespace(name).entries()]).toEqual([
        ['a', name],
        ['b', { name }],
      ]);
    expect([at.namespace('users').size, at.namespace('user').has('a')]).toEqual([0, false]);
    expect([...at.keys()]).toEqual([...at.namespace('').keys()]);
    expect(at.stats()).toMatchObject({ namespaces: 8, entries: 16 });
  }
});

test('a transaction, its commit and the reads after it take as long however many there are', async () => {
  const core = new Core({});
  const log = new RecordingLog(undefined, false, true);
  const persistence = new Persistence(core, log);
  await persistence.open();
  for (let i = 0; i < 10; i++) put(core.space(`n${i}`), 'a', i, 0, undefined);
  await persistence.flush();
  const walks = (['values', 'entries', 'forEach', Symbol.iterator] as const).map((method) =>
    vi.spyOn(core.spaces, method),
  );
  expect(core.space('n7').read('a')).toBe(7);
  await transact(core, (state) =>
    core.access.closedToOthers(() => {
      expect(codeOf(() => core.space('n7').read('a'))).toBe('NESTED_TRANSACTION');
      expect(core.unguarded.size).toBe(0);
      return state.space('n7').put('a', 8, 0, undefined);
    }),
  );
  expect(core.space('n7').read('a')).toBe(8);
  expect(core.unguarded.size).toBe(1);
  for (const walk of walks) expect(walk).not.toHaveBeenCalled();
  await persistence.close();
});

test('a name that is none is refused', () => {
  const store = new Store();
  for (const name of [undefined, null, 1, {}, '\ud800', 'a\udc00'] as string[]) {
    expect(codeOf(() => store.namespace(name))).toBe('INVALID_OPTION');
    expect(codeOf(() => store.transaction((tx) => tx.namespace(name)))).toBe('INVALID_OPTION');
  }
});

describe('a schema', () => {
  test('that changes a number: increment resolves to what is stored', async () => {
    const validate = (value: unknown) => ({ value: Math.min(value as number, 10) });
    const schema = { '~standard': { version: 1, vendor: 'test', validate } } as const;
    const space = new Store().namespace<number>('n', { schema });
    await space.set('a', 8);
    expect([await space.increment('a', 5), space.get('a')]).toEqual([10, 10]);
  });

  const positive: StandardSchema<unknown, number> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => {
        const number = Number(value);
        if (number > 0) return { value: number };
        return {
          issues: [{ message: 'must be above 0', path: ['deep', { key: 'er' }] }, { message: 'and whole' }],
        };
      },
    },
  };

  test('guards every write; what it gives back is what is stored', async () => {
    const space = new Store().namespace<number>('n', { schema: positive });
    space.set('a', '5' as unknown as number);
    expect(space.get('a')).toBe(5);
    const refused = [
      () => space.set('a', -1),
      () =>
        space.setMany([
          ['b', 1],
          ['a', -1],
        ]),
      () => space.update('a', () => -1),
      () => space.getOrSet('x', () => -1),
      () => space.compareAndSwap('a', 5, 0),
      () => space.decrement('a', 9),
    ];
    for (const write of refused) {
      expect(codeOf(write), String(write)).toBe('SCHEMA');
      expect(write).toThrow('value.deep.er: must be above 0; value: and whole');
    }
    expect([...space.entries()]).toEqual([['a', 5]]);
  });

  test('holds for later uses of the name, in transactions too; one that waits is refused', async () => {
    const store = new Store();
    store.namespace('n', { schema: positive });
    expect(codeOf(() => store.namespace('n').set('a', -1))).toBe('SCHEMA');
    expect(codeOf(() => store.transaction((tx) => tx.namespace('n').set('a', -1)))).toBe('SCHEMA');
    expect(codeOf(() => store.namespace('other').set('a', -1))).toBe(undefined);
    const validate = async (value: unknown) => ({ value });
    const waits = store.namespace('w', { schema: { '~standard': { version: 1, vendor: 'test', validate } } });
    expect(codeOf(() => waits.set('a', 1))).toBe('SCHEMA');
    expect(waits.size).toBe(0);
  });
});

const upper = defineCodec<string>({
  name: 'upper',
  tag: 20,
  accepts: (value): value is string => typeof value === 'string',
  encode: (value) => new TextEncoder().encode(value.toUpperCase()),
  decode: (bytes) => new TextDecoder().decode(bytes).toLowerCase(),
});

test('a codec encodes every value of its namespace, and of no other', async () => {
  const medium = new MemoryMedium();
  const store = await Store.open(memoryLog(medium));
  const space = store.namespace<string>('n', { codec: upper });
  space.set('a', 'text');
  space.update('b', () => 'more');
  await store.transaction((tx) => tx.namespace<string>('n').set('c', 'tx'));
  store.set('a', 'text');
  expect(codeOf(() => space.set('d', undefined as unknown as string))).toBe('INVALID_VALUE');
  expect([...space.values()]).toEqual(['text', 'more', 'tx']);
  const again = await reopened(store, medium);
  expect([again.get('a'), codeOf(() => again.namespace('n').get('a'))]).toEqual(['text', 'UNKNOWN_CODEC']);
  expect(again.namespace('n').has('a')).toBe(true);
  expect([...again.namespace('n', { codec: upper }).values()]).toEqual(['text', 'more', 'tx']);
});

test('reading a value of a codec changes nothing of what is stored', () => {
  const data = (reads: boolean): Uint8Array => {
    const store = new Store();
    const space = store.namespace<string>('n', { codec: upper });
    space.set('a', 'text');
    if (reads) expect([space.get('a'), space.get('a')]).toEqual(['text', 'text']);
    return store.toData();
  };
  expect(data(true)).toEqual(data(false));
});

describe('key codecs', () => {
  test('integers', async () => {
    const medium = new MemoryMedium();
    const store = await Store.open(memoryLog(medium));
    const keys = [-(2 ** 53 - 1), -1000, -10, -9, -1, 0, 1, 9, 10, 99, 1000, 2 ** 53 - 1];
    const fill = store.namespace<string, number>('n', { keys: integerKeys });
    for (const key of [...keys].reverse()) fill.set(key, String(key));
    await store.flush();
    for (const at of [store, await Store.open(memoryLog(medium))]) {
      const space = at.namespace<string, number>('n', { keys: integerKeys });
      expect([...space.keys()]).toEqual(keys);
      expect([...space.entries({ gt: -10, lte: 9, reverse: true })]).toEqual(
        [9, 1, 0, -1, -9].map((key) => [key, String(key)]),
      );
      expect([space.get(-9), space.has(8), space.require(99)]).toEqual(['-9', false, '99']);
      expect(codeOf(() => space.keys({ prefix: 1 }))).toBe('INVALID_RANGE');
      expect(codeOf(() => space.get(1.5))).toBe('INVALID_KEY');
      expect(codeOf(() => space.set('1' as unknown as number, ''))).toBe('INVALID_KEY');
      expect(codeOf(() => space.keys({ gt: '1' as unknown as number }))).toBe('INVALID_KEY');
    }
  });

  test('bytes and tuples, with prefixes, in ranges, deletes, watches and transactions', async () => {
    const store = new Store();
    const bytes = store.namespace<number, Uint8Array>('b', { keys: bytesKeys });
    const list = [[], [0], [0, 255], [1], [127], [128], [255, 0]].map((part) => Uint8Array.from(part));
    for (const key of [...list].reverse()) bytes.set(key, key.length);
    expect([...bytes.keys()]).toEqual(list);
    expect([...bytes.keys({ prefix: Uint8Array.of(0) })]).toEqual([list[1], list[2]]);
    expect([...bytes.keys({ gte: Uint8Array.of(127), lt: Uint8Array.of(255) })]).toEqual([list[4], list[5]]);
    const tuples = store.namespace<number, Tuple>('t', { keys: tupleKeys });
    const calls: number[] = [];
    tuples.watch(['DE', 1], (changes) => calls.push(changes.length));
    tuples.watch({ prefix: ['DE'] }, (changes) => calls.push(changes.length * 10));
    const sorted: Tuple[] = [['DE'], ['DE', -1], ['DE', 1], ['DE', 'x'], ['DEX'], ['FR', null]];
    store.transaction((tx) => {
      const inside = tx.namespace<number, Tuple>('t', { keys: tupleKeys });
      for (const key of [...sorted].reverse()) inside.set(key, key.length);
      expect([...inside.keys({ prefix: ['DE'] })]).toEqual(sorted.slice(0, 4));
    });
    await turn();
    expect(calls).toEqual([1, 40]);
    expect([...tuples.keys({ gt: ['DE', 1] })]).toEqual(sorted.slice(3));
    tuples.deleteRange({ prefix: ['DE'] });
    expect([...tuples.keys()]).toEqual([['DEX'], ['FR', null]]);
    expect(tuples.get(['FR', null])).toBe(2);
  });
});
