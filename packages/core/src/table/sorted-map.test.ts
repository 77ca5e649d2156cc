import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys } from '../bytes/order.ts';
import type { Slot } from './slot.ts';
import { SortedMap } from './sorted-map.ts';

function content(map: SortedMap): [string, unknown][] {
  const all: [string, unknown][] = [];
  for (let page = 0; page < map.pages; page++) {
    expect(map.count(page)).toBeGreaterThan(0);
    expect(map.count(page)).toBeLessThanOrEqual(512);
    const { keys, slots, keyAt } = map.read(page, 0, map.count(page));
    expect(keys).toEqual(slots.map((_, index) => keyAt(index)));
    for (const [index, slot] of slots.entries()) all.push([keyAt(index), slot]);
  }
  return all;
}

/** A map that begins with keys that are in order already. */
function filled(keys: readonly string[], slotOf: (key: string) => Slot): SortedMap {
  return new SortedMap({ keys: [...keys], values: keys.map(slotOf) });
}

const sorted = (model: Map<string, number>): [string, number][] =>
  [...model].sort(([a], [b]) => compareKeys(a, b));

test('holds what a sorted Map holds, after any sets and deletes', () => {
  const key = fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), fc.nat(3000).map(String));
  const step = fc.record({ key, value: fc.nat(), deletes: fc.boolean() });
  fc.assert(
    fc.property(fc.uniqueArray(key), fc.array(step, { maxLength: 200 }), (first, steps) => {
      const model = new Map(first.map((key) => [key, 1]));
      const map = filled([...first].sort(compareKeys), () => 1);
      for (const { key, value, deletes } of steps) {
        if (deletes) {
          map.delete(key);
          model.delete(key);
        } else {
          map.set(key, value);
          model.set(key, value);
        }
      }
      expect(content(map)).toEqual(sorted(model));
    }),
    { numRuns: 50 },
  );
});

test('many leaves: every order of inserts, seeks on and between keys, and deletes down to nothing', () => {
  const keys = Array.from({ length: 3000 }, (_, i) => `k${String(i * 2).padStart(5, '0')}`);
  const shuffled = keys.map((_, i) => keys[(i * 1231) % keys.length] as string);
  for (const order of [keys, [...keys].reverse(), shuffled]) {
    const map = new SortedMap();
    for (const key of order) map.set(key, key);
    expect(map.pages).toBeGreaterThan(5);
    expect(content(map)).toEqual(keys.map((key) => [key, key]));
    for (let i = 0; i < 6000; i += 7) {
      const wanted = `k${String(i).padStart(5, '0')}`;
      const page = map.pageOf(wanted);
      const index = map.seek(page, wanted, false);
      // The first key that is not before what is wanted, here or at the beginning of the next page.
      const found =
        index < map.count(page)
          ? map.read(page, index, index + 1).keys[0]
          : page + 1 < map.pages
            ? map.read(page + 1, 0, 1).keys[0]
            : undefined;
      expect(found).toBe(keys.find((key) => key >= wanted));
    }
    for (const key of shuffled) map.delete(key);
    expect(map.pages).toBe(0);
    map.delete('absent');
    map.set('a', 1);
    expect(content(map)).toEqual([['a', 1]]);
  }
});

test('a map made of keys in order is one leaf until it is changed, and then of leaves that have room', () => {
  const keys = Array.from({ length: 768 }, (_, i) => `k${String(i).padStart(4, '0')}`);
  for (const deletes of [false, true]) {
    const map = filled(keys, (key) => key);
    expect([map.pages, map.count(0)]).toEqual([1, 768]);
    if (deletes) map.delete('k0000');
    else map.set('k0000', 'k0000');
    expect([map.pages, map.count(0), map.count(1)]).toEqual([2, deletes ? 383 : 384, 384]);
    for (let i = 0; i < 128; i++) map.set(`k0000x${i}`, 1);
    expect(map.pages).toBe(2);
    for (const key of ['k0000y', 'k0000z']) map.set(key, 1);
    expect(map.pages).toBe(3);
  }
});
