/** Byte logs that are broken in appending, each in one way, and the tests that must notice. */
import { concat } from '../../bytes/concat.ts';
import { IsokvError, logConflict } from '../../errors.ts';
import { pause } from '../assert.ts';
import { changed } from './media.ts';
import type { ByteMutant } from './mutant.ts';

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
          return bytes.append(
            [whole.subarray(0, 1 << 20), new Uint8Array(Math.max(0, whole.length - (1 << 20)))],
            options,
          );
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
    mutate: (bytes) =>
      changed(bytes, { append: (chunks, options) => bytes.append(chunks.slice(0, 1), options) }),
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
        append: (chunks, options) =>
          bytes.append([concat(chunks).map((byte) => (byte === 0x0d ? 0x0a : byte))], options),
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
      changed(bytes, {
        append: (chunks, options) => bytes.append(chunks, { ...options, after: memory.end }),
      }),
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
    killedBy: [
      'append: a position that is not the end rejects with LOG_CONFLICT, adds nothing, and the log goes on',
    ],
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
