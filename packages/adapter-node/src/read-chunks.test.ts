import { expect, test } from 'vitest';
import type { FileHandle } from './file-system.ts';
import { readChunks } from './read-chunks.ts';

const SLICE_BYTES = 2 * 1024 * 1024;

/** A file of `size` bytes, each telling its place, which gives at most `most` bytes a call. */
function fileOf(size: number, most = Number.POSITIVE_INFINITY): FileHandle & { reading: number } {
  const file = {
    reading: 0,
    read: async (target: Uint8Array, position: number) => {
      file.reading++;
      await new Promise((resolve) => setImmediate(resolve));
      const count = Math.max(0, Math.min(target.length, size - position, most));
      for (let i = 0; i < count; i++) target[i] = (position + i) % 251;
      file.reading--;
      return count;
    },
  } as FileHandle & { reading: number };
  return file;
}

async function collect(
  file: FileHandle,
  from: number,
  to: number,
  bufferBytes?: number,
): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  let next = from;
  for await (const { position, bytes } of readChunks(file, from, to, bufferBytes)) {
    expect(position).toBe(next);
    next += bytes.length;
    chunks.push(bytes);
  }
  return chunks;
}

function expectPlaces(chunks: Uint8Array[], from: number, to: number): void {
  const all = Buffer.concat(chunks);
  expect(all.length).toBe(to - from);
  expect(all.every((byte, i) => byte === (from + i) % 251)).toBe(true);
}

test('yields views that touch, of one buffer which is not a Buffer', async () => {
  const size = 2 * SLICE_BYTES + 100;
  const chunks = await collect(fileOf(size), 10, size);
  expectPlaces(chunks, 10, size);
  expect(chunks.map((chunk) => chunk.length)).toEqual([SLICE_BYTES, SLICE_BYTES, 90]);
  expect(new Set(chunks.map((chunk) => chunk.buffer)).size).toBe(1);
  expect(chunks.map((chunk) => chunk.byteOffset)).toEqual([0, SLICE_BYTES, 2 * SLICE_BYTES]);
  expect(chunks[0]).not.toBeInstanceOf(Buffer);
});

test('reads what is too large for one buffer into several', async () => {
  const chunks = await collect(fileOf(2500), 0, 2500, 1000);
  expectPlaces(chunks, 0, 2500);
  expect(chunks.map((chunk) => chunk.buffer.byteLength)).toEqual([1000, 1000, 500]);
});

test('goes on after a short read, and ends where the file does', async () => {
  expectPlaces(await collect(fileOf(1000, 7), 0, 1000), 0, 1000);
  expectPlaces(await collect(fileOf(1000), 0, 5000, 300), 0, 1000);
  expect(await collect(fileOf(0), 0, 5000)).toEqual([]);
  expect(await collect(fileOf(100), 50, 50)).toEqual([]);
});

test('is not reading any more when its reader has stopped', async () => {
  const file = fileOf(4000);
  for await (const _ of readChunks(file, 0, 4000, 1000)) break;
  expect(file.reading).toBe(0);
});

test('raises a failure once, where it is awaited', async () => {
  const file = { read: () => Promise.reject(new Error('bad sector')) } as unknown as FileHandle;
  await expect(collect(file, 0, 10)).rejects.toThrow('bad sector');
});
