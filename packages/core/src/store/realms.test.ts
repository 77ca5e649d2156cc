/** Values of another realm (a frame, a `node:vm` context, a test in Jest) are what they are in this one. */
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { codeOf } from '../../test/stores.ts';
import { bytesKeys, Store, tupleKeys } from '../index.ts';

/** What the code makes, in a realm of its own. */
const foreign = (code: string): never => runInNewContext(`(${code})`) as never;

describe('values', () => {
  test.each<[string, unknown]>([
    ['{ a: 1, list: [{ b: [] }] }', { a: 1, list: [{ b: [] }] }],
    ['[1, [2]]', [1, [2]]],
    ['new Uint8Array([1, 2])', Uint8Array.of(1, 2)],
  ])('%s is stored as it is', async (code, expected) => {
    const store = Store.fromData(new Store().toData());
    await store.set('key', foreign(code));
    expect(store.get('key')).toEqual(expected);
    expect(await store.compareAndSwap('key', foreign(code), true)).toBe(true);
    store.set('key', foreign(code));
    expect(Store.fromData(store.toData()).get('key')).toEqual(expected);
  });

  test.each([
    'new Date(0)',
    'new Map()',
    'new (class extends Array {})',
    'new (class Point {})',
    'Object.create({ inherited: 1 })',
    'Object.create(Object.assign(Object.create(null), { inherited: 1 }))',
    '[1, , 2]',
    '{ f() {} }',
  ])('%s is refused', (code) => {
    expect(codeOf(() => new Store().set('key', foreign(code)))).toBe('INVALID_VALUE');
  });
});

test('bytes and tuples as keys, and to watch', async () => {
  const store = new Store();
  const bytes = store.namespace('bytes', { keys: bytesKeys });
  const tuples = store.namespace('tuples', { keys: tupleKeys });
  const seen: unknown[] = [];
  bytes.watch(foreign('new Uint8Array([7])'), (changes) => seen.push(...changes));
  bytes.set(foreign('new Uint8Array([7])'), 1);
  await tuples.set(foreign('["a", new Uint8Array([8])]'), 2);
  expect([...bytes.keys()]).toEqual([Uint8Array.of(7)]);
  expect([...tuples.keys()]).toEqual([['a', Uint8Array.of(8)]]);
  expect(seen).toMatchObject([{ type: 'put', namespace: 'bytes' }]);
});

test('data', () => {
  const store = new Store();
  store.set('a', 1);
  const data = runInNewContext('new Uint8Array(list)', { list: [...store.toData()] }) as Uint8Array;
  expect(Store.fromData(data).get('a')).toBe(1);
});

test('a promise: no transaction, and no schema, may wait', () => {
  const store = new Store();
  expect(codeOf(() => store.transaction(() => foreign('Promise.resolve(1)')))).toBe('ASYNC_TRANSACTION');
  const validate = () => foreign('Promise.resolve({ value: 1 })');
  const waits = store.namespace('w', { schema: { '~standard': { version: 1, vendor: 'test', validate } } });
  expect(codeOf(() => waits.set('a', 1))).toBe('SCHEMA');
});
