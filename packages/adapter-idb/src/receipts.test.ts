import { expect, test } from 'vitest';
import { Receipts } from './receipts.ts';

test('what was handed over and has no receipt is not there; what has one is, up to its last commit', () => {
  const receipts = new Receipts(7);
  receipts.handOver(20, 5);
  receipts.handOver(40, 8);
  receipts.note(7, 20);
  receipts.note(8, 40);
  expect(receipts.settle()).toBe(5);
  expect(receipts.settle()).toBe(0);
});

test('what is done is asked for no more', () => {
  const receipts = new Receipts(7);
  receipts.handOver(20, 5);
  receipts.done(20);
  expect(receipts.isOpen).toBe(false);
  expect(receipts.settle()).toBe(0);
});

test('of very many writers those are kept that wrote last, whoever rewrites the log among them', () => {
  const receipts = new Receipts(1000);
  for (let writer = 0; writer < 100; writer++) receipts.note(writer, writer + 1);
  receipts.note(0, 101);
  const stored = receipts.toStore(200);
  expect([...stored.keys()]).toEqual([...Array.from({ length: 62 }, (_, i) => i + 38), 0, 1000]);
  const next = new Receipts(0);
  next.handOver(101, 3);
  next.restore(stored);
  expect(next.settle()).toBe(3);
});

test('what is no receipts is none', () => {
  const receipts = new Receipts(1);
  receipts.handOver(1, 1);
  receipts.restore('of somebody else');
  expect(receipts.settle()).toBe(0);
});
