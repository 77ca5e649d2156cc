import { expect, test } from 'vitest';
import type { FileHandle } from './file-system.ts';
import { writeAll } from './write-all.ts';

function taking(bytesPerCall: number): { file: FileHandle; written: Buffer; calls: number } {
  const taken = { written: Buffer.alloc(12), calls: 0, file: undefined as unknown as FileHandle };
  taken.file = {
    writev: async (chunks: readonly Uint8Array[], position: number) => {
      taken.calls++;
      return Buffer.concat(chunks).copy(taken.written, position, 0, bytesPerCall);
    },
  } as FileHandle;
  return taken;
}

const CHUNKS = [Buffer.from('abc'), Buffer.from(''), Buffer.from('defgh'), Buffer.from('i')];

test('writes all in one call when the system takes all', async () => {
  const taken = taking(100);
  await writeAll(taken.file, CHUNKS, 2);
  expect(taken.written.toString()).toBe('\0\0abcdefghi\0');
  expect(taken.calls).toBe(1);
});

test.each([1, 2, 3, 4, 5, 8])('goes on where a write of %d bytes stopped', async (bytesPerCall) => {
  const taken = taking(bytesPerCall);
  await writeAll(taken.file, CHUNKS, 2);
  expect(taken.written.toString()).toBe('\0\0abcdefghi\0');
  expect(taken.calls).toBe(Math.ceil(9 / bytesPerCall));
});

test('fails when the system takes nothing', async () => {
  await expect(writeAll(taking(0).file, CHUNKS, 0)).rejects.toThrow('no byte');
});

test('writes nothing for nothing', async () => {
  const taken = taking(100);
  await writeAll(taken.file, [new Uint8Array(0)], 0);
  expect(taken.calls).toBe(0);
});
