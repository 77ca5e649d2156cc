import { describe, expect, test } from 'vitest';
import { codeOf, rejectionOf, reopened } from '../../test/stores.ts';
import { type Codec, defineCodec } from '../codec/codec.ts';
import { MemoryMedium, memoryLog } from '../log/memory-log.ts';
import { Store } from './store.ts';

function dates(tag = 16): Codec<Date> {
  return defineCodec<Date>({
    name: 'date',
    tag,
    accepts: (value): value is Date => value instanceof Date,
    encode: (value) => new TextEncoder().encode(String(value.getTime())),
    decode: (bytes) => new Date(Number(new TextDecoder().decode(bytes))),
  });
}

const records: Codec<{ list: unknown[] }> = defineCodec({
  name: 'records',
  tag: 255,
  accepts: (value): value is { list: unknown[] } =>
    typeof value === 'object' && value !== null && 'list' in value,
  encode: (value) => new TextEncoder().encode(JSON.stringify([...value.list].reverse())),
  decode: (bytes) => ({ list: JSON.parse(new TextDecoder().decode(bytes)).reverse() }),
});

class Point {
  readonly x: number;
  constructor(x: number) {
    this.x = x;
  }
}

describe.each(['commits', 'a run'])('the codecs of a store, read from %s', (from) => {
  const options = { codecs: [dates(), records] };
  const filled = async (): Promise<{ store: Store; medium: MemoryMedium }> => {
    const medium = new MemoryMedium();
    const store = await Store.open(memoryLog(medium), options);
    store.set('at', new Date(5));
    store.set('in namespace', 'plain');
    store.namespace('n').set('list', { list: [1, { x: 2 }] });
    store.set('json', { x: 1 });
    await store.flush();
    if (from === 'a run') await store.compact();
    return { store, medium };
  };

  test('take the objects they accept, and give plain data back frozen, the same object each time', async () => {
    const { store, medium } = await filled();
    for (const at of [store, await Store.open(memoryLog(medium), options)]) {
      expect(at.get('at')).toEqual(new Date(5));
      const record = at.namespace('n').get('list') as { list: unknown[] };
      expect(record).toEqual({ list: [1, { x: 2 }] });
      expect([record, record.list, record.list[1]].every(Object.isFrozen)).toBe(true);
      expect([...at.namespace('n').values()][0]).toBe(record);
      expect(at.get('json')).toEqual({ x: 1 });
    }
  });

  test('give what cannot be frozen anew to each reader, so that none can change it for the others', async () => {
    const { store, medium } = await filled();
    for (const at of [store, await Store.open(memoryLog(medium), options)]) {
      const [inRange] = at.values({ gte: 'at', limit: 1 }) as Iterable<Date>;
      const [[, inEntries]] = [...at.entries({ gte: 'at', limit: 1 })] as [[string, Date]];
      const inTransaction = await at.transaction((tx) => tx.get('at') as Date);
      for (const date of [at.get('at') as Date, inRange as Date, inEntries, inTransaction]) date.setTime(9);
      expect(at.get('at')).toEqual(new Date(5));
      expect([...at.values({ gte: 'at', limit: 1 })]).toEqual([new Date(5)]);
      expect(await at.compareAndSwap('at', new Date(5), new Date(5))).toBe(true);
    }
  });

  test('give an object that they froze themselves to all readers', () => {
    const points: Codec<Point> = defineCodec({
      name: 'points',
      tag: 17,
      accepts: (value): value is Point => value instanceof Point,
      encode: ({ x }) => Uint8Array.of(x),
      decode: ([x]) => Object.freeze(new Point(x as number)),
    });
    const store = new Store({ codecs: [points] });
    store.set('a', new Point(3));
    expect(store.get('a')).toEqual(new Point(3));
    expect(store.get('a')).toBe(store.get('a'));
  });

  test('are needed to read what they wrote, and for nothing else', async () => {
    const { store, medium } = await filled();
    const expected = store.toData();
    const without = await reopened(store, medium, { codecs: [records] });
    expect(codeOf(() => without.get('at'))).toBe('UNKNOWN_CODEC');
    expect(codeOf(() => [...without.values()])).toBe('UNKNOWN_CODEC');
    expect(() => without.get('at')).toThrow('tag 16');
    expect([without.has('at'), without.size, [...without.keys()]]).toEqual([
      true,
      3,
      ['at', 'in namespace', 'json'],
    ]);
    expect(without.namespace('n').get('list')).toEqual({ list: [1, { x: 2 }] });
    expect(await rejectionOf(without.verify())).toBe('UNKNOWN_CODEC');
    expect(without.toData()).toEqual(expected);
    await without.expire('at', 1e9);
    await without.persist('at');
    await without.compact();
    const again = await reopened(without, medium, options);
    expect(again.get('at')).toEqual(new Date(5));
    expect(Store.fromData(expected, options).get('at')).toEqual(new Date(5));
  });
});

