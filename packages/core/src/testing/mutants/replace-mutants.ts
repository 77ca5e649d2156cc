/** Byte logs that are broken in replacing, opening, destroying and watching. */
import { IsokvError, logConflict } from '../../errors.ts';
import type { MemoryMedium } from '../../log/memory-log.ts';
import type { ByteMutant } from './byte-mutants.ts';
import { changed, copyOf } from './media.ts';

export const replaceMutants: Record<string, ByteMutant> = {
  'removes the old content before it has the new': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        async replace(chunks, options) {
          await bytes.truncate(memory.base);
          return bytes.replace(chunks, { upTo: () => (options.upTo(), memory.end) });
        },
      }),
    killedBy: [
      'replace: items that throw leave the old content, and it can grow and be replaced',
      'a crash: a replace that was taking its items has changed nothing',
    ],
  },
  'writes over the old content chunk by chunk': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        async replace(chunks, { upTo }) {
          const { parts } = memory;
          memory.parts = [];
          let length = 0;
          for await (const chunk of chunks) {
            memory.parts.push(chunk.slice());
            length += chunk.length;
          }
          if (upTo() !== memory.end) {
            memory.parts = parts;
            throw logConflict();
          }
          memory.base = memory.end + 1;
          memory.end = memory.base + length;
          return memory.end;
        },
      }),
    killedBy: ['replace bytes: chunks that throw leave the old bytes, and the log goes on'],
  },
  'appends the new content to the old': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        async replace(chunks, options) {
          const { parts, base } = memory;
          await bytes.replace(chunks, options);
          memory.parts = [...parts, ...memory.parts];
          memory.base = base;
          memory.end = base + memory.parts.reduce((sum, part) => sum + part.length, 0);
          return memory.end;
        },
      }),
    killedBy: ['replace bytes: the chunks take the place of all, and the log goes on', 'replace bytes: with nothing'],
  },
  'replaces what was appended meanwhile': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        replace: (chunks, { upTo }) => bytes.replace(chunks, { upTo: () => (upTo(), memory.end) }),
      }),
    killedBy: [
      'replace: upTo is asked when the items have ended, and LOG_CONFLICT keeps what it does not cover',
      'several writers: replace rejects with LOG_CONFLICT over an append it has not seen',
    ],
  },
  'asks upTo before it takes the chunks': {
    mutate: (bytes) =>
      changed(bytes, {
        replace(chunks, { upTo }) {
          const known = upTo();
          return bytes.replace(chunks, { upTo: () => known });
        },
      }),
    killedBy: ['replace: the log grows while a replace takes its items'],
  },
  'does not append while it replaces': {
    mutate(bytes) {
      let replacing: Promise<unknown> = Promise.resolve();
      return changed(bytes, {
        async append(chunks, options) {
          await replacing;
          return bytes.append(chunks, options);
        },
        replace(chunks, options) {
          const replaced = bytes.replace(chunks, options);
          replacing = replaced.catch(() => undefined);
          return replaced;
        },
      });
    },
    killedBy: ['replace: the log grows while a replace takes its items'],
  },
  'drops an append made while it replaces': {
    mutate(bytes, memory) {
      let replacing = false;
      return changed(bytes, {
        append: (chunks, options) =>
          replacing
            ? Promise.resolve(options.after + chunks.reduce((sum, chunk) => sum + chunk.length, 0))
            : bytes.append(chunks, options),
        async replace(chunks, options) {
          replacing = true;
          try {
            return await bytes.replace(chunks, { upTo: () => (options.upTo(), memory.end) });
          } finally {
            replacing = false;
          }
        },
      });
    },
    killedBy: ['replace: what was appended meanwhile is kept when the items throw'],
  },
  'keeps the chunks of a replace': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        async replace(chunks, options) {
          const kept: Uint8Array[] = [];
          async function* keeping(): AsyncGenerator<Uint8Array> {
            for await (const chunk of chunks) {
              kept.push(chunk);
              yield chunk;
            }
          }
          const end = await bytes.replace(keeping(), options);
          memory.parts = kept;
          return end;
        },
      }),
    killedBy: ['replace bytes: chunks are the caller’s again when the next is asked for', 'replace: many MiB'],
  },
  'starts its positions again': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        async replace(chunks, options) {
          await bytes.replace(chunks, options);
          memory.end -= memory.base;
          memory.base = 0;
          return memory.end;
        },
      }),
    killedBy: ['several writers: after another’s replace a writer that was behind reads the whole log anew'],
  },
  'wraps the error of the items': {
    mutate: (bytes) =>
      changed(bytes, {
        replace: (chunks, options) =>
          bytes.replace(chunks, options).catch((cause) => {
            if (cause.code === 'LOG_CONFLICT') throw cause;
            throw new IsokvError('IO', 'replace failed', { cause });
          }),
      }),
    killedBy: ['replace bytes: chunks that throw leave the old bytes, and the log goes on'],
  },
  'cannot replace again after it failed once': {
    mutate(bytes) {
      let failed = false;
      return changed(bytes, {
        async append(chunks, options) {
          if (failed) throw new IsokvError('IO', 'a replace has failed');
          return bytes.append(chunks, options);
        },
        replace: (chunks, options) =>
          bytes.replace(chunks, options).catch((error) => {
            failed = true;
            throw error;
          }),
      });
    },
    killedBy: ['replace: items that throw leave the old content, and it can grow and be replaced'],
  },
  'replaces for itself, and writes when it is closed': {
    mutate(bytes, memory) {
      let old: MemoryMedium | undefined;
      return changed(bytes, {
        async replace(chunks, options) {
          old = copyOf(memory);
          return bytes.replace(chunks, options);
        },
        async append(chunks, options) {
          old = undefined;
          return bytes.append(chunks, options);
        },
        async close() {
          if (old) Object.assign(memory, { parts: old.parts, base: old.base, end: old.end });
          await bytes.close();
        },
      });
    },
    killedBy: ['replace bytes: longer and shorter, again and again', 'settled bytes: it follows a replace'],
  },
};

