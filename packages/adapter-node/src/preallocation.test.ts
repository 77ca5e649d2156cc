import { expect, test } from 'vitest';
import type { FileHandle } from './file-system.ts';
import { Preallocation } from './preallocation.ts';

interface Fill {
  readonly position: number;
  readonly bytes: number;
  readonly done: (bytes?: number) => void;
  readonly fail: () => void;
}

function fills(): { file: FileHandle; list: Fill[] } {
  const list: Fill[] = [];
  const file = {
    writev: (chunks: readonly Uint8Array[], position: number) =>
      new Promise<number>((resolve, reject) => {
        const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
        expect(chunks.every((chunk) => chunk.every((byte) => byte === 0))).toBe(true);
        list.push({
          position,
          bytes,
          done: (written = bytes) => resolve(written),
          fail: () => reject(new Error('ENOSPC')),
        });
      }),
  } as FileHandle;
  return { file, list };
}

const KIB = 1024;

test('fills ahead, well before the room is used up', async () => {
  const { file, list } = fills();
  const preallocation = new Preallocation(file, 5000);
  preallocation.fillAhead(100, 5000);
  expect(list).toMatchObject([{ position: 5000, bytes: 256 * KIB }]);
  list[0]?.done();
  await preallocation.idle();
  preallocation.fillAhead(100, 5000 + 127 * KIB);
  expect(list).toHaveLength(1);
  preallocation.fillAhead(100, 5000 + 129 * KIB);
  expect(list[1]).toMatchObject({ position: 5000 + 256 * KIB, bytes: 256 * KIB });
});

test('fills further ahead of larger appends, and not of very large ones', () => {
  const { file, list } = fills();
  new Preallocation(file, 0).fillAhead(3000, 0);
  expect(list[0]?.bytes).toBe(12 * 64 * KIB);
  new Preallocation(file, 0).fillAhead(32 * KIB, 0);
  expect(list[1]?.bytes).toBe(1024 * KIB);
  new Preallocation(file, 0).fillAhead(32 * KIB + 1, 0);
  expect(list).toHaveLength(2);
});

test('is in the way of a write to where zeros are on their way, and of no other', async () => {
  const { file, list } = fills();
  const preallocation = new Preallocation(file, 5000);
  preallocation.wrote(6000);
  preallocation.fillAhead(100, 5500);
  expect(preallocation.inTheWay(6000)).toBeUndefined();
  const wait = preallocation.inTheWay(6001);
  expect(wait).toBeInstanceOf(Promise);
  list[0]?.done();
  await wait;
  expect(preallocation.inTheWay(6001)).toBeUndefined();
});

test('a fill that fails is the last, and fails nothing', async () => {
  const { file, list } = fills();
  const preallocation = new Preallocation(file, 5000);
  preallocation.fillAhead(100, 5000);
  list[0]?.fail();
  await preallocation.idle();
  preallocation.fillAhead(100, 5100);
  expect(list).toHaveLength(1);
  expect(preallocation.inTheWay(9999)).toBeUndefined();
});

test('a fill that stops short is the last, and counts as far as it came', async () => {
  const { file, list } = fills();
  const preallocation = new Preallocation(file, 5000);
  preallocation.fillAhead(100, 5000);
  list[0]?.done(1000);
  await preallocation.idle();
  preallocation.fillAhead(100, 5900);
  preallocation.fillAhead(100, 9900);
  expect(list).toHaveLength(1);
});

test('begins anew where the file was cut', async () => {
  const { file, list } = fills();
  const preallocation = new Preallocation(file, 500_000);
  preallocation.cut(5000);
  preallocation.fillAhead(100, 5000);
  expect(list[0]?.position).toBe(5000);
});
