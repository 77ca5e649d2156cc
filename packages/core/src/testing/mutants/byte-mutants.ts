/** Byte logs that are broken, each in one way, and the test that must notice. */
import { concat } from '../../bytes/concat.ts';
import { crc32 } from '../../bytes/crc32.ts';
import { IsokvError, logConflict } from '../../errors.ts';
import type { ByteChunk, ByteLog } from '../../log/log.ts';
import type { MemoryMedium } from '../../log/memory-log.ts';
import { pause } from '../assert.ts';
import { changed } from './media.ts';

export interface Mutant<Mutate> {
  readonly mutate: Mutate;
  /** Names of tests that fail for it. */
  readonly killedBy: readonly string[];
}

export type ByteMutant = Mutant<(bytes: ByteLog, memory: MemoryMedium) => ByteLog>;

/** Of appending. */
export const appendMutants: Record<string, ByteMutant> = {
  'loses the last byte of an append': {
    mutate: (bytes) =>
      changed(bytes, { append: (chunks, options) => bytes.append([concat(chunks).slice(0, -1)], options) }),
    killedBy: ['append bytes: positions count bytes', 'append: many appends keep their order and content'],
  },
  'writes no more than 1 MiB of an append and says nothing': {
    mutate: (bytes) =>
      changed(bytes, {
        append: (chunks, options) => {
          const whole = concat(chunks);
          return bytes.append([whole.subarray(0, 1 << 20), new Uint8Array(Math.max(0, whole.length - (1 << 20)))], options);
        },
      }),
    killedBy: ['append bytes: several MiB come back whole', 'append: commits of several MiB come back whole'],
  },
  'writes the chunks of an append in reverse': {
    mutate: (bytes) =>
      changed(bytes, { append: (chunks, options) => bytes.append([...chunks].reverse(), options) }),
    killedBy: ['append bytes: the chunks of one append follow one another'],
  },
  'writes only the first chunk of an append': {
    mutate: (bytes) => changed(bytes, { append: (chunks, options) => bytes.append(chunks.slice(0, 1), options) }),
    killedBy: ['append bytes: the chunks of one append follow one another'],
  },
  'keeps the caller’s buffers': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        async append(chunks, options) {
          const end = await bytes.append(chunks, options);
          memory.parts.splice(-1, 1, ...chunks);
          return end;
        },
      }),
    killedBy: ['append bytes: chunks are the caller’s again once it settles'],
  },
  'writes in text mode': {
    mutate: (bytes) =>
      changed(bytes, {
        append: (chunks, options) => bytes.append([concat(chunks).map((byte) => (byte === 0x0d ? 0x0a : byte))], options),
      }),
    killedBy: ['append bytes: any bytes come back as they were given, at the ends too'],
  },
  'fails when there is nothing to append': {
    mutate: (bytes) =>
      changed(bytes, {
        async append(chunks, options) {
          if (concat(chunks).length === 0) throw new IsokvError('IO', 'nothing to write');
          return bytes.append(chunks, options);
        },
      }),
    killedBy: ['append bytes: no chunks, or empty ones, add nothing', 'append: an empty list adds nothing'],
  },
  'takes any position for the end': {
    mutate: (bytes, memory) =>
      changed(bytes, { append: (chunks, options) => bytes.append(chunks, { ...options, after: memory.end }) }),
    killedBy: [
      'append bytes: a position that is not the end rejects with LOG_CONFLICT and adds nothing',
      'several writers: who comes second gets LOG_CONFLICT, reads what it has not seen, and goes on',
    ],
  },
  'raises LOG_CONFLICT when it has written': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        async append(chunks, options) {
          const { end } = memory;
          await bytes.append(chunks, { ...options, after: end });
          if (options.after !== end) throw logConflict();
          return memory.end;
        },
      }),
    killedBy: ['append: a position that is not the end rejects with LOG_CONFLICT, adds nothing, and the log goes on'],
  },
  'looks at the position, then writes later': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        async append(chunks, options) {
          if (options.after !== memory.end) throw logConflict();
          const copies = chunks.map((chunk) => chunk.slice());
          await pause(1);
          return bytes.append(copies, { ...options, after: memory.end });
        },
      }),
    killedBy: ['several writers: of two appends at once one wins'],
  },
};

