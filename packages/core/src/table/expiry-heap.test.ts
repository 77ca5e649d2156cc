import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Expiring, ExpiryHeap } from './expiry-heap.ts';

function drained(heap: ExpiryHeap<number>): number[] {
  const times: number[] = [];
  for (let first = heap.first; first; first = heap.first) {
    times.push(first.expiresAt);
    heap.removeFirst();
  }
  return times;
}

const times = fc.array(fc.nat(50), { maxLength: 100 });
const element = (expiresAt: number, i: number): Expiring<number> => ({ expiresAt, owner: i, key: String(i) });
const ascending = (a: number, b: number): number => a - b;

test('gives all that was added, the first to expire first, while more come in between', () => {
  fc.assert(
    fc.property(times, fc.nat(100), times, (early, removed, late) => {
      const heap = new ExpiryHeap<number>();
      early.forEach((time, i) => void heap.add(element(time, i)));
      const model = [...early].sort(ascending);
      for (let i = 0; i < removed; i++) {
        expect(heap.first?.expiresAt).toBe(model.shift());
        heap.removeFirst();
      }
      late.forEach((time, i) => void heap.add(element(time, i)));
      model.push(...late);
      expect(heap.size).toBe(model.length);
      expect(drained(heap)).toEqual(model.sort(ascending));
      expect([heap.size, heap.first]).toEqual([0, undefined]);
    }),
  );
});

test('prune drops what is denied, and keeps the rest in order', () => {
  fc.assert(
    fc.property(times, (all) => {
      const heap = new ExpiryHeap<number>();
      all.forEach((time, i) => void heap.add(element(time, i)));
      heap.prune(({ owner }) => owner % 3 !== 0);
      expect(drained(heap)).toEqual(all.filter((_, i) => i % 3 !== 0).sort(ascending));
    }),
  );
});