test('two codecs with one tag are refused, wherever they meet, and leave no trace', () => {
  expect(codeOf(() => new Store({ codecs: [dates(), dates()] }))).toBe('INVALID_OPTION');
  const store = new Store({ codecs: [dates(20)] });
  const other = defineCodec<string>({
    name: 'other',
    tag: 20,
    accepts: (value): value is string => typeof value === 'string',
    encode: (value) => new TextEncoder().encode(value),
    decode: (bytes) => new TextDecoder().decode(bytes),
  });
  expect(codeOf(() => store.namespace('n', { codec: other }))).toBe('INVALID_OPTION');
  store.namespace('n').set('a', 'text');
  expect(store.namespace('n').get('a')).toBe('text');
  const shared = dates(21);
  for (const name of ['x', 'y']) store.namespace(name, { codec: shared }).set('a', new Date(1));
  expect(store.namespace('y').get('a')).toEqual(new Date(1));
});

test('a codec that fails changes nothing', async () => {
  const failing = defineCodec<Date>({
    ...dates(),
    encode: () => {
      throw new TypeError('cannot');
    },
  });
  const medium = new MemoryMedium();
  const store = await Store.open(memoryLog(medium), { codecs: [failing] });
  store.set('a', 1);
  expect(() => store.set('a', new Date(1))).toThrow(new TypeError('cannot'));
  expect(() =>
    store.setMany([
      ['b', 1],
      ['c', new Date(1)],
    ]),
  ).toThrow('cannot');
  store.set('d', 2);
  expect(Object.fromEntries((await reopened(store, medium)).entries())).toEqual({ a: 1, d: 2 });
});

test('stats tell of what the store holds, and never of less than nothing', async () => {
  const medium = new MemoryMedium();
  let store = await Store.open(memoryLog(medium), { compaction: 'manual' });
  for (let i = 0; i < 200; i++) {
    store.set(`k${i}`, [i, i % 2 === 0, `t${i}`, { i }][i % 4]);
  }
  await store.compact();
  expect(store.stats()).toMatchObject({
    entries: 200,
    namespaces: 1,
    seq: 1,
    pendingCommits: 0,
    medium: 'memory',
  });
  store = await reopened(store, medium, { compaction: 'manual' });
  for (const key of store.keys()) store.get(key);
  const before = store.stats();
  expect(before.liveBytes).toBeGreaterThan(200 * 6);
  store.deleteRange({});
  const after = store.stats();
  expect(after.liveBytes).toBeGreaterThanOrEqual(0);
  expect(after.liveBytes).toBeLessThan(before.liveBytes / 2);
  const { logBytes, seq } = after;
  codeOf(() => store.set('a', () => 1));
  await store.flush();
  codeOf(() => store.set('a', () => 1));
  await Promise.resolve();
  expect(store.stats()).toMatchObject({ seq, pendingCommits: 0, durability: 'none', health: 'ok' });
  expect(store.stats().logBytes).toBeLessThan(logBytes + 200 * 10);
  const settled = store.stats().logBytes;
  codeOf(() => store.set('a', () => 1));
  await Promise.resolve();
  expect(store.stats().logBytes).toBe(settled);
});

test('the size of small figures is the same before and after they are read', async () => {
  const medium = new MemoryMedium();
  const filled = await Store.open(memoryLog(medium), { compaction: 'manual' });
  for (let i = 0; i < 100; i++) filled.set(`k${i}`, i);
  await filled.compact();
  const store = await reopened(filled, medium, { compaction: 'manual' });
  for (const key of store.keys()) store.get(key);
  store.deleteRange({});
  expect(store.stats().liveBytes).toBeGreaterThanOrEqual(0);
});

test('a codec that gives text, not bytes, is refused, and nothing changes', async () => {
  const store = await Store.open(memoryLog(), {
    codecs: [{ ...dates(), encode: String as unknown as Codec<Date>['encode'] }],
  });
  expect(codeOf(() => store.set('a', new Date(5)))).toBe('INVALID_VALUE');
  expect(store.size).toBe(0);
});
