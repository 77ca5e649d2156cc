/** What stores make of the codec. */
import { IsokvError, MemoryMedium, memoryLog, Store } from '@isokv/core';
import { describe, expect, test } from 'vitest';
import { msgpack } from './index.ts';

const options = { codecs: [msgpack] };

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof IsokvError) return error.code;
    throw error;
  }
  return undefined;
}

const VALUES: Record<string, unknown> = {
  map: new Map<unknown, unknown>([
    ['b', 1],
    [{ deep: true }, [new Date(5)]],
    [Number.NaN, undefined],
  ]),
  set: new Set(['z', 'a', null]),
  date: new Date(-1),
  bigint: -(2n ** 70n),
  data: { bytes: Uint8Array.of(1, 2), none: undefined, list: [undefined, -0, 1 / 3, Number.NaN, -Infinity] },
  bytes: Uint8Array.of(9),
  text: 'x',
  number: 0.1,
};

describe.each(['commits', 'a run', 'data', 'JSON', 'JSONL'])('values that come from %s', (from) => {
  const restored = async (): Promise<Store> => {
    const medium = new MemoryMedium();
    const store = await Store.open(memoryLog(medium), options);
    for (const [key, value] of Object.entries(VALUES)) store.set(key, value);
    if (from === 'data') return Store.fromData(store.toData(), options);
    if (from === 'JSON') return Store.fromData(store.toData({ format: 'json' }), options);
    if (from === 'JSONL') return Store.fromData(store.toData({ format: 'jsonl' }), options);
    await store.flush();
    if (from === 'a run') await store.compact();
    await store.close();
    return Store.open(memoryLog(medium), options);
  };

  test('are what was stored', async () => {
    const store = await restored();
    for (const [key, value] of Object.entries(VALUES)) expect(store.get(key), key).toStrictEqual(value);
    const { list } = store.get('data') as { list: number[] };
    expect(Object.is(list[1], -0)).toBe(true);
    expect([...(store.get('map') as Map<unknown, unknown>).keys()]).toEqual([
      'b',
      { deep: true },
      Number.NaN,
    ]);
    expect(Object.keys(store.get('data') as object)).toEqual(['bytes', 'none', 'list']);
  });

  test('are out of reach for who has read them', async () => {
    const store = await restored();
    (store.get('map') as Map<unknown, unknown>).clear();
    (store.get('set') as Set<unknown>).add('more');
    (store.get('date') as Date).setTime(0);
    (store.get('data') as { bytes: Uint8Array }).bytes.fill(0);
    for (const [key, value] of Object.entries(VALUES)) expect(store.get(key), key).toStrictEqual(value);
    for (const value of store.values()) if (value instanceof Map) value.clear();
    expect(store.get('map')).toStrictEqual(VALUES.map);
  });
});

test('what was stored is out of reach for who wrote it', () => {
  const store = new Store(options);
  const map = new Map([['a', Uint8Array.of(1)]]);
  store.set('map', map);
  map.get('a')?.fill(9);
  map.clear();
  expect(store.get('map')).toEqual(new Map([['a', Uint8Array.of(1)]]));
});

test('plain data is frozen, and one object until the next write', () => {
  const store = new Store(options);
  store.set('a', { list: [{ n: 1n, gone: undefined }] });
  const value = store.get('a') as { list: object[] };
  expect([value, value.list, value.list[0]].every(Object.isFrozen)).toBe(true);
  expect(store.get('a')).toBe(value);
  store.set('b', { when: new Date(0), list: [] });
  const mixed = store.get('b') as { list: unknown[] };
  expect(store.get('b')).not.toBe(mixed);
  expect(Object.isFrozen(mixed.list)).toBe(true);
});

test('compareAndSwap and update see what is inside', async () => {
  const store = new Store(options);
  store.set('a', new Map([['n', 1]]));
  expect(await store.compareAndSwap('a', new Map([['n', 2]]), new Map())).toBe(false);
  expect(await store.compareAndSwap('a', new Map([['n', 1]]), new Map([['n', 2]]))).toBe(true);
  await store.update('a', (map) => new Map([...(map as Map<string, number>), ['m', 3]]));
  expect(store.get('a')).toEqual(new Map([['n', 2], ['m', 3]])); // biome-ignore format: one line
});

test('JSON and MessagePack live side by side, and each needs what it needs', async () => {
  const medium = new MemoryMedium();
  const plain = await Store.open(memoryLog(medium));
  plain.set('json', { n: 1 });
  await plain.close();
  const both = await Store.open(memoryLog(medium), options);
  both.set('pack', { n: 1 });
  expect(both.get('json')).toEqual(both.get('pack'));
  expect(JSON.parse(both.toData({ format: 'json' })).namespaces['']).toMatchObject({
    json: { value: { n: 1 } },
    pack: { type: 'tag:4' },
  });
  await both.close();
  const without = await Store.open(memoryLog(medium));
  expect(without.get('json')).toEqual({ n: 1 });
  expect(() => without.get('pack')).toThrow('@isokv/codec-msgpack');
  expect(codeOf(() => without.get('pack'))).toBe('UNKNOWN_CODEC');
});

test('as the codec of a namespace it takes primitives too, and never undefined', () => {
  const store = new Store();
  const space = store.namespace('n', { codec: msgpack });
  const values = ['text', '\ud800', 1, -0, 0.5, true, null, 5n, Uint8Array.of(1)];
  values.forEach((value, i) => void space.set(`v${i}`, value));
  for (const [i, value] of values.entries()) expect(space.get(`v${i}`), `${i}`).toStrictEqual(value);
  expect(codeOf(() => space.set('a', undefined))).toBe('INVALID_VALUE');
});

test('leaves objects of classes to other codecs, and refuses them where there is none', () => {
  const urls = {
    name: 'urls',
    tag: 16,
    accepts: (value: unknown): value is URL => value instanceof URL,
    encode: (url: URL) => new TextEncoder().encode(url.href),
    decode: (bytes: Uint8Array) => new URL(new TextDecoder().decode(bytes)),
  };
  const store = new Store({ codecs: [msgpack, urls] });
  store.set('a', new URL('a:b'));
  expect(store.get('a')).toEqual(new URL('a:b'));
  expect(codeOf(() => new Store(options).set('a', new URL('a:b')))).toBe('INVALID_VALUE');
  expect(() => store.set('a', { inside: new URL('a:b') })).toThrow(
    'value.inside: an instance of URL cannot be stored in MessagePack',
  );
});
