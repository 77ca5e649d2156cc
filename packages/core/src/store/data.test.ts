import { describe, expect, test } from 'vitest';
import { clock, codeOf, LIVES, reopened } from '../../test/stores.ts';
import { MemoryMedium, memoryLog } from '../log/memory-log.ts';
import type { Namespace } from './namespace.ts';
import { Store } from './store.ts';

const time = clock();
const FORMATS = ['binary', 'json', 'jsonl'] as const;

function data(store: Store, format: (typeof FORMATS)[number]): Uint8Array | string {
  return format === 'binary' ? store.toData() : store.toData({ format });
}

function fill(space: Namespace): void {
  space.set('object', { b: 1, a: [null, -0, 'é'] });
  space.set('bytes', Uint8Array.of(0, 255));
  space.set('number', 0.1);
  space.set('int', -5);
  space.set('nan', Number.NaN);
  space.set('zero', -0);
  space.set('null', null);
  space.set('', '');
  space.set('😀', true);
  space.set('～', '\ud800');
  space.set('brief', 1, { expiresAt: time.at + 1000 });
}

/** The same content by another way: other orders, values in between, expiry set and taken away. */
function fillOtherwise(space: Namespace): void {
  for (const key of ['object', 'gone', 'brief', 'zero', 'int']) space.set(key, { first: key });
  fill(space);
  space.delete('gone');
  space.expire('int', 10);
  space.persist('int');
  space.increment('int', 2);
  space.decrement('int', 2);
  space.update('object', (value) => value);
  void [[...space.values()], space.get('object'), space.get('bytes')];
}

describe.each(FORMATS)('data as %s', (format) => {
  test.each(LIVES.filter(({ name }) => name !== 'through a namespace'))(
    'is canonical $name',
    async ({ begin }) => {
      const plain = (await LIVES[0]!.begin(fill, { now: time.now })) as Store;
      const expected = data(plain, format);
      for (const way of [fill, fillOtherwise]) {
        const store = (await begin(way, { now: time.now })) as Store;
        expect(data(store, format)).toEqual(expected);
        for (const key of store.keys()) store.get(key);
        store.namespace('came and went').set('a', 1);
        store.namespace('came and went').clear();
        expect(data(store, format)).toEqual(expected);
      }
    },
  );

  test('brings all back exactly, in several namespaces', () => {
    const store = new Store({ now: time.now });
    for (const name of ['', 'n', '__proto__', '😀']) fill(store.namespace(name));
    const copy = Store.fromData(data(store, format), { now: time.now });
    expect(copy.namespaces()).toEqual(store.namespaces());
    for (const name of store.namespaces()) {
      expect([...copy.namespace(name).entries()]).toEqual([...store.namespace(name).entries()]);
      expect(copy.namespace(name).ttl('brief')).toBe(1000);
    }
    expect(Object.is(copy.get('zero'), -0)).toBe(true);
    copy.set('a', 1);
    expect([copy.size, store.size]).toEqual([12, 11]);
  });

  test('what has expired is not in it, and does not come back', () => {
    const later = clock(time.at);
    const store = new Store({ now: later.now });
    fill(store);
    const early = data(store, format);
    later.at += 1000;
    expect(Store.fromData(data(store, format), { now: () => 1 }).has('brief')).toBe(false);
    const copy = Store.fromData(early, { now: later.now });
    expect([copy.has('brief'), copy.size]).toEqual([false, 10]);
  });

  test('load merges, or replaces, in one commit', async () => {
    const source = new Store();
    source.set('a', 'theirs');
    source.set('c', { x: 1 });
    source.namespace('n').set('k', 1);
    for (const mode of ['merge', 'replace'] as const) {
      const medium = new MemoryMedium();
      const store = await Store.open(memoryLog(medium));
      store.set('a', 'mine', { ttl: 1e9 });
      store.set('b', 'mine');
      await store.namespace('old').set('k', 1);
      await store.load(data(source, format), { mode });
      expect(store.stats().seq).toBe(2);
      for (const at of [store, await Store.open(memoryLog(medium))]) {
        expect(at.ttl('a')).toBe(undefined);
        expect(Object.fromEntries(at.entries())).toEqual(
          mode === 'merge' ? { a: 'theirs', b: 'mine', c: { x: 1 } } : { a: 'theirs', c: { x: 1 } },
        );
        expect(at.namespaces()).toEqual(mode === 'merge' ? ['', 'n', 'old'] : ['', 'n']);
      }
    }
  });

  test('of an empty store', async () => {
    const empty = data(new Store(), format);
    expect(Store.fromData(empty).namespaces()).toEqual([]);
    const store = new Store();
    store.set('a', 1);
    await store.load(empty);
    expect(store.size).toBe(1);
    await store.load(empty, { mode: 'replace' });
    expect(store.size).toBe(0);
  });
});

test('what cannot be loaded changes nothing, in either mode', async () => {
  const medium = new MemoryMedium();
  const store = await Store.open(memoryLog(medium), { maxEntries: 3 });
  await store.set('a', 1);
  const good = new Store();
  for (const key of ['x', 'y', 'z', 'w']) good.set(key, 1);
  const bytes = good.toData();
  const flipped = bytes.slice();
  flipped[flipped.length >> 1]! ^= 1;
  const json = (entries: string): string =>
    `{"isokv":1,"expires_at_unit":"ms","namespaces":{"":{${entries}}}}`;
  const fine = '"x":{"value":1,"expires_at":null}';
  const wrong: [unknown, string][] = [
    [bytes.subarray(0, bytes.length - 1), 'CORRUPT'],
    [flipped, 'CORRUPT'],
    [new Uint8Array(0), 'NOT_ISOKV'],
    [new TextEncoder().encode('hello, world'), 'NOT_ISOKV'],
    ['hello', 'INVALID_DATA'],
    ['', 'INVALID_DATA'],
    [json(`${fine},"y":{"value":1,"expires_at":"soon"}`), 'INVALID_DATA'],
    [json(`${fine},"y":5`), 'INVALID_DATA'],
    [json(`${fine},"\\ud800":{"value":1,"expires_at":null}`), 'INVALID_DATA'],
    ['{"isokv":1,"expires_at_unit":"ms","namespaces":{"\\ud800":{"x":{"value":1}}}}', 'INVALID_DATA'],
    ['{"isokv":1,"expires_at_unit":"ms","namespaces":{"\\ud800":{"\\udc00":{"value":1}}}}', 'INVALID_DATA'],
    [json(`${fine},"${'k'.repeat(65_537)}":{"value":1,"expires_at":null}`), 'INVALID_KEY'],
    ['{"isokv":2,"expires_at_unit":"ms","namespaces":{}}', 'UNKNOWN_VERSION'],
    [bytes, 'LIMIT'],
    [good.toData({ format: 'jsonl' }), 'LIMIT'],
  ];
  for (const [given, code] of wrong) {
    for (const mode of ['merge', 'replace'] as const) {
      expect(
        codeOf(() => store.load(given as string, { mode })),
        `${String(given).slice(0, 80)} ${mode}`,
      ).toBe(code);
      expect([...store.entries()]).toEqual([['a', 1]]);
    }
  }
  expect(store.stats().seq).toBe(1);
  expect(codeOf(() => store.load(bytes, { mode: 'add' as 'merge' }))).toBe('INVALID_OPTION');
  expect(codeOf(() => store.toData({ format: 'xml' as 'json' }))).toBe('INVALID_OPTION');
  expect([...(await reopened(store, medium)).entries()]).toEqual([['a', 1]]);
});
