/** Room: a full flash, even wear, and pages that do not keep what is programmed. */

import { Random } from '@isokv/core/testing';
import { describe, expect, it } from 'vitest';
import { fill, opened, small } from '../../test/opened.ts';
import type { SimulatedFlash } from '../testing/simulated-flash.ts';

function spread({ erases }: SimulatedFlash): number {
  return Math.max(...erases) - Math.min(...erases);
}

describe('a full flash', () => {
  it('has taken more than its pages hold of records alone: copies share theirs', () => {
    const { store } = opened({ pageSize: 1024, pageCount: 8, programUnit: 4 });
    const recordBytes = 4 + 14 + 2 + 4; // header, a put of `entry 99`, to whole units, sum
    const alone = 6 * Math.floor((1024 - 32 - 12) / (recordBytes + 4));
    expect(fill(store, 1).length).toBeGreaterThan(alone);
  });

  it.each([3, 4, 8])('of %i pages refuses, reads, deletes and takes writes again', (pageCount) => {
    const { flash, store, again } = opened({ ...small, pageCount });
    const keys = fill(store);
    expect(keys.length).toBeGreaterThan(2);
    for (const reader of [store, again()]) {
      for (const key of keys) expect(reader.get(key)).toBe('x'.repeat(40));
    }
    expect(() => store.set('more', 'x'.repeat(40))).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
    // Not even a put that is shorter than a deletion has room; the deletion does.
    let added = 0;
    const putSmall = (): void => {
      for (;;) store.set(`s${added}`, added++);
    };
    expect(putSmall).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
    expect(store.delete(keys.pop() as string)).toBe(true);
    for (let i = 0; i < added - 1; i++) expect(store.delete(`s${i}`)).toBe(true);
    // Every one of them can be deleted, one by one, with resets in between.
    let current = store;
    for (const [index, key] of keys.entries()) {
      if (index % 3 === 0) current = again();
      expect(current.delete(key)).toBe(true);
    }
    expect(current.keys()).toEqual([]);
    expect(fill(current).length).toBeGreaterThanOrEqual(keys.length - 1);
    expect(flash.violations).toEqual([]);
  });
});

describe('wear', () => {
  it.each([0, 100])('is even to one erase, with an index of %i', (index) => {
    const { flash, store } = opened({ pageSize: 1024, pageCount: 6, programUnit: 8 }, { index });
    const random = new Random(1);
    for (let i = 0; i < 3000; i++) {
      store.set(`k${random.below(20)}`, random.below(1000));
      if (i % 100 === 0) expect(spread(flash)).toBeLessThanOrEqual(1);
    }
    expect(Math.min(...flash.erases)).toBeGreaterThan(5);
    expect(flash.violations).toEqual([]);
  });

  it.each(['program', 'erase'] as const)(
    'a page that does not %s is retired, and nothing is lost',
    (fault) => {
      const { flash, store, again } = opened({ ...small, pageCount: 6 });
      const map = new Map<string, number>();
      const random = new Random(3);
      for (let i = 0; i < 600; i++) {
        if (i === 50) flash.worn.set(2, fault);
        if (i === 300) flash.worn.set(4, fault);
        const key = `k${random.below(8)}`;
        store.set(key, i);
        map.set(key, i);
        if (i % 20 === 0) for (const [name, value] of map) expect(again().get(name)).toBe(value);
      }
      expect(store.stats().bad).toBe(2);
      expect(flash.violations).toEqual([]);
    },
  );
});
