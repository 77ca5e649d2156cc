/** Byte logs that are broken in opening, closing and destroying. */
import { IsokvError } from '../../errors.ts';
import type { MemoryMedium } from '../../log/memory-log.ts';
import { changed } from './media.ts';
import type { ByteMutant } from './mutant.ts';

const neighbours = new Set<MemoryMedium>();

export const openMutants: Record<string, ByteMutant> = {
  'never says MISSING': {
    mutate: (bytes) =>
      changed(bytes, {
        open: (options) =>
          bytes.open(options.mode === 'mustExist' ? { ...options, mode: 'create' } : options),
      }),
    killedBy: ['open: mustExist rejects with MISSING, again and again, and creates nothing'],
  },
  'never says EXISTS': {
    mutate: (bytes) =>
      changed(bytes, {
        open: (options) =>
          bytes.open(options.mode === 'mustNotExist' ? { ...options, mode: 'create' } : options),
      }),
    killedBy: ['open: mustNotExist rejects with EXISTS and leaves what is there'],
  },
  'says MISSING, and creates it': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        open: (options) =>
          bytes.open(options).catch((error) => {
            touch(memory);
            throw error;
          }),
      }),
    killedBy: ['open: mustExist rejects with MISSING, again and again, and creates nothing'],
  },
  'says EXISTS, and empties it': {
    mutate: (bytes) =>
      changed(bytes, {
        open: (options) =>
          bytes.open(options).catch(async (error) => {
            if (error.code === 'EXISTS') await bytes.destroy();
            throw error;
          }),
      }),
    killedBy: ['open: mustNotExist rejects with EXISTS and leaves what is there'],
  },
  'says MISSING with an error of its own': {
    mutate: (bytes) =>
      changed(bytes, {
        open: (options) =>
          bytes.open(options).catch(() => {
            throw new Error('ENOENT');
          }),
      }),
    killedBy: ['destroy: it leaves nothing, for any handle'],
  },
  'cannot create': {
    mutate: (bytes) =>
      changed(bytes, {
        open: (options) => bytes.open(options.readOnly ? options : { ...options, mode: 'mustExist' }),
      }),
    killedBy: [
      'open: a new medium holds nothing',
      'open: mustNotExist creates',
      'open: mustExist opens what is there',
    ],
  },
  'creates in readOnly': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        async open(options) {
          await bytes.open(options);
          if (options.readOnly && memory.end === 0) touch(memory);
        },
      }),
    killedBy: ['open: readOnly creates nothing'],
  },
  'cleans up in readOnly': {
    mutate: (bytes) =>
      changed(bytes, {
        async open(options) {
          await bytes.open(options);
          if (options.readOnly) await bytes.destroy();
        },
      }),
    killedBy: ['open: readOnly reads what is there and changes nothing'],
  },
  'opens once': {
    mutate(bytes) {
      let opened = false;
      return changed(bytes, {
        async open(options) {
          if (opened) throw new IsokvError('IO', 'was open before');
          await bytes.open(options);
          opened = true;
        },
      });
    },
    killedBy: [
      'open: a handle opens again after it was closed',
      'destroy: open then makes a new log: the same handle',
    ],
  },
  'leaves a mark when it is closed with nothing written': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        async close() {
          if (memory.end === 0) touch(memory);
          await bytes.close();
        },
      }),
    killedBy: ['open: closing with nothing written leaves nothing in the way'],
  },
  'destroys nothing': {
    mutate: (bytes) => changed(bytes, { destroy: async () => {} }),
    killedBy: [
      'destroy: it leaves nothing, for any handle',
      'destroy: a handle that did not write it can destroy it',
    ],
  },
  'destroys only what it wrote itself': {
    mutate(bytes) {
      let wrote = false;
      return changed(bytes, {
        append(chunks, options) {
          wrote = true;
          return bytes.append(chunks, options);
        },
        destroy: async () => (wrote ? bytes.destroy() : undefined),
      });
    },
    killedBy: ['destroy: a handle that did not write it can destroy it'],
  },
  'fails to destroy what is not there': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        async destroy() {
          if (memory.end === 0) throw new IsokvError('IO', 'ENOENT');
          await bytes.destroy();
        },
      }),
    killedBy: ['destroy: a log in which nothing was written can be destroyed, and destroyed again'],
  },
  'destroys its neighbours too': {
    mutate(bytes, memory) {
      neighbours.add(memory);
      return changed(bytes, {
        async destroy() {
          for (const { parts } of neighbours) parts.length = 0;
          for (const neighbour of neighbours) neighbour.base = neighbour.end = 0;
          neighbours.clear();
        },
      });
    },
    killedBy: ['destroy: logs side by side do not mix'],
  },
};

/** Makes the memory a log that exists. */
function touch(memory: MemoryMedium): void {
  if (memory.end > 0) return;
  memory.parts.push(new Uint8Array(1));
  memory.end = 1;
}
