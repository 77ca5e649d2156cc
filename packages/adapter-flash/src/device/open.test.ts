/** The device face as its users see it. What survives cuts of power is the campaign's affair. */

import { Random } from '@isokv/core/testing';
import { describe, expect, it } from 'vitest';
import { opened, small } from '../../test/opened.ts';
import type { Geometry } from '../testing/simulated-flash.ts';

describe('namespaces, prefixes and sums', () => {
  it('keep apart what has the same key', () => {
    const { store, again } = opened();
    const users = store.namespace('users');
    store.set('a', 1);
    users.set('a', 2);
    users.set('b', 3);
    expect(store.delete('a')).toBe(true);
    expect(store.delete('a')).toBe(false);
    expect([store.has('a'), users.get('a'), again().namespace('users').keys()]).toEqual([
      false,
      2,
      ['a', 'b'],
    ]);
  });

  it('keys() takes a prefix and sorts by bytes', () => {
    const { store } = opened();
    for (const key of ['b2', 'a', 'b10', 'B', 'b']) store.set(key, 0);
    expect(store.keys()).toEqual(['B', 'a', 'b', 'b10', 'b2']);
    expect(store.keys('b')).toEqual(['b', 'b10', 'b2']);
  });

  it('increment begins at 0, keeps the expiry and refuses what is no number', () => {
    const { store, clock } = opened();
    expect([store.increment('n'), store.increment('n', 2.5), store.increment('n', -1)]).toEqual([
      1, 3.5, 2.5,
    ]);
    store.set('t', 1, 5000);
    store.increment('t');
    clock.ms += 5000;
    expect(store.has('t')).toBe(false);
    store.set('s', 'text');
    expect(() => store.increment('s')).toThrow(expect.objectContaining({ code: 'NOT_A_NUMBER' }));
    expect(() => store.increment('n', Number.NaN)).toThrow(expect.objectContaining({ code: 'NOT_A_NUMBER' }));
  });
});

describe('commits', () => {
  it('are all or nothing when one change is refused', () => {
    const { store } = opened();
    store.set('a', 1);
    const changes = [{ key: 'a', value: 2 }, { key: 'b' }];
    expect(() => store.commit(changes)).toThrow(expect.objectContaining({ code: 'INVALID_VALUE' }));
    expect([store.get('a'), store.has('b')]).toEqual([1, false]);
  });

  it('over several namespaces, larger than a page', () => {
    const { store, again } = opened({ ...small, pageCount: 8 });
    store.set('gone', 1);
    const changes = Array.from({ length: 30 }, (_, index) => ({
      namespace: index % 2 ? 'odd' : '',
      key: `k${index}`,
      value: 'v'.repeat(20),
    }));
    store.commit([...changes, { key: 'gone', delete: true }]);
    for (const reader of [store, again()]) {
      expect(reader.keys().length).toBe(15);
      expect(reader.namespace('odd').keys().length).toBe(15);
    }
  });

  it('keep no piece of a large value that they replace themselves', () => {
    const { store } = opened({ ...small, pageCount: 8 });
    store.commit([
      { key: 'a', value: 'v'.repeat(1000) },
      { key: 'a', value: 1 },
    ]);
    store.collect(store.stats().live);
    expect([store.get('a'), store.stats().live]).toEqual([1, 1]);
  });

  it('that are too large are refused, and change nothing', () => {
    const { store, again } = opened();
    store.set('a', 1);
    const before = again().toData();
    const changes = Array.from({ length: 30 }, (_, index) => ({ key: `k${index}`, value: 'v'.repeat(60) }));
    expect(() => store.commit(changes)).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
    expect(store.toData()).toEqual(before);
    store.set('b', 2);
    expect(again().keys()).toEqual(['a', 'b']);
  });
});

describe('against a map', () => {
  const geometries: Geometry[] = [
    { pageCount: 3, pageSize: 512, programUnit: 16 },
    { pageCount: 5, pageSize: 512, programUnit: 8 },
    { pageCount: 6, pageSize: 1024, programUnit: 4 },
  ];
  it.each(geometries.flatMap((geometry) => [0, 3, 100].map((index) => ({ ...geometry, index }))))(
    '$pageCount pages of $pageSize, units of $programUnit, index of $index',
    ({ index, ...geometry }) => {
      const { flash, again, store: first } = opened(geometry, { index });
      let store = first;
      const map = new Map<string, unknown>();
      const random = new Random(geometry.pageCount);
      for (let i = 0; i < 500; i++) {
        const key = `k${random.below(10)}`;
        const isLarge = random.below(8) === 0;
        const value = isLarge ? 'v'.repeat(random.below(geometry.pageSize)) : random.below(1000);
        try {
          if (random.below(6) === 0) expect(store.delete(key)).toBe(map.delete(key));
          else {
            store.set(key, value);
            map.set(key, value);
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'ENOSPC' });
        }
        if (i % 50 === 0) store = again();
        if (i % 25 !== 0) continue;
        expect(store.keys()).toEqual([...map.keys()].sort());
        for (const [name, held] of map) expect(store.get(name)).toEqual(held);
      }
      expect(flash.violations).toEqual([]);
    },
  );
});
