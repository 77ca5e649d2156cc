/** Byte logs that are broken in replacing. */
import { IsokvError, logConflict } from '../../errors.ts';
import type { Position } from '../../log/log.ts';
import type { MemoryMedium } from '../../log/memory-log.ts';
import { changed, copyOf } from './media.ts';
import type { ByteMutant } from './mutant.ts';

export const replaceMutants: Record<string, ByteMutant> = {
  'removes the old content before it has the new': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        async replace(chunks, options) {
          await bytes.truncate?.(memory.base);
          return bytes.replace(chunks, { upTo: anyway(options.upTo, memory) });
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
    killedBy: [
      'replace bytes: the chunks take the place of all, and the log goes on',
      'replace bytes: with nothing',
    ],
  },
  'replaces what was appended meanwhile': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        replace: (chunks, { upTo }) => bytes.replace(chunks, { upTo: anyway(upTo, memory) }),
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
            return await bytes.replace(chunks, { upTo: anyway(options.upTo, memory) });
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
    killedBy: [
      'replace bytes: chunks are the caller’s again when the next is asked for',
      'replace: many MiB',
    ],
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
  'takes a replace back, if nothing is appended after it': {
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
    killedBy: ['settled bytes: it follows a replace', 'destroy: logs side by side do not mix'],
  },
};

/** Asks, and does not listen. */
function anyway(upTo: () => Position, memory: MemoryMedium): () => Position {
  return () => {
    upTo();
    return memory.end;
  };
}
