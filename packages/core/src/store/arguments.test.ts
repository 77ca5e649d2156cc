/** What plain JavaScript lets through where the types do not: each is told at once, and nothing changes. */
import { describe, expect, test } from 'vitest';
import { type Codec, type Log, memoryLog, Store } from '../index.ts';

const INVALID_OPTION = { code: 'INVALID_OPTION' };
const codec: Codec = {
  name: 'codec',
  tag: 17,
  accepts: (value): value is unknown => value instanceof Date,
  encode: () => new Uint8Array(0),
  decode: () => new Date(0),
};
/** Something of another type than it should have. */
const wrong = (value: unknown): never => value as never;

describe('a misspelt option is refused by its name', () => {
  const store = new Store();
  test.each<[string, () => unknown]>([
    ['maxEntires', () => new Store(wrong({ maxEntires: 1 }))],
    ['tll', () => store.set('a', 1, wrong({ tll: 1 }))],
    ['shema', () => store.namespace('n', wrong({ shema: {} }))],
    ['fromat', () => store.toData(wrong({ fromat: 'json' }))],
    ['moed', () => store.load(store.toData(), wrong({ moed: 'replace' }))],
  ])('%s', (name, call) => {
    expect(call).toThrow(
      expect.objectContaining({ ...INVALID_OPTION, message: expect.stringContaining(name) }),
    );
    expect(store.size).toBe(0);
  });
});

describe('what is not options is not taken for none', () => {
  const store = new Store();
  test.each<[string, () => unknown]>([
    ['set(key, value, ttl), as others have it', () => store.set('a', 1, wrong(60_000))],
    ['set with 0', () => store.set('a', 1, wrong(0))],
    ['setMany', () => store.setMany([['a', 1]], wrong(60_000))],
    ['getOrSet', () => store.getOrSet('a', () => 1, wrong(60_000))],
    ['new Store', () => new Store(wrong(null))],
    ['namespace', () => store.namespace('n', wrong(5))],
    ['toData', () => store.toData(wrong(null))],
    ['load', () => store.load(store.toData(), wrong(true))],
  ])('%s', (_, call) => {
    expect(call).toThrow(expect.objectContaining(INVALID_OPTION));
    expect(store.size).toBe(0);
  });
});

test('expire without a ttl does not make an entry stay for good', () => {
  const store = new Store();
  store.set('a', 1, { ttl: 60_000 });
  expect(() => store.expire('a', wrong(undefined))).toThrow(expect.objectContaining({ code: 'INVALID_TTL' }));
  expect(store.ttl('a')).toBeGreaterThan(0);
});

test.each([null, true, '5', '', [], new Date(5)])('decrement by %j is refused, as increment is', (by) => {
  const store = new Store();
  const refused = expect.objectContaining({ code: 'NOT_A_NUMBER' });
  expect(() => store.increment('n', wrong(by))).toThrow(refused);
  expect(() => store.decrement('n', wrong(by))).toThrow(refused);
  expect(store.size).toBe(0);
});

describe('a callback that is none is refused, whether it would be called or not', () => {
  const store = new Store();
  store.set('a', 1);
  test.each<[string, () => unknown]>([
    ['update', () => store.update('a', wrong(5))],
    ['getOrSet of what is not there', () => store.getOrSet('b', wrong(5))],
    ['getOrSet of what is there', () => store.getOrSet('a', wrong(5))],
    ['transaction', () => store.transaction(wrong(5))],
    ['update in a transaction', () => store.transaction((tx) => tx.update('a', wrong(undefined)))],
  ])('%s', (_, call) => {
    expect(call).toThrow(expect.objectContaining(INVALID_OPTION));
    expect([...store.entries()]).toEqual([['a', 1]]);
  });
});

describe('what is no list is not taken for one', () => {
  const store = new Store();
  store.set('a', 1);
  test.each<[string, () => unknown]>([
    ['getMany of text, which would be its letters', () => store.getMany(wrong('ab'))],
    ['getMany of a number', () => store.getMany(wrong(5))],
    ['getMany of nothing', () => store.getMany(wrong(undefined))],
    ['setMany of an object', () => store.setMany(wrong({ a: 1 }))],
    ['setMany of text', () => store.setMany(wrong('ab'))],
    ['setMany of texts, of which the letters would be keys and values', () => store.setMany(wrong(['bc']))],
    ['setMany of numbers', () => store.setMany(wrong([5]))],
    ['codecs', () => new Store(wrong({ codecs: codec }))],
  ])('%s', (_, call) => {
    expect(call).toThrow(expect.objectContaining(INVALID_OPTION));
    expect([...store.entries()]).toEqual([['a', 1]]);
  });
});

describe('a codec is checked, though it was not made with defineCodec: with the tag of another kind of value it could not be read again', () => {
  test.each([
    undefined,
    null,
    'msgpack',
    { ...codec, tag: undefined },
    { ...codec, tag: 1 },
    { ...codec, tag: 300 },
    { ...codec, tag: '17' },
    { ...codec, accepts: undefined },
    { ...codec, encode: undefined },
    { ...codec, decode: undefined },
  ])('%j', (broken) => {
    expect(() => new Store({ codecs: [wrong(broken)] })).toThrow(expect.objectContaining(INVALID_OPTION));
    if (broken === undefined) return; // Of one namespace: none.
    expect(() => new Store().namespace('n', { codec: wrong(broken) })).toThrow(
      expect.objectContaining(INVALID_OPTION),
    );
  });
});

test.each(['readOnly', 'mustExist', 'mustNotExist'])(
  '%s is true or false, and nothing that looks like it',
  async (name) => {
    for (const value of ['yes', 1, 0, null, 'false']) {
      await expect(Store.open(memoryLog(), wrong({ [name]: value }))).rejects.toMatchObject(INVALID_OPTION);
    }
  },
);

test.each(['maxEntries', 'maxBytes', 'sweepInterval'])('%s is a number above 0', (name) => {
  for (const value of ['5', true, [5], 0, -1, Number.NaN]) {
    expect(() => new Store(wrong({ [name]: value }))).toThrow(expect.objectContaining(INVALID_OPTION));
  }
});

describe('what cannot be used is refused when it is given, not when it is needed', () => {
  const store = new Store();
  test.each<[string, () => unknown]>([
    ['a clock', () => new Store(wrong({ now: 5 }))],
    ['a codec', () => store.namespace('n', wrong({ codec: {} }))],
    ['a key codec', () => store.namespace('n', wrong({ keys: { encode: String } }))],
    ['a schema', () => store.namespace('n', wrong({ schema: (value: unknown) => value }))],
    ['a watcher', () => store.watch('a', wrong(undefined))],
    ['a listener', () => store.on('change', wrong({}))],
    [
      'the name of an event',
      () =>
        store.on(
          wrong('chnage'),
          wrong(() => undefined),
        ),
    ],
    ['a cipher', () => new Store(wrong({ cipher: null }))],
  ])('%s', (_, call) => {
    expect(call).toThrow(expect.objectContaining(INVALID_OPTION));
  });

  test.each([undefined, 'a path', {}, { ...memoryLog(), read: undefined }])('a log: %j', async (log) => {
    await expect(Store.open(wrong(log) as Log)).rejects.toMatchObject(INVALID_OPTION);
    const store = await Store.open(memoryLog());
    expect(() => store.backup(wrong(log))).toThrow(expect.objectContaining(INVALID_OPTION));
  });

  test.each([null, 5, [1], new ArrayBuffer(8)])('data: %j', (data) => {
    expect(() => Store.fromData(wrong(data))).toThrow(expect.objectContaining({ code: 'INVALID_DATA' }));
  });
});
