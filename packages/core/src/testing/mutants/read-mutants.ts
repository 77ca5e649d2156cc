/** Byte logs that are broken in reading. */
import { IsokvError } from '../../errors.ts';
import type { ByteChunk } from '../../log/log.ts';
import type { MemoryMedium } from '../../log/memory-log.ts';
import { changed } from './media.ts';
import type { ByteMutant } from './mutant.ts';

export const readMutants: Record<string, ByteMutant> = {
  'reads all, whatever the position': {
    mutate: (bytes) => changed(bytes, { read: () => bytes.read() }),
    killedBy: [
      'read bytes: after a position come the bytes that follow it',
      'read: after the end there is nothing',
    ],
  },
  'reads from one byte before the position': {
    mutate: (bytes) => changed(bytes, { read: (after) => bytes.read(after && after - 1) }),
    killedBy: ['read bytes: after a position come the bytes that follow it'],
  },
  'reads what it read first, for ever': {
    mutate(bytes, memory) {
      const kept = memory as MemoryMedium & { first?: ByteChunk[] };
      async function* read(after?: number): AsyncGenerator<ByteChunk> {
        if (after !== undefined) return yield* bytes.read(after);
        if (!kept.first || kept.first.length === 0) {
          kept.first = [];
          for await (const chunk of bytes.read()) kept.first.push(chunk);
        }
        yield* kept.first;
      }
      return changed(bytes, { read });
    },
    killedBy: [
      'open: a handle opens again after it was closed',
      'read: an open log reads whole, as often as it is asked, and goes on',
    ],
  },
  'reads into one buffer': {
    mutate(bytes) {
      const buffer = new Uint8Array(65536);
      async function* read(after?: number): AsyncGenerator<ByteChunk> {
        for await (const { position, bytes: data } of bytes.read(after)) {
          for (let at = 0; at < data.length; at += buffer.length) {
            const piece = data.subarray(at, at + buffer.length);
            buffer.set(piece);
            yield { position: position + at, bytes: buffer.subarray(0, piece.length) };
          }
        }
      }
      return changed(bytes, { read });
    },
    killedBy: ['read bytes: chunks are the reader’s to keep'],
  },
  'gives every chunk the position 0': {
    mutate(bytes) {
      async function* read(after?: number): AsyncGenerator<ByteChunk> {
        for await (const chunk of bytes.read(after)) yield { ...chunk, position: 0 };
      }
      return changed(bytes, { read });
    },
    killedBy: ['read bytes: after a position come the bytes that follow it'],
  },
  'takes zeros at the end for what was never written': {
    mutate(bytes, memory) {
      async function* read(after?: number): AsyncGenerator<ByteChunk> {
        for await (const { position, bytes: data } of bytes.read(after)) {
          let end = data.length;
          if (position + end === memory.end) while (end > 0 && data[end - 1] === 0) end--;
          yield { position, bytes: data.subarray(0, end) };
        }
      }
      return changed(bytes, { read });
    },
    killedBy: ['append bytes: any bytes come back as they were given, at the ends too'],
  },
  'shows what is left of older content after its end': {
    mutate(bytes, memory) {
      async function* read(after?: number): AsyncGenerator<ByteChunk> {
        yield* bytes.read(after);
        yield { position: memory.end, bytes: new Uint8Array(20).fill(0xf5) };
      }
      return changed(bytes, { read });
    },
    killedBy: ['open: a new medium holds nothing', 'read: after the end there is nothing'],
  },
  'stays busy when a reading is broken off': {
    mutate(bytes) {
      let busy = false;
      async function* read(after?: number): AsyncGenerator<ByteChunk> {
        busy = true;
        for await (const chunk of bytes.read(after)) {
          yield chunk;
          yield { position: chunk.position + chunk.bytes.length, bytes: new Uint8Array(0) };
        }
        busy = false;
      }
      return changed(bytes, {
        read,
        async append(chunks, options) {
          if (busy) throw new IsokvError('IO', 'a reading is under way');
          return bytes.append(chunks, options);
        },
      });
    },
    killedBy: ['read bytes: a reading that is broken off leaves the log as it is'],
  },
  'has one cursor for all its readings': {
    mutate(bytes) {
      let cursor: AsyncIterator<ByteChunk> | undefined;
      async function* read(after?: number): AsyncGenerator<ByteChunk> {
        cursor ??= bytes.read(after)[Symbol.asyncIterator]();
        for (let next = await cursor.next(); !next.done; next = await cursor.next()) yield next.value;
        cursor = undefined;
      }
      return changed(bytes, { read });
    },
    killedBy: ['read: two readings at once yield the same'],
  },
};