export const openMutants: Record<string, ByteMutant> = {
  'never says MISSING': {
    mutate: (bytes) =>
      changed(bytes, {
        open: (options) => bytes.open(options.mode === 'mustExist' ? { ...options, mode: 'create' } : options),
      }),
    killedBy: ['open: mustExist rejects with MISSING, again and again, and creates nothing'],
  },
  'never says EXISTS': {
    mutate: (bytes) =>
      changed(bytes, {
        open: (options) => bytes.open(options.mode === 'mustNotExist' ? { ...options, mode: 'create' } : options),
      }),
    killedBy: ['open: mustNotExist rejects with EXISTS and leaves what is there'],
  },
  'says MISSING, and creates it': {
    mutate: (bytes, memory) =>
      changed(bytes, { open: (options) => bytes.open(options).catch((error) => (touch(memory), Promise.reject(error))) }),
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
      changed(bytes, { open: (options) => bytes.open(options.readOnly ? options : { ...options, mode: 'mustExist' }) }),
    killedBy: ['open: a new medium holds nothing', 'open: mustNotExist creates', 'open: mustExist opens what is there'],
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
    killedBy: ['open: a handle opens again after it was closed', 'destroy: open then makes a new log: the same handle'],
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
    killedBy: ['destroy: it leaves nothing, for any handle', 'destroy: a handle that did not write it can destroy it'],
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

const neighbours = new Set<MemoryMedium>();

export const watchMutants: Record<string, ByteMutant> = {
  'never tells': {
    mutate: (bytes) => changed(bytes, { watch: () => () => {} }),
    killedBy: ['watch: it tells of another’s append, which can be read then'],
  },
  'tells before the append can be read': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        async append(chunks, options) {
          if (options.after === memory.end) for (const listener of memory.listeners) listener(bytes);
          const copies = chunks.map((chunk) => chunk.slice());
          await new Promise<void>((resolve) => setTimeout(resolve, 1));
          memory.listeners.clear();
          return bytes.append(copies, options);
        },
      }),
    killedBy: ['watch: it tells of another’s append, which can be read then'],
  },
  'tells of its own appends': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        watch(onAppend) {
          memory.listeners.add(onAppend);
          return () => memory.listeners.delete(onAppend);
        },
      }),
    killedBy: ['watch: it says nothing of the handle’s own appends'],
  },
  'tells after it was ended': {
    mutate: (bytes) =>
      changed(bytes, {
        watch(onAppend) {
          (bytes.watch as NonNullable<typeof bytes.watch>)(onAppend);
          return () => {};
        },
      }),
    killedBy: ['watch: once ended it says no more, and the others go on'],
  },
  'ends all watchers with one': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        watch(onAppend) {
          (bytes.watch as NonNullable<typeof bytes.watch>)(onAppend);
          return () => memory.listeners.clear();
        },
      }),
    killedBy: ['watch: once ended it says no more, and the others go on'],
  },
  'tells only the last that watches': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        watch(onAppend) {
          memory.listeners.clear();
          return (bytes.watch as NonNullable<typeof bytes.watch>)(onAppend);
        },
      }),
    killedBy: ['watch: it tells every watcher, and every other handle'],
  },
};

/** Makes the memory a log that exists. */
function touch(memory: MemoryMedium): void {
  if (memory.end > 0) return;
  memory.parts.push(new Uint8Array(1));
  memory.end = 1;
}
