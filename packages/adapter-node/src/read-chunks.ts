/**
 * Reads a range of a file as views of one buffer that touch, so that the frame scanner joins them without a
 * copy, and what it finds stays where it was read. While one slice is checked the next is being read.
 */
import { constants } from 'node:buffer';
import type { ByteChunk } from '@isokv/core';
import type { FileHandle } from './file-system.ts';

/** Large enough that calls cost nothing, small enough that reading and checking overlap from the start. */
const SLICE_BYTES = 2 * 1024 * 1024;
/** A longer file is read into several buffers, and what lies across their edges is copied. */
const BUFFER_BYTES = Math.min(constants.MAX_LENGTH, 4 * 1024 * 1024 * 1024);

/** The bytes of `file` from `from` to `to`, or to its end if that comes first. */
export async function* readChunks(
  file: FileHandle,
  from: number,
  to: number,
  bufferBytes: number = BUFFER_BYTES,
): AsyncGenerator<ByteChunk> {
  const slices = slicesOf(from, to, bufferBytes);
  let pending = read(file, slices.next().value);
  try {
    while (true) {
      const chunk = await pending;
      if (!chunk) return;
      // A slice that could not be filled is the last: the file has become shorter meanwhile.
      const isLast = chunk.bytes.length < Math.min(SLICE_BYTES, to - chunk.position, bufferBytes);
      pending = isLast ? Promise.resolve(undefined) : read(file, slices.next().value);
      yield chunk;
    }
  } finally {
    // Whoever stops early may close the file next: not while it is being read.
    await pending.catch(() => undefined);
  }
}

function* slicesOf(from: number, to: number, bufferBytes: number): Generator<ByteChunk, undefined> {
  for (let start = from; start < to; start += bufferBytes) {
    // Of its own memory, never a Buffer: `slice` of a Buffer does not copy.
    const { buffer } = Buffer.allocUnsafeSlow(Math.min(bufferBytes, to - start));
    for (let at = 0; at < buffer.byteLength; at += SLICE_BYTES) {
      const length = Math.min(SLICE_BYTES, buffer.byteLength - at);
      yield { position: start + at, bytes: new Uint8Array(buffer, at, length) };
    }
  }
}

/** Fills a slice, or as much of it as the file has. @returns undefined when there is nothing */
function read(file: FileHandle, slice: ByteChunk | undefined): Promise<ByteChunk | undefined> {
  const filled = fill(file, slice);
  // A failure is raised where it is awaited; until then it must not count as unhandled.
  filled.catch(() => undefined);
  return filled;
}

async function fill(file: FileHandle, slice: ByteChunk | undefined): Promise<ByteChunk | undefined> {
  if (!slice) return undefined;
  const { position, bytes } = slice;
  let length = 0;
  while (length < bytes.length) {
    const count = await file.read(bytes.subarray(length), position + length);
    if (count <= 0) break;
    length += count;
  }
  return length === 0 ? undefined : { position, bytes: bytes.subarray(0, length) };
}