/** Of durability. */
export const durabilityMutants: Record<string, ByteMutant> = {
  'acknowledges before it has written': {
    mutate: (bytes) => writeBehind(bytes, () => true),
    killedBy: [
      'a crash: what was acknowledged as strict is there',
      'a crash: what was acknowledged as relaxed is there',
      'several writers: what is acknowledged is there for a handle that opens, with no close in between',
    ],
  },
  'lies about relaxed': {
    mutate: (bytes) => writeBehind(bytes, (durability) => durability === 'relaxed'),
    killedBy: ['a crash: what was acknowledged as relaxed is there'],
  },
  'drops an append that close overtakes, and acknowledges it': {
    mutate(bytes) {
      let open = true;
      return changed(bytes, {
        async open(options) {
          open = true;
          await bytes.open(options);
        },
        async append(chunks, options) {
          const copies = chunks.map((chunk) => chunk.slice());
          await pause(1);
          return open ? bytes.append(copies, options) : options.after + concat(copies).length;
        },
        async close() {
          open = false;
          await bytes.close();
        },
      });
    },
    killedBy: ['states of a log: closing: an append that was under way is refused or done'],
  },
  'writes only when it is closed by hand, and loses the last append': {
    mutate: (bytes) => changed(writeBehind(bytes, () => true), { close: () => bytes.close() }),
    killedBy: ['append: many appends keep their order and content', 'open: a new handle goes on where another ended'],
  },
  'truncates for itself only': {
    mutate(bytes, memory) {
      return changed(bytes, {
        async truncate(position) {
          const parts = [...memory.parts];
          const { end } = memory;
          await bytes.truncate(position);
          memory.parts.push(concat(parts).slice(position - memory.base));
          memory.end = end;
        },
      });
    },
    killedBy: ['truncate bytes: it survives a crash', 'truncate bytes: what follows the position is gone'],
  },
  'does not truncate': {
    mutate: (bytes) => changed(bytes, { truncate: async () => {} }),
    killedBy: ['truncate bytes: what follows the position is gone', 'truncate bytes: to nothing'],
  },
  'counts from the first byte when it truncates': {
    mutate: (bytes, memory) => changed(bytes, { truncate: (position) => bytes.truncate(position + memory.base) }),
    killedBy: ['truncate bytes: after a replace, whose content has a position of its own'],
  },
  'says more is settled than there is': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        get settled() {
          return memory.end + 1;
        },
      }),
    killedBy: ['settled bytes: a new log has none', 'settled bytes: after a close it is at most what was written'],
  },
  'remembers what was settled, whatever follows': {
    mutate(bytes, memory) {
      const kept = memory as MemoryMedium & { settled?: number };
      return changed(bytes, {
        get settled() {
          return kept.settled ?? 0;
        },
        async close() {
          kept.settled = Math.max(kept.settled ?? 0, memory.end);
          await bytes.close();
        },
      });
    },
    killedBy: ['settled bytes: it follows a truncate', 'settled bytes: a destroyed log has none'],
  },
  'has a checksum of its own': {
    mutate: (bytes) => changed(bytes, { crc32: (data, seed) => crc32(data, seed) ^ (data.length > 600 ? 1 : 0) }),
    killedBy: ['read bytes: its crc32, if it brings one, is the CRC-32'],
  },
};

/** Of reading. */
export const readMutants: Record<string, ByteMutant> = {
  'reads all, whatever the position': {
    mutate: (bytes) => changed(bytes, { read: () => bytes.read() }),
    killedBy: ['read bytes: after a position come the bytes that follow it', 'read: after the end there is nothing'],
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
    killedBy: ['open: a handle opens again after it was closed', 'read: an open log reads whole, as often as it is asked, and goes on'],
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
  'reads from the front buffer that the next reading fills again': {
    mutate(bytes) {
      let buffer = new Uint8Array(0);
      async function* read(after?: number): AsyncGenerator<ByteChunk> {
        for await (const { position, bytes: data } of bytes.read(after)) {
          if (buffer.length < 4_000_000) buffer = new Uint8Array(4_000_000);
          const at = position % 1_000_000;
          buffer.set(data.subarray(0, buffer.length - at), at);
          yield { position, bytes: buffer.subarray(at, at + data.length) };
        }
      }
      return changed(bytes, { read });
    },
    killedBy: ['replace: what was read before stays as it was'],
  },
  'gives every chunk the position 0': {
    mutate(bytes) {
      async function* read(after?: number): AsyncGenerator<ByteChunk> {
        for await (const chunk of bytes.read(after)) yield { ...chunk, position: 0 };
      }
      return changed(bytes, { read });
    },
    killedBy: ['read bytes: after a position come the bytes that follow it', 'append: many appends keep their order and content'],
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
      let rest: ByteChunk[] = [];
      async function* read(after?: number): AsyncGenerator<ByteChunk> {
        rest = [];
        for await (const chunk of bytes.read(after)) rest.push(chunk);
        for (let chunk = rest.shift(); chunk; chunk = rest.shift()) yield chunk;
      }
      return changed(bytes, { read });
    },
    killedBy: ['read: two readings at once yield the same'],
  },
};

/** Copies what is to be written, and writes it with the next append or with close. */
function writeBehind(bytes: ByteLog, applies: (durability: string) => boolean): ByteLog {
  let pending: (() => Promise<number>) | undefined;
  const flush = async (): Promise<void> => {
    const write = pending;
    pending = undefined;
    await write?.();
  };
  return changed(bytes, {
    async append(chunks, options) {
      await flush();
      if (!applies(options.durability)) return bytes.append(chunks, options);
      const whole = concat(chunks);
      pending = () => bytes.append([whole], options);
      return options.after + whole.length;
    },
    async close() {
      await flush();
      await bytes.close();
    },
  });
}
