import { describe, expect, test } from 'vitest';
import { clock, codeOf, LIVES } from '../../test/stores.ts';
import type { Namespace } from './namespace.ts';

function fill(space: Namespace): void {
  for (const key of ['a', 'a1', 'a2', 'b', 'c']) space.set(key, { key });
  space.set('n', 5);
}

const all = (space: Namespace): string => [...space.keys()].join(' ');

describe.each(LIVES)('writes $name', ({ begin }) => {
  test('set, setMany and delete', async () => {
    const space = await begin(fill);
    space.set('a', 1);
    space.set('new', [1]);
    space.setMany([
      ['m1', 1],
      ['m2', { x: 2 }],
      ['m1', 3],
    ]);
    space.setMany(new Map([['b', null]]));
    space.delete('c');
    space.delete('absent');
    space.delete('m2');
    space.set('m2', 'again');
    expect(Object.fromEntries(space.entries())).toEqual({
      a: 1,
      a1: { key: 'a1' },
      a2: { key: 'a2' },
      b: null,
      m1: 3,
      m2: 'again',
      n: 5,
      new: [1],
    });
    expect(space.size).toBe(8);
    expect(space.get('m2')).toBe('again');
  });

  test('setMany sets all or, when one cannot be set, none', async () => {
    const space = await begin(fill);
    const before = [...space.entries()];
    expect(
      codeOf(() =>
        space.setMany([
          ['a', 1],
          ['x', () => 1],
        ]),
      ),
    ).toBe('INVALID_VALUE');
    expect(
      codeOf(() =>
        space.setMany([
          ['a', 1],
          ['\udc00', 1],
        ]),
      ),
    ).toBe('INVALID_KEY');
    expect(codeOf(() => space.setMany([['a', 1]], { ttl: -1 }))).toBe('INVALID_TTL');
    expect([...space.entries()]).toEqual(before);
  });

  test('deleteRange deletes what the range gives, and no more', async () => {
    const space = await begin(fill);
    space.deleteRange({ prefix: 'a', gt: 'a' });
    expect(all(space)).toBe('a b c n');
    space.deleteRange({ reverse: true, limit: 1 });
    expect(all(space)).toBe('a b c');
    space.deleteRange({ gte: 'b', lte: 'b' });
    space.deleteRange({ gt: 'z' });
    expect(all(space)).toBe('a c');
    space.deleteRange({});
    expect([all(space), space.size, space.has('a')]).toEqual(['', 0, false]);
  });

  test('clear empties it, and it can be filled again', async () => {
    const space = await begin(fill);
    space.clear();
    expect([all(space), space.size, space.get('a'), space.get('n')]).toEqual(['', 0, undefined, undefined]);
    space.clear();
    space.set('a', 2);
    space.set('zz', 3);
    expect([...space.entries()]).toEqual([
      ['a', 2],
      ['zz', 3],
    ]);
    expect(space.size).toBe(2);
  });

  test('update, getOrSet', async () => {
    const space = await begin(fill);
    const updates = [
      space.update('n', (value) => (value as number) + 1),
      space.update('made', (value) => ({ was: value ?? null })),
      space.update('a', (value) => ({ ...(value as object), more: true })),
    ];
    expect(space.get('n')).toBe(6);
    const made: unknown[] = [];
    const make = (value: unknown) => () => {
      made.push(value);
      return value;
    };
    const gotten = [
      space.getOrSet('b', make('not called')),
      space.getOrSet('fresh', make(null)),
      space.getOrSet('fresh', make('too late')),
    ];
    expect(made).toEqual([null]);
    expect(space.get('fresh')).toBe(null);
    if (!begin.toString().includes('gated')) {
      expect(await Promise.all(updates)).toEqual([6, { was: null }, { key: 'a', more: true }]);
      expect(await Promise.all(gotten)).toEqual([{ key: 'b' }, null, null]);
    }
    expect(
      codeOf(() =>
        space.update('n', () => {
          throw new Error('mine');
        }),
      ),
    ).toBe('Error: mine');
    expect(codeOf(() => space.update('n', () => undefined))).toBe('INVALID_VALUE');
    expect(codeOf(() => space.getOrSet('none', () => undefined))).toBe('INVALID_VALUE');
    expect([space.get('n'), space.has('none')]).toEqual([6, false]);
  });

  test('what update and getOrSet call may read the store, not write it', async () => {
    const space = await begin(fill);
    space.update('n', () => space.get('a'));
    expect(space.get('n')).toEqual({ key: 'a' });
    expect(codeOf(() => space.update('a', () => void space.set('b', 1)))).toBe('NESTED_TRANSACTION');
    expect(codeOf(() => space.getOrSet('x', () => void space.delete('b')))).toBe('NESTED_TRANSACTION');
    expect([space.get('b'), space.has('x')]).toEqual([{ key: 'b' }, false]);
    space.set('b', 1);
    expect(space.get('b')).toBe(1);
  });

  test('increment, decrement', async () => {
    const space = await begin(fill);
    space.increment('n');
    space.increment('n', 0.5);
    space.decrement('n', 2);
    space.decrement('count');
    expect(space.getMany(['n', 'count'])).toEqual([4.5, -1]);
    expect(codeOf(() => space.increment('a'))).toBe('NOT_A_NUMBER');
    expect(codeOf(() => space.increment('n', Number.NaN))).toBe('NOT_A_NUMBER');
    expect(codeOf(() => space.increment('n', '1' as unknown as number))).toBe('NOT_A_NUMBER');
    expect(codeOf(() => space.decrement('n', Number.POSITIVE_INFINITY))).toBe('NOT_A_NUMBER');
    expect(space.getMany(['n', 'a'])).toEqual([4.5, { key: 'a' }]);
  });

  test('compareAndSwap goes by content', async () => {
    const space = await begin(fill);
    space.set('bytes', Uint8Array.of(1, 2));
    space.compareAndSwap('a', { key: 'a' }, 'swapped');
    space.compareAndSwap('a1', { key: 'a1', more: 1 }, 'wrong');
    space.compareAndSwap('b', undefined, 'wrong');
    space.compareAndSwap('new', undefined, 'created');
    space.compareAndSwap('none', null, 'wrong');
    space.compareAndSwap('n', 5, -0);
    space.compareAndSwap('n', 0, 'wrong');
    space.compareAndSwap('bytes', Uint8Array.of(1, 2), 'equal');
    expect(space.getMany(['a', 'a1', 'b', 'new', 'none', 'n', 'bytes'])).toEqual([
      'swapped',
      { key: 'a1' },
      { key: 'b' },
      'created',
      undefined,
      -0,
      'equal',
    ]);
  });

  test('expire and persist', async () => {
    const time = clock();
    const space = await begin(fill, { now: time.now });
    const identity = space.get('a');
    space.expire('a', 10);
    space.expire('n', 5);
    space.expire('b', 5);
    space.expire('absent', 5);
    space.persist('b');
    space.persist('c');
    expect(['a', 'n', 'b', 'absent', 'c'].map((key) => space.ttl(key))).toEqual([
      10,
      5,
      undefined,
      undefined,
      undefined,
    ]);
    expect(space.get('a')).toBe(identity);
    expect(codeOf(() => space.expire('a', 0))).toBe('INVALID_TTL');
    time.at += 5;
    expect(all(space)).toBe('a a1 a2 b c');
    time.at += 5;
    expect(all(space)).toBe('a1 a2 b c');
    expect(space.has('absent')).toBe(false);
  });
});

test('the promises of the writes that have a result', async () => {
  const space = await LIVES[1]!.begin(fill);
  expect(await space.update('n', (value) => (value as number) + 1)).toBe(6);
  expect(await space.getOrSet('n', () => 1)).toBe(6);
  expect(await space.increment('n', 4)).toBe(10);
  expect(await space.decrement('n')).toBe(9);
  expect(await space.compareAndSwap('n', 9, 1)).toBe(true);
  expect(await space.compareAndSwap('n', 9, 2)).toBe(false);
  expect(await space.expire('n', 1e6)).toBe(true);
  expect(await space.expire('absent', 5)).toBe(false);
  expect(await space.persist('n')).toBe(true);
  expect(await space.persist('n')).toBe(false);
  expect(await space.persist('absent')).toBe(false);
  expect(await space.set('x', 1)).toBe(undefined);
  expect(await space.setMany([])).toBe(undefined);
  expect(await space.deleteRange({ prefix: 'x' })).toBe(undefined);
  expect(await space.clear()).toBe(undefined);
});
