/** Byte logs that are broken in telling of other writers. */
import { pause } from '../assert.ts';
import { changed } from './media.ts';
import type { ByteMutant } from './mutant.ts';

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
          await pause(1);
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
